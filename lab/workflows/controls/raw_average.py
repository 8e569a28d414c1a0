"""Control arm raw average: linear interpolation of the weights, at the champion's alpha."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.breeding.statistics.control_arms import ControlArm

if TYPE_CHECKING:
    from lab.breeding.statistics.window_scores import WindowScores
    from lab.workflows.control_setting import ControlSetting


def scores(setting: ControlSetting) -> WindowScores | None:
    """Score the parents' linear interpolation on report; None unless there are two parents."""
    from lab.breeding.operators.lerp import lerp

    pair = list(setting.cross.genotypes.values())
    if len(pair) != 2:
        return None
    return setting.score_genotype(ARM.name, lerp(pair, alpha=setting.searched.champion_alpha()))


ARM = ControlArm(
    name="raw average",
    says="over the raw average at the same alpha",
    scores=scores,
    role="over the raw average",
    needs="cheap",
    order=90,
)
