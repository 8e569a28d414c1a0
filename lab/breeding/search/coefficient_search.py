"""Searches for the coefficients of a cross: none, a grid, golden section, CMA-ES, random draws.

Kiefer 1953, "Sequential minimax search for a maximum" (golden section); Hansen & Ostermeier 2001,
"Completely derandomized self-adaptation in evolution strategies" (CMA-ES), by the cmaes package.

Each takes a field (how many coefficients, between which bounds), a judge and a generator, and
returns what it found. The first candidate of every search is the gen-0 child, halfway between the
parents. Fitness is -bpc on select; only candidates scored on all of it can be champion.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from lab.breeding.search.evaluator import Found, Judge
from lab.breeding.search.racing import Race
from lab.breeding.search.search_space import Field

GOLDEN = (math.sqrt(5) - 1) / 2
MISSING = "search=cmaes needs a package: pip install 'model-breeding-lab[evolve]'"


def none(field: Field, judge: Judge, generator: np.random.Generator) -> Found:
    """Only the gen-0 child."""
    judge(field.middle())
    return judge.found()


def grid(
    field: Field,
    judge: Judge,
    generator: np.random.Generator,
    *,
    points: int = 21,
    budget: int = 1000,
    shares: Sequence[float] = (1.0,),
    keep: float = 0.5,
    level: float = 1.0,
) -> Found:
    """Every combination of `points` evenly spaced values; ValueError beyond `budget` of them."""
    if points < 2 or points**field.size > budget:
        raise ValueError(
            f"a grid of {points} points over {field.size} coefficients must have at least 2 and "
            f"at most {budget} candidates: set points, or use search=cmaes"
        )
    race = Race(tuple(shares), keep, level)
    judge(field.middle())
    axis = np.linspace(field.low, field.high, points)
    candidates = [field.candidate(a) for a in itertools.product(axis, repeat=field.size)]
    race.run(candidates, judge)
    return judge.found()


def random_draws(
    field: Field, judge: Judge, generator: np.random.Generator, *, budget: int = 20
) -> Found:
    """`budget` random candidates, all scored whole: the null that a search must beat."""
    judge(field.middle())
    for _ in range(budget):
        judge(field.draw(generator))
    return judge.found()


def golden(
    field: Field,
    judge: Judge,
    generator: np.random.Generator,
    *,
    budget: int = 20,
    tolerance: float = 0.01,
) -> Found:
    """Golden section over one coefficient, down to an interval of `tolerance`.

    Finds the lowest bpc where it has one valley between the bounds; elsewhere some valley. Both
    bounds are scored too, so that across a barrier the better parent wins, not the nearer one.
    ValueError for more than one coefficient, or a budget below five candidates.
    """
    if field.size != 1:
        raise ValueError(f"search=golden takes one coefficient, this cross has {field.size}")
    if budget < 5:
        raise ValueError(f"search=golden needs a budget of 5 candidates or more, got {budget}")
    judge(field.middle())

    def loss(x: float) -> float:
        return judge(field.candidate([x])).bpc

    low, high = field.low, field.high
    loss(low), loss(high)
    left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
    at_left, at_right = loss(left), loss(right)
    for _ in range(budget - 5):
        if high - low <= tolerance:
            break
        if at_left <= at_right:
            high, right, at_right = right, left, at_left
            left = high - GOLDEN * (high - low)
            at_left = loss(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + GOLDEN * (high - low)
            at_right = loss(right)
    return judge.found()


def cmaes(
    field: Field,
    judge: Judge,
    generator: np.random.Generator,
    *,
    budget: int = 200,
    sigma: float = 0.15,
    population: int | None = None,
    shares: Sequence[float] = (1.0,),
    keep: float = 0.5,
    level: float = 1.0,
) -> Found:
    """CMA-ES from the middle of the field, `budget` candidates or until it has converged.

    sigma is the first step in units of alpha; population defaults to 4 + floor(3 ln size). The
    strategy uses only the order of a generation, so candidates may race: who leaves early ranks
    behind who stays. ValueError for a single coefficient, for a budget below one generation, or
    without the cmaes package.
    """
    strategy = _strategy(field, generator, sigma, population)
    if budget <= strategy.population_size:
        raise ValueError(
            f"a budget of {budget} is less than the first child and one generation of "
            f"{strategy.population_size}"
        )
    race = Race(tuple(shares), keep, level)
    judge(field.middle())
    for _ in range((budget - 1) // strategy.population_size):
        asked = [strategy.ask() for _ in range(strategy.population_size)]
        order, _ = race.run([field.candidate(x) for x in asked], judge)
        strategy.tell([(asked[number], float(rank)) for rank, number in enumerate(order)])
        if strategy.should_stop():
            break
    return judge.found()


def _strategy(
    field: Field, generator: np.random.Generator, sigma: float, population: int | None
) -> Any:
    if field.size == 1:
        raise ValueError("search=cmaes takes two coefficients or more: use search=golden for one")
    try:
        from cmaes import CMA
    except ImportError:
        raise ValueError(MISSING) from None
    return CMA(
        mean=np.full(field.size, 0.5),
        sigma=sigma,
        bounds=np.array([[field.low, field.high]] * field.size),
        seed=int(generator.integers(2**31)),
        population_size=population,
    )
