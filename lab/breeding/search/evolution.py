"""Evolution: a population of children and founders, bred and selected over generations.

Holland 1975, "Adaptation in natural and artificial systems"; parents and children compete for
places (mu + lambda), as in Schwefel 1981, "Numerical optimization of computer models".

Every number is drawn from one generator and every score comes from the evaluator, so that the
same seed, or a replayed search log, leads to the same champion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lab.breeding.search.child_builder import ChildBuilder
from lab.breeding.search.evaluator import Candidate, FitnessEvaluator, SearchResult
from lab.breeding.search.racing import Race
from lab.breeding.search.search_traits import search
from lab.breeding.search.selection import DEFAULT_SELECTION, PopulationScores, Selection
from lab.breeding.statistics.window_scores import WindowScores


@dataclass(frozen=True)
class Member:
    """A member of the population: recipe, hash of content, scores on all windows."""

    candidate: Candidate
    key: str
    scores: WindowScores


def count_generations(
    size: int, *, population: int, generations: int, children: int, **_: object
) -> int:
    """The children of an evolution: its first population and those of every generation."""
    return int(population + generations * children)


def check_population(
    size: int, *, population: int, generations: int, children: int, elite: int, **_: object
) -> None:
    """ValueError for a population that cannot breed, or an elite larger than it."""
    if not (population >= 2 and children >= 1 and generations >= 1 and 0 <= elite <= population):
        raise ValueError(
            "evolution needs population >= 2, children >= 1, generations >= 1 and elite within "
            f"the population, got {population}, {children}, {generations} and {elite}"
        )


@search(
    races=True,
    needs_selection=True,
    mutates=True,
    count_children=count_generations,
    check=check_population,
)
def evolution(
    builder: ChildBuilder,
    evaluate: FitnessEvaluator,
    generator: np.random.Generator,
    *,
    selection: Selection = DEFAULT_SELECTION,
    population: int = 8,
    generations: int = 8,
    children: int = 8,
    elite: int = 1,
    baseline: WindowScores | None = None,
    shares: Sequence[float] = (1.0,),
    keep: float = 0.5,
    level: float = 1.0,
) -> SearchResult:
    """Breed `generations` times `children` children; return the best of all that were scored.

    The first population is the gen-0 child, the founders, and random children of these. Each
    generation's children race; those that come through compete with the population for its
    `population` places by the selection's fitness, of which the `elite` best by bpc are certain.
    Two of the same content take one place. baseline is the ancestor's scores, the mean of the
    founders by default.
    """
    race = Race(tuple(shares), keep, level)
    evaluate(builder.midpoint())
    founders = _evaluate_members(
        [builder.founder_recipe(name) for name in builder.founders], evaluate
    )
    baseline_losses = _baseline_losses(founders, baseline)
    members = _initial_population(founders, builder, evaluate, generator, population)
    for _ in range(generations):
        if len(members) < 2:  # all founders alike: there is nothing to breed
            break
        builder.keep_built(member.candidate for member in members)
        pairs = selection.select_mates(
            _population_scores(members, baseline_losses), children, generator
        )
        offspring = [_draw_child(members, pair, builder, generator) for pair in pairs]
        members = _deduplicate(members + _race_offspring(offspring, race, evaluate))
        members = _select_survivors(members, selection, baseline_losses, population, elite)
    return evaluate.result()


def _initial_population(
    founders: list[Member],
    builder: ChildBuilder,
    evaluate: FitnessEvaluator,
    generator: np.random.Generator,
    population: int,
) -> list[Member]:
    candidates = [builder.midpoint()]
    while len(founders) + len(candidates) < population:
        a, b = generator.choice(len(founders), size=2, replace=False)
        candidates.append(_draw_child(founders, (int(a), int(b)), builder, generator))
    return _deduplicate(founders + _evaluate_members(candidates, evaluate))


def _draw_child(
    members: Sequence[Member],
    pair: tuple[int, int],
    builder: ChildBuilder,
    generator: np.random.Generator,
) -> Candidate:
    return builder.draw_child([members[number].candidate for number in pair], generator)


def _evaluate_members(candidates: Sequence[Candidate], evaluate: FitnessEvaluator) -> list[Member]:
    scores = [evaluate(candidate) for candidate in candidates]
    return [Member(c, evaluate.child_key(c), s) for c, s in zip(candidates, scores, strict=True)]


def _race_offspring(
    offspring: Sequence[Candidate], race: Race, evaluate: FitnessEvaluator
) -> list[Member]:
    """The offspring that were not eliminated in the race."""
    order, scores = race.run(offspring, evaluate)
    finalists = [offspring[number] for number in order[: len(scores)]]
    return [Member(c, evaluate.child_key(c), s) for c, s in zip(finalists, scores, strict=True)]


def _deduplicate(members: Sequence[Member]) -> list[Member]:
    """The first of each content, in order."""
    first_by_key: dict[str, Member] = {}
    for member in members:
        first_by_key.setdefault(member.key, member)
    return list(first_by_key.values())


def _baseline_losses(founders: Sequence[Member], ancestor: WindowScores | None) -> np.ndarray:
    if ancestor is not None:
        return ancestor.losses
    return np.asarray(np.mean([member.scores.losses for member in founders], axis=0))


def _population_scores(members: Sequence[Member], baseline: np.ndarray) -> PopulationScores:
    losses = np.stack([member.scores.losses for member in members])
    return PopulationScores(losses, members[0].scores.characters.astype(np.float64), baseline)


def _select_survivors(
    members: Sequence[Member],
    selection: Selection,
    baseline: np.ndarray,
    places: int,
    elite: int,
) -> list[Member]:
    """The elite by bpc first, then the others by fitness, until the places are taken."""
    scores = _population_scores(members, baseline)
    by_bpc = np.argsort(-scores.negative_bpc(), kind="stable")
    by_fitness = np.argsort(-selection.fitness(scores), kind="stable")
    order = dict.fromkeys([*by_bpc[:elite].tolist(), *by_fitness.tolist()])
    return [members[number] for number in list(order)[:places]]
