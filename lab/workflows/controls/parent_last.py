"""Control arm last: the mean of the last checkpoints of each parent's own training path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.breeding.statistics.control_arms import ControlArm

if TYPE_CHECKING:
    from lab.breeding.statistics.window_scores import WindowScores
    from lab.workflows.control_setting import ControlSetting


def scores(setting: ControlSetting, parent: str) -> WindowScores | None:
    """Score a parent's average on report; None for a parent that keeps none."""
    return setting.score_parent_average(parent, ARM)


ARM = ControlArm(
    name="last",
    says="over the better parent's last-k mean",
    scores=scores,
    role="over a parent's own mean",
    needs="cheap",
    per_parent=True,
    order=100,
)
