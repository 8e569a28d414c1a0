"""Searched cross: parents, the result of the search between them, and their scores on select."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lab.breeding.search.child_builder import content_hash
from lab.breeding.search.evaluator import Candidate, SearchResult
from lab.breeding.statistics.vigor import CrossScores
from lab.breeding.statistics.window_scores import WindowScores
from lab.models.individual import Individual
from lab.workflows.cross_setup import PreparedCross
from lab.workflows.split_scorer import SplitScorer


@dataclass(frozen=True)
class SearchedCross:
    """A cross that was searched, not yet scored on report; select_scores: its parents' on select.

    matched: individuals trained as controls, by the control arm's name. identify: the id that a
    candidate's child is saved under; without it, children are known by their content alone.
    """

    cross: PreparedCross
    result: SearchResult
    select_scores: Mapping[str, WindowScores]
    matched: Mapping[str, Individual] = field(default_factory=dict)
    identify: Callable[[Candidate], str] | None = None

    @classmethod
    def from_result(
        cls, cross: PreparedCross, scorer: SplitScorer, result: SearchResult
    ) -> SearchedCross:
        """Return the searched cross, its parents scored on select."""
        return cls(
            cross,
            result,
            {name: scorer.score_select(genotype) for name, genotype in cross.genotypes.items()},
        )

    @property
    def best_parent(self) -> str:
        """The name of the best parent on select."""
        return min(self.select_scores, key=lambda name: self.select_scores[name].bpc)

    def champion_alpha(self) -> Any:
        """Return the champion's alpha if it has one and is a child of the parents, else 0.5."""
        champion, cross = self.result.champion, self.cross
        if champion.get("parents") != list(cross.builder.founders):
            return 0.5
        architecture = cross.prepared.parents[0].architecture
        return cross.operator.parameters_at(
            architecture, champion["alpha"], len(cross.individuals)
        ).get("alpha", 0.5)

    def score_cross(self, scorer: SplitScorer, child_name: str) -> CrossScores:
        """Score the parents on report, then the champion under the name given."""
        cross = self.cross
        parents = {
            name: scorer.score_report(name, cross.individuals[name].id, genotype)
            for name, genotype in cross.genotypes.items()
        }
        return CrossScores(
            self.score_report(scorer, child_name, self.result.champion), parents, self.select_scores
        )

    def score_report(self, scorer: SplitScorer, name: str, candidate: Candidate) -> WindowScores:
        """Score a candidate's child on report."""
        child = self.cross.builder.build(candidate)
        if self.identify:
            return scorer.score_report(name, self.identify(candidate), child)
        return scorer.score_report(
            name, str(candidate.get("founder") or content_hash(child)), child
        )
