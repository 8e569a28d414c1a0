"""Control arm ancestor: the parents' nearest common ancestor, before they were trained apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.breeding.statistics.control_arms import ControlArm

if TYPE_CHECKING:
    from lab.breeding.statistics.window_scores import WindowScores
    from lab.workflows.control_setting import ControlSetting


def scores(setting: ControlSetting) -> WindowScores | None:
    """Score the ancestor on report; None for parents without one."""
    cross = setting.cross
    if cross.ancestor is None or cross.prepared.ancestor is None:
        return None
    return setting.scorer.score_report(ARM.name, cross.ancestor.id, cross.prepared.ancestor)


ARM = ControlArm(
    name="ancestor",
    says="over the parents' common ancestor",
    scores=scores,
    position="before parents",
    record="ancestor",
)
