"""Control arm ema: the exponential moving average of each parent's own training path."""

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
    name="ema",
    says="over the better parent's running average",
    scores=scores,
    role="over a parent's ema",
    needs="cheap",
    per_parent=True,
    order=110,
)
