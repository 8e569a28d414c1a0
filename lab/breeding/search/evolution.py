"""Evolution: a population breeds over generations; the best live on.

Holland 1975, "Adaptation in natural and artificial systems"; parents and children compete for
places (mu + lambda), as in Schwefel 1981, "Numerical optimization of computer models".

Every number is drawn from one generator and every score comes from the judge, so that the same
seed, or a journal replayed, leads to the same champion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lab.breeding.search.child_builder import Nursery
from lab.breeding.search.evaluator import Candidate, Found, Judge
from lab.breeding.search.racing import Race
from lab.breeding.search.selection import PLAIN, Selection, Standing
from lab.breeding.statistics.window_scores import Scores


@dataclass(frozen=True)
class Member:
    """One of the population: its recipe, the hash of its content, its scores on all windows."""

    candidate: Candidate
    key: str
    scores: Scores


def evolution(
    field: Nursery,
    judge: Judge,
    generator: np.random.Generator,
    *,
    selection: Selection = PLAIN,
    population: int = 8,
    generations: int = 8,
    children: int = 8,
    elite: int = 1,
    baseline: Scores | None = None,
    shares: Sequence[float] = (1.0,),
    keep: float = 0.5,
    level: float = 1.0,
) -> Found:
    """Breed `generations` times `children` children; return the best that ever lived.

    The first population is the gen-0 child, the founders, and random children of these. Each
    generation's children race; those that come through compete with the population for its
    `population` places by the selection's fitness, of which the `elite` best by bpc are certain.
    Two of the same content take one place. baseline is the ancestor's scores, the mean of the
    founders by default.
    """
    if not (population >= 2 and children >= 1 and generations >= 1 and 0 <= elite <= population):
        raise ValueError(
            "evolution needs population >= 2, children >= 1, generations >= 1 and elite within "
            f"the population, got {population}, {children}, {generations} and {elite}"
        )
    race = Race(tuple(shares), keep, level)
    judge(field.middle())
    founders = _members([field.founder(name) for name in field.founders], judge)
    level_ground = _baseline(founders, baseline)
    crowd = _first_population(founders, field, judge, generator, population)
    for _ in range(generations):
        if len(crowd) < 2:  # all founders alike: there is nothing to breed
            break
        pairs = selection.mates(_standing(crowd, level_ground), children, generator)
        litter = [_mated(crowd, pair, field, generator) for pair in pairs]
        crowd = _distinct(crowd + _raced(litter, race, judge))
        crowd = _survivors(crowd, selection, level_ground, population, elite)
    return judge.found()


def _first_population(
    founders: list[Member],
    field: Nursery,
    judge: Judge,
    generator: np.random.Generator,
    population: int,
) -> list[Member]:
    born = [field.middle()]
    while len(founders) + len(born) < population:
        a, b = generator.choice(len(founders), size=2, replace=False)
        born.append(_mated(founders, (int(a), int(b)), field, generator))
    return _distinct(founders + _members(born, judge))


def _mated(
    crowd: Sequence[Member], pair: tuple[int, int], field: Nursery, generator: np.random.Generator
) -> Candidate:
    return field.child([crowd[number].candidate for number in pair], generator)


def _members(candidates: Sequence[Candidate], judge: Judge) -> list[Member]:
    scores = [judge(candidate) for candidate in candidates]
    return [Member(c, judge.key_of(c), s) for c, s in zip(candidates, scores, strict=True)]


def _raced(litter: Sequence[Candidate], race: Race, judge: Judge) -> list[Member]:
    """Those of the litter that came through the race."""
    order, scores = race.run(litter, judge)
    through = [litter[number] for number in order[: len(scores)]]
    return [Member(c, judge.key_of(c), s) for c, s in zip(through, scores, strict=True)]


def _distinct(crowd: Sequence[Member]) -> list[Member]:
    """The first of each content, in order."""
    first: dict[str, Member] = {}
    for member in crowd:
        first.setdefault(member.key, member)
    return list(first.values())


def _baseline(founders: Sequence[Member], ancestor: Scores | None) -> np.ndarray:
    if ancestor is not None:
        return ancestor.losses
    return np.asarray(np.mean([member.scores.losses for member in founders], axis=0))


def _standing(crowd: Sequence[Member], baseline: np.ndarray) -> Standing:
    losses = np.stack([member.scores.losses for member in crowd])
    return Standing(losses, crowd[0].scores.characters.astype(np.float64), baseline)


def _survivors(
    crowd: Sequence[Member],
    selection: Selection,
    baseline: np.ndarray,
    places: int,
    elite: int,
) -> list[Member]:
    """The elite by bpc first, then the others by fitness, until the places are taken."""
    standing = _standing(crowd, baseline)
    by_bpc = np.argsort(-standing.plain_fitness(), kind="stable")
    by_fitness = np.argsort(-selection.fitness(standing), kind="stable")
    order = dict.fromkeys([*by_bpc[:elite].tolist(), *by_fitness.tolist()])
    return [crowd[number] for number in list(order)[:places]]
