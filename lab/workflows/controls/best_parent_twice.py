"""Control arm best parent twice: the best parent on select, trained for twice the steps."""

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
    name="best parent twice",
    says="over the best parent at twice the steps",
    scores=scores,
    role="over best parent twice",
    needs="matched",
    order=130,
    trained="best parent",
    times=2,
)
