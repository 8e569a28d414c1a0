"""Control arm nlerp: the parents' average put back on the sphere, at the champion's alpha."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.breeding.statistics.control_arms import ControlArm

if TYPE_CHECKING:
    from lab.breeding.statistics.window_scores import WindowScores
    from lab.workflows.control_setting import ControlSetting


def scores(setting: ControlSetting) -> WindowScores | None:
    """Score the normalized average on report; None unless two parents have unit rows."""
    from lab.breeding.operators.nlerp import nlerp

    pair = list(setting.cross.genotypes.values())
    if len(pair) != 2 or not pair[0].architecture.has_unit_rows:
        return None
    return setting.score_genotype(ARM.name, nlerp(pair, alpha=setting.searched.champion_alpha()))


ARM = ControlArm(
    name="nlerp",
    says="over nlerp at the same alpha",
    scores=scores,
    role="over nlerp",
    needs="cheap",
    order=80,
)
