"""Control setting: what a control arm may use to compute its scores on the report split."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lab.breeding.prepare_parents import fit_vocabulary
from lab.breeding.search.child_builder import content_hash
from lab.breeding.statistics.control_arms import ControlArm
from lab.breeding.statistics.vigor import CrossScores
from lab.breeding.statistics.window_scores import WindowScores
from lab.corpora.vocabulary import Vocabulary
from lab.models.genotype import Genotype
from lab.models.individual import Individual
from lab.models.weight_averages import average_genotypes
from lab.workflows.cross_setup import PreparedCross
from lab.workflows.searched_cross import SearchedCross
from lab.workflows.split_scorer import SplitScorer


@dataclass(frozen=True)
class ControlSetting:
    """A searched cross and its child's scores on report, the scorer and the run's folder.

    options is the `controls` node, seed the whole tree's. siblings is the same search between two
    parents trained on the same data, None where it was not run. on_select takes what an arm
    measures on select, by name, for result.json.
    """

    searched: SearchedCross
    siblings: SearchedCross | None
    scorer: SplitScorer
    child: CrossScores
    options: Mapping[str, Any]
    folder: Path
    seed: int
    on_select: dict[str, Any] = field(default_factory=dict)

    @property
    def cross(self) -> PreparedCross:
        """The cross as it was prepared."""
        return self.searched.cross

    def score_genotype(self, name: str, genotype: Genotype) -> WindowScores:
        """Score a genotype on report, its content hash as its id."""
        return self.scorer.score_report(name, content_hash(genotype), genotype)

    def score_trained(self, arm: ControlArm) -> WindowScores | None:
        """Score the individual that was trained for an arm; None where there is none."""
        individual = self.searched.matched.get(arm.name)
        if individual is None:
            return None
        genotype = self.fit_to_cross(individual, individual.genotype)
        return self.scorer.score_report(arm.name, individual.id, genotype)

    def score_parent_average(self, parent: str, arm: ControlArm) -> WindowScores | None:
        """Score the weight average named by an arm; None for a parent that keeps no such one."""
        individual = self.cross.individuals[parent]
        average = average_genotypes(individual).get(arm.name)
        if average is None:
            return None
        label, genotype = arm.label(parent), self.fit_to_cross(individual, average)
        return self.scorer.score_report(label, content_hash(average), genotype)

    def fit_to_cross(self, individual: Individual, genotype: Genotype) -> Genotype:
        """Return a relative's genotype over the vocabulary of the cross."""
        prepared = self.cross.prepared
        characters = Vocabulary.from_dict(individual.birth["vocabulary"]).characters
        return fit_vocabulary(genotype, characters, prepared.parents, prepared.characters)
