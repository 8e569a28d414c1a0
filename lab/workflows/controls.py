"""The verdict: a child beside its parents and every control, on the report split.

Used by `lab.breed`. The null of random alphas and the barrier are measured
on select, so that report is touched only by who stands in the table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from lab.breeding.crossover import BoundOperator
from lab.breeding.operators.lerp import geodesic_operator, lerp
from lab.breeding.operators.nlerp import nlerp
from lab.breeding.prepare_parents import fit_vocabulary
from lab.breeding.search.child_builder import ChildBuilder, content_hash
from lab.breeding.search.coefficient_search import grid, random_draws
from lab.breeding.search.evaluator import Candidate, SearchResult
from lab.breeding.statistics.vigor import CrossScores, compute_verdict
from lab.breeding.statistics.window_scores import WindowScores
from lab.corpora.vocabulary import Vocabulary
from lab.models.genotype import Genotype
from lab.models.individual import Individual
from lab.models.weight_averages import average_genotypes
from lab.workflows.cross_setup import PreparedCross
from lab.workflows.split_scorer import SplitScorer


@dataclass(frozen=True)
class SearchedCross:
    """A cross that was searched, before the jury; select: its parents' scores there.

    matched: controls that were reared for the purpose, by name. identify: the id that a
    candidate's child is kept under; without it, children are known by their content alone.
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
        """A trial whose parents are scored on select."""
        return cls(
            cross,
            result,
            {name: scorer.score_select(genotype) for name, genotype in cross.genotypes.items()},
        )

    @property
    def best_parent(self) -> str:
        """The name of the best parent on select."""
        return min(self.select_scores, key=lambda name: self.select_scores[name].bpc)

    def score_cross(self, scorer: SplitScorer, child_name: str) -> CrossScores:
        """The child and its parents, scored on report."""
        cross = self.cross
        parents = {
            name: scorer.score_report(name, cross.individuals[name].id, genotype)
            for name, genotype in cross.genotypes.items()
        }
        return CrossScores(
            self.score_report(scorer, child_name, self.result.champion), parents, self.select_scores
        )

    def score_report(self, scorer: SplitScorer, name: str, candidate: Candidate) -> WindowScores:
        """A candidate's child, scored on report."""
        child = self.cross.builder.build(candidate)
        if self.identify:
            return scorer.score_report(name, self.identify(candidate), child)
        return scorer.score_report(
            name, str(candidate.get("founder") or content_hash(child)), child
        )


