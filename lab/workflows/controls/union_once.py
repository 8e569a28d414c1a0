"""Control arm union once: the ancestor trained on the union, for the same steps as a parent."""

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
    name="union once",
    says="over the ancestor on the union, same steps",
    scores=scores,
    role="over the union once",
    needs="matched",
    order=120,
    trained="siblings",
    times=1,
)
