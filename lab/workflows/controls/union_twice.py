"""Control arm union twice: the ancestor trained on the union, twice as long as a parent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.breeding.statistics.control_arms import ControlArm

if TYPE_CHECKING:
    from lab.breeding.statistics.window_scores import WindowScores
    from lab.workflows.control_setting import ControlSetting


def scores(setting: ControlSetting) -> WindowScores | None:
    """Score the individual trained for this arm on report; None where there is none."""
    return setting.score_trained(ARM)


ARM = ControlArm(
    name="union twice",
    says="over the ancestor on the union, twice the steps",
    scores=scores,
    role="over the union twice",
    needs="matched",
    order=140,
    trained="siblings",
    times=2,
)
