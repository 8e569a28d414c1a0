"""Control arm siblings' child: the same cross of two parents trained on the same data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.breeding.statistics.control_arms import ControlArm

if TYPE_CHECKING:
    from lab.breeding.statistics.vigor import CrossScores
    from lab.workflows.control_setting import ControlSetting


def scores(setting: ControlSetting) -> CrossScores | None:
    """Score the siblings and their searched child on report; None for a family without siblings."""
    if setting.siblings is None:
        return None
    return setting.siblings.score_cross(setting.scorer, ARM.name)


ARM = ControlArm(
    name="siblings' child",
    says="siblings' child over its best parent",
    scores=scores,
    role="noise averaging",
    needs="matched",
    effect="excess",
    order=40,
    trained="siblings",
)