def evaluate_controls(
    searched_cross: SearchedCross,
    searched_siblings: SearchedCross | None,
    scorer: SplitScorer,
    options: Mapping[str, Any],
    folder: Path,
    *,
    arm: str,
    seed: int,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The verdict with the controls that are asked for, and what was measured on select.

    told is the `controls` node. seed is the whole tree's.
    """
    cross = searched_cross.cross
    cross_scores = searched_cross.score_cross(scorer, "child")
    controls: dict[str, WindowScores] = {}
    if cross.ancestor is not None and cross.prepared.ancestor is not None:
        ancestor = scorer.score_report("ancestor", cross.ancestor.id, cross.prepared.ancestor)
        controls["ancestor"] = ancestor
    controls["gen-0 child"] = score_first_child(searched_cross, scorer, cross_scores)
    ensemble_scores, null_distribution = None, None
    if options["cheap"]:
        ids = " and ".join(individual.id for individual in cross.individuals.values())
        ensemble_scores = scorer.score_report(
            "ensemble", f"ensemble of {ids}", *cross.genotypes.values()
        )
        controls |= training_free_controls(searched_cross, scorer)
    if options["draws"] and cross.operator.varied:
        controls["best random"], null_distribution = score_random_children(
            searched_cross, scorer, folder, options["draws"], seed
        )
    for name, individual in searched_cross.matched.items():
        controls[name] = scorer.score_report(
            name, individual.id, with_vocabulary(cross, individual, individual.genotype)
        )
    curve = (
        geodesic_curve(searched_cross, scorer, folder, options["points"])
        if options["points"]
        else None
    )
    verdict_data = compute_verdict(
        cross_scores,
        np.random.default_rng(seed),
        arm=arm,
        seed=seed,
        siblings=searched_siblings.score_cross(scorer, "siblings' child")
        if searched_siblings
        else None,
        controls=controls,
        ensemble=ensemble_scores,
        curve=curve,
    )
    if verdict_data["barrier"] and len(cross.individuals) > 2:
        verdict_data["barrier"]["between"] = list(cross.individuals)[:2]
    on_select = {name: scores.bpc for name, scores in searched_cross.select_scores.items()}
    return verdict_data, {"select": on_select, "random": null_distribution, "geodesic": curve}


def score_first_child(
    searched_cross: SearchedCross, scorer: SplitScorer, cross_scores: CrossScores
) -> WindowScores:
    """The gen-0 child on report: the champion's scores where it is the champion."""
    candidate = searched_cross.result.record[0]["candidate"]
    if candidate == searched_cross.result.champion:
        return cross_scores.child
    return searched_cross.score_report(scorer, "gen-0 child", candidate)


def training_free_controls(
    searched_cross: SearchedCross, scorer: SplitScorer
) -> dict[str, WindowScores]:
    """Raw average, on the sphere nlerp, at the champion's alpha; each parent's weight averages."""
    cross, controls = searched_cross.cross, dict[str, WindowScores]()
    pair = list(cross.genotypes.values())
    if len(pair) == 2:
        alpha = champion_alpha(searched_cross)
        extra_operators = {"nlerp": nlerp} if pair[0].architecture.has_unit_rows else {}
        for name, operator in {**extra_operators, "raw average": lerp}.items():
            child = operator(pair, alpha=alpha)
            controls[name] = scorer.score_report(name, content_hash(child), child)
    for name, individual in cross.individuals.items():
        for kind, mean in average_genotypes(individual).items():
            label = f"{name} {kind}"
            controls[label] = scorer.score_report(
                label, content_hash(mean), with_vocabulary(cross, individual, mean)
            )
    return controls


def champion_alpha(searched_cross: SearchedCross) -> Any:
    """The champion's alpha where it has one and is a child of the parents themselves, else 0.5."""
    champion, cross = searched_cross.result.champion, searched_cross.cross
    if champion.get("parents") != list(cross.builder.founders):
        return 0.5
    architecture = cross.prepared.parents[0].architecture
    return cross.operator.parameters_at(
        architecture, champion["alpha"], len(cross.individuals)
    ).get("alpha", 0.5)


def with_vocabulary(cross: PreparedCross, individual: Individual, genotype: Genotype) -> Genotype:
    """A relative's genotype over the party's vocabulary."""
    characters = Vocabulary.from_dict(individual.birth["vocabulary"]).characters
    return fit_vocabulary(genotype, characters, cross.prepared.parents, cross.prepared.characters)


def score_random_children(
    searched_cross: SearchedCross, scorer: SplitScorer, folder: Path, draws: int, seed: int
) -> tuple[WindowScores, dict[str, Any]]:
    """The best on select of children with random coefficients, on report; and all on select."""
    cross, search = searched_cross.cross, partial(random_draws, budget=draws)
    result = scorer.run_search(search, cross.builder, folder / "random.jsonl", cross.header, seed)
    entries = result.record[1:]
    best = min(entries, key=lambda entry: np.inf if entry["bpc"] is None else entry["bpc"])
    child = cross.builder.build(best["candidate"])
    on_select = {"draws": draws, "bpc": [entry["bpc"] for entry in entries]}
    return scorer.score_report("best random", content_hash(child), child), on_select


def geodesic_curve(
    searched_cross: SearchedCross, scorer: SplitScorer, folder: Path, points: int
) -> list[float] | None:
    """bpc on select at evenly spaced places between the first two parents; None where infinite."""
    cross = searched_cross.cross
    founders = dict(list(cross.builder.founders.items())[:2])
    operator = geodesic_operator(cross.prepared.parents[0].architecture)
    builder = ChildBuilder(founders=founders, cross=BoundOperator(operator, {}))
    log, search = folder / "geodesic.jsonl", partial(grid, points=points)
    result = scorer.run_search(search, builder, log, {"parents": list(founders)}, 0)
    curve = [entry["bpc"] for entry in result.record[1:]]
    return None if None in curve else curve
