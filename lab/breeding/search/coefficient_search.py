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

from lab.breeding.search.evaluator import FitnessEvaluator, SearchResult
from lab.breeding.search.racing import Race
from lab.breeding.search.search_space import SearchSpace

INVERSE_GOLDEN_RATIO = (math.sqrt(5) - 1) / 2
MISSING_PACKAGE = "search=cmaes needs a package: pip install 'model-breeding-lab[evolve]'"


def none(
    space: SearchSpace, evaluate: FitnessEvaluator, generator: np.random.Generator
) -> SearchResult:
    """Only the gen-0 child."""
    evaluate(space.midpoint())
    return evaluate.result()


def grid(
    space: SearchSpace,
    evaluate: FitnessEvaluator,
    generator: np.random.Generator,
    *,
    points: int = 21,
    budget: int = 1000,
    shares: Sequence[float] = (1.0,),
    keep: float = 0.5,
    level: float = 1.0,
) -> SearchResult:
    """Every combination of `points` evenly spaced values; ValueError beyond `budget` of them."""
    if points < 2 or points**space.size > budget:
        raise ValueError(
            f"a grid of {points} points over {space.size} coefficients must have at least 2 and "
            f"at most {budget} candidates: set points, or use search=cmaes"
        )
    race = Race(tuple(shares), keep, level)
    evaluate(space.midpoint())
    axis = np.linspace(space.low, space.high, points)
    candidates = [space.candidate(a) for a in itertools.product(axis, repeat=space.size)]
    race.run(candidates, evaluate)
    return evaluate.result()


def random_draws(
    space: SearchSpace,
    evaluate: FitnessEvaluator,
    generator: np.random.Generator,
    *,
    budget: int = 20,
) -> SearchResult:
    """`budget` random candidates, all scored whole: the null that a search must beat."""
    evaluate(space.midpoint())
    for _ in range(budget):
        evaluate(space.draw(generator))
    return evaluate.result()


def golden(
    space: SearchSpace,
    evaluate: FitnessEvaluator,
    generator: np.random.Generator,
    *,
    budget: int = 20,
    tolerance: float = 0.01,
) -> SearchResult:
    """Golden section over one coefficient, down to an interval of `tolerance`.

    Finds the lowest bpc where it has one valley between the bounds; elsewhere some valley. Both
    bounds are scored too, so that across a barrier the better parent wins, not the nearer one.
    ValueError for more than one coefficient, or a budget below five candidates.
    """
    if space.size != 1:
        raise ValueError(f"search=golden takes one coefficient, this cross has {space.size}")
    if budget < 5:
        raise ValueError(f"search=golden needs a budget of 5 candidates or more, got {budget}")
    evaluate(space.midpoint())

    def loss(x: float) -> float:
        return evaluate(space.candidate([x])).bpc

    low, high = space.low, space.high
    loss(low), loss(high)
    left, right = (
        high - INVERSE_GOLDEN_RATIO * (high - low),
        low + INVERSE_GOLDEN_RATIO * (high - low),
    )
    loss_left, loss_right = loss(left), loss(right)
    for _ in range(budget - 5):
        if high - low <= tolerance:
            break
        if loss_left <= loss_right:
            high, right, loss_right = right, left, loss_left
            left = high - INVERSE_GOLDEN_RATIO * (high - low)
            loss_left = loss(left)
        else:
            low, left, loss_left = left, right, loss_right
            right = low + INVERSE_GOLDEN_RATIO * (high - low)
            loss_right = loss(right)
    return evaluate.result()


def cmaes(
    space: SearchSpace,
    evaluate: FitnessEvaluator,
    generator: np.random.Generator,
    *,
    budget: int = 200,
    sigma: float = 0.15,
    population: int | None = None,
    shares: Sequence[float] = (1.0,),
    keep: float = 0.5,
    level: float = 1.0,
) -> SearchResult:
    """CMA-ES from the middle of the field, `budget` candidates or until it has converged.

    sigma is the first step in units of alpha; population defaults to 4 + floor(3 ln size). The
    strategy uses only the order of a generation, so candidates may race: who leaves early ranks
    behind who stays. ValueError for a single coefficient, for a budget below one generation, or
    without the cmaes package.
    """
    strategy = _make_strategy(space, generator, sigma, population)
    if budget <= strategy.population_size:
        raise ValueError(
            f"a budget of {budget} is less than the first child and one generation of "
            f"{strategy.population_size}"
        )
    race = Race(tuple(shares), keep, level)
    evaluate(space.midpoint())
    for _ in range((budget - 1) // strategy.population_size):
        samples = [strategy.ask() for _ in range(strategy.population_size)]
        order, _ = race.run([space.candidate(x) for x in samples], evaluate)
        strategy.tell([(samples[number], float(rank)) for rank, number in enumerate(order)])
        if strategy.should_stop():
            break
    return evaluate.result()


def _make_strategy(
    space: SearchSpace, generator: np.random.Generator, sigma: float, population: int | None
) -> Any:
    if space.size == 1:
        raise ValueError("search=cmaes takes two coefficients or more: use search=golden for one")
    try:
        from cmaes import CMA
    except ImportError:
        raise ValueError(MISSING_PACKAGE) from None
    return CMA(
        mean=np.full(space.size, 0.5),
        sigma=sigma,
        bounds=np.array([[space.low, space.high]] * space.size),
        seed=int(generator.integers(2**31)),
        population_size=population,
    )
