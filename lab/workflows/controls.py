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

from lab.breeding.crossover import Crossing
from lab.breeding.operators.lerp import lerp, straight
from lab.breeding.operators.nlerp import nlerp
from lab.breeding.prepare_parents import fitted
from lab.breeding.search.child_builder import Nursery, content
from lab.breeding.search.coefficient_search import grid, random_draws
from lab.breeding.search.evaluator import Candidate, Found
from lab.breeding.statistics.vigor import Cross, verdict
from lab.breeding.statistics.window_scores import Scores
from lab.corpora.vocabulary import Vocabulary
from lab.models.genotype import Genotype
from lab.models.individual import Individual
from lab.models.weight_averages import averages
from lab.workflows.cross_setup import Party
from lab.workflows.split_scorer import Jury


@dataclass(frozen=True)
class Trial:
    """A cross that was searched, before the jury; select: its parents' scores there.

    matched: controls that were reared for the purpose, by name. identify: the id that a
    candidate's child is kept under; without it, children are known by their content alone.
    """

    party: Party
    found: Found
    select: Mapping[str, Scores]
    matched: Mapping[str, Individual] = field(default_factory=dict)
    identify: Callable[[Candidate], str] | None = None

    @classmethod
    def of(cls, party: Party, jury: Jury, found: Found) -> Trial:
        """A trial whose parents are scored on select."""
        return cls(party, found, {n: jury.select(one) for n, one in party.genotypes.items()})

    @property
    def best(self) -> str:
        """The name of the best parent on select."""
        return min(self.select, key=lambda name: self.select[name].bpc)

    def cross(self, jury: Jury, child: str) -> Cross:
        """The child and its parents, scored on report."""
        party = self.party
        parents = {
            name: jury.report(name, party.individuals[name].id, genotype)
            for name, genotype in party.genotypes.items()
        }
        return Cross(self.report(jury, child, self.found.champion), parents, self.select)

    def report(self, jury: Jury, name: str, candidate: Candidate) -> Scores:
        """A candidate's child, scored on report."""
        born = self.party.nursery.build(candidate)
        if self.identify:
            return jury.report(name, self.identify(candidate), born)
        return jury.report(name, str(candidate.get("founder") or content(born)), born)


def judge(
    trial: Trial,
    siblings: Trial | None,
    jury: Jury,
    told: Mapping[str, Any],
    folder: Path,
    *,
    arm: str,
    seed: int,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The verdict with the controls that are asked for, and what was measured on select.

    told is the `controls` node. seed is the whole tree's.
    """
    party = trial.party
    cross = trial.cross(jury, "child")
    controls: dict[str, Scores] = {}
    if party.ancestor is not None and party.prepared.ancestor is not None:
        ancestor = jury.report("ancestor", party.ancestor.id, party.prepared.ancestor)
        controls["ancestor"] = ancestor
    controls["gen-0 child"] = first_child(trial, jury, cross)
    together, null = None, None
    if told["cheap"]:
        ids = " and ".join(one.id for one in party.individuals.values())
        together = jury.report("ensemble", f"ensemble of {ids}", *party.genotypes.values())
        controls |= cheap(trial, jury)
    if told["draws"] and party.crossing.varied:
        controls["best random"], null = random_null(trial, jury, folder, told["draws"], seed)
    for name, one in trial.matched.items():
        controls[name] = jury.report(name, one.id, grown(party, one, one.genotype))
    curve = geodesic(trial, jury, folder, told["points"]) if told["points"] else None
    words = verdict(
        cross,
        np.random.default_rng(seed),
        arm=arm,
        seed=seed,
        siblings=siblings.cross(jury, "siblings' child") if siblings else None,
        controls=controls,
        ensemble=together,
        curve=curve,
    )
    if words["barrier"] and len(party.individuals) > 2:
        words["barrier"]["between"] = list(party.individuals)[:2]
    on_select = {name: scores.bpc for name, scores in trial.select.items()}
    return words, {"select": on_select, "random": null, "geodesic": curve}


def first_child(trial: Trial, jury: Jury, cross: Cross) -> Scores:
    """The gen-0 child on report: the champion's scores where it is the champion."""
    first = trial.found.record[0]["candidate"]
    if first == trial.found.champion:
        return cross.child
    return trial.report(jury, "gen-0 child", first)


def cheap(trial: Trial, jury: Jury) -> dict[str, Scores]:
    """Raw average, on the sphere nlerp, at the champion's alpha; each parent's weight averages."""
    party, controls = trial.party, dict[str, Scores]()
    pair = list(party.genotypes.values())
    if len(pair) == 2:
        alpha = champion_alpha(trial)
        others = {"nlerp": nlerp} if pair[0].architecture.sphere else {}
        for name, operator in {**others, "raw average": lerp}.items():
            child = operator(pair, alpha=alpha)
            controls[name] = jury.report(name, content(child), child)
    for name, one in party.individuals.items():
        for kind, mean in averages(one).items():
            label = f"{name} {kind}"
            controls[label] = jury.report(label, content(mean), grown(party, one, mean))
    return controls


def champion_alpha(trial: Trial) -> Any:
    """The champion's alpha where it has one and is a child of the parents themselves, else 0.5."""
    champion, party = trial.found.champion, trial.party
    if champion.get("parents") != list(party.nursery.founders):
        return 0.5
    shape = party.prepared.parents[0].architecture
    return party.crossing.told(shape, champion["alpha"], len(party.individuals)).get("alpha", 0.5)


def grown(party: Party, one: Individual, genotype: Genotype) -> Genotype:
    """A relative's genotype over the party's vocabulary."""
    own = Vocabulary.from_dict(one.birth["vocabulary"]).characters
    return fitted(genotype, own, party.prepared.parents, party.prepared.characters)


def random_null(
    trial: Trial, jury: Jury, folder: Path, draws: int, seed: int
) -> tuple[Scores, dict[str, Any]]:
    """The best on select of children with random coefficients, on report; and all on select."""
    party, search = trial.party, partial(random_draws, budget=draws)
    found = jury.search(search, party.nursery, folder / "random.jsonl", party.header, seed)
    drawn = found.record[1:]
    best = min(drawn, key=lambda entry: np.inf if entry["bpc"] is None else entry["bpc"])
    child = party.nursery.build(best["candidate"])
    on_select = {"draws": draws, "bpc": [entry["bpc"] for entry in drawn]}
    return jury.report("best random", content(child), child), on_select


def geodesic(trial: Trial, jury: Jury, folder: Path, points: int) -> list[float] | None:
    """bpc on select at evenly spaced places between the first two parents; None where infinite."""
    party = trial.party
    founders = dict(list(party.nursery.founders.items())[:2])
    line = straight(party.prepared.parents[0].architecture)
    between = Nursery(founders=founders, cross=Crossing(line, {}))
    log, search = folder / "geodesic.jsonl", partial(grid, points=points)
    found = jury.search(search, between, log, {"parents": list(founders)}, 0)
    curve = [entry["bpc"] for entry in found.record[1:]]
    return None if None in curve else curve
