"""Control arm ensemble: the mean of the parents' predicted probabilities, at both parents' cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.breeding.statistics.control_arms import ControlArm

if TYPE_CHECKING:
    from lab.breeding.statistics.window_scores import WindowScores
    from lab.workflows.control_setting import ControlSetting


def scores(setting: ControlSetting) -> WindowScores:
    """Score the parents' ensemble on report."""
    ids = " and ".join(individual.id for individual in setting.cross.individuals.values())
    genotypes = setting.cross.genotypes.values()
    return setting.scorer.score_report(ARM.name, f"{ARM.name} of {ids}", *genotypes)


ARM = ControlArm(
    name="ensemble",
    says="over the parents' ensemble",
    scores=scores,
    role="over the ensemble",
    needs="cheap",
    effect="gap",
    order=150,
)
