"""Coefficient searches: none, grid, golden section, CMA-ES and random draws.

Kiefer 1953, "Sequential minimax search for a maximum" (golden section); Hansen & Ostermeier 2001,
"Completely derandomized self-adaptation in evolution strategies" (CMA-ES), by the cmaes package.

Each takes a search space, an evaluator and a random generator, and returns a SearchResult. The
first candidate of every search is the gen-0 child, halfway between the parents. Fitness is -bpc on
the select split; only candidates scored on all of it can be champion.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from lab.breeding.search.evaluator import FitnessEvaluator, SearchResult
from lab.breeding.search.racing import Race
from lab.breeding.search.search_space import SearchSpace
from lab.breeding.search.search_traits import count_budget, search

INVERSE_GOLDEN_RATIO = (math.sqrt(5) - 1) / 2
MISSING_PACKAGE = "search=cmaes needs a package: pip install 'model-breeding-lab[evolve]'"


def count_grid_points(size: int, *, points: int, **_: object) -> int:
    """The children of a grid."""
    return int(points**size)


def check_grid(size: int, *, points: int, budget: int, **_: object) -> None:
    """ValueError for a grid of fewer than two points an axis, or of more than its budget."""
    if points < 2 or points**size > budget:
        raise ValueError(
            f"a grid of {points} points over {size} coefficients must have at least 2 and "
            f"at most {budget} candidates: set points, or use search=cmaes"
        )


def check_generation(
    size: int, *, budget: int, sigma: float, population: int | None, **_: object
) -> None:
    """ValueError without the cmaes package, for no step, or a budget below one generation."""
    import_strategy()
    generation = 4 + math.floor(3 * math.log(size)) if population is None else population
    if sigma <= 0 or generation < 3:
        raise ValueError(
            "search=cmaes needs sigma above 0 and a population of 3 or more, "
            f"got {sigma} and {generation}"
        )
    if budget <= generation:
        raise ValueError(
            f"a budget of {budget} is less than the first child and one generation of {generation}"
        )


@search(varies_coefficients=False)
def none(
    space: SearchSpace, evaluate: FitnessEvaluator, generator: np.random.Generator
) -> SearchResult:
    """Score the gen-0 child alone."""
    evaluate(space.midpoint())
    return evaluate.result()


@search(races=True, count_children=count_grid_points, check=check_grid)
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
    """Score every combination of `points` evenly spaced values; ValueError beyond `budget`."""
    race = Race(tuple(shares), keep, level)
    evaluate(space.midpoint())
    axis = np.linspace(space.low, space.high, points)
    candidates = [space.candidate(a) for a in itertools.product(axis, repeat=space.size)]
    race.run(candidates, evaluate)
    return evaluate.result()


@search(count_children=count_budget)
def random_draws(
    space: SearchSpace,
    evaluate: FitnessEvaluator,
    generator: np.random.Generator,
    *,
    budget: int = 20,
) -> SearchResult:
    """Score `budget` random candidates on the whole split: the null that a search must beat."""
    evaluate(space.midpoint())
    for _ in range(budget):
        evaluate(space.draw(generator))
    return evaluate.result()


@search(max_coefficients=1, min_budget=5, count_children=count_budget)
def golden(
    space: SearchSpace,
    evaluate: FitnessEvaluator,
    generator: np.random.Generator,
    *,
    budget: int = 20,
    tolerance: float = 0.01,
) -> SearchResult:
    """Golden section over one coefficient, down to an interval of `tolerance`.

    Finds the minimum of bpc where it has one between the bounds; elsewhere a local one. Both
    bounds are scored too, so that across a barrier the better parent wins, not the nearer one.
    ValueError for more than one coefficient, or a budget below five candidates.
    """
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


@search(
    min_coefficients=2,
    alternative="use search=golden for one",
    races=True,
    count_children=count_budget,
    check=check_generation,
)
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
    """CMA-ES from the midpoint of the space, `budget` candidates or until it has converged.

    sigma is the first step in units of alpha; population defaults to 4 + floor(3 ln size). The
    strategy uses only the order of a generation, so candidates may race: who leaves early ranks
    behind who stays. ValueError for a single coefficient, for a budget below one generation, or
    without the cmaes package.
    """
    strategy = import_strategy()(
        mean=np.full(space.size, 0.5),
        sigma=sigma,
        bounds=np.array([[space.low, space.high]] * space.size),
        seed=int(generator.integers(2**31)),
        population_size=population,
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


def import_strategy() -> Callable[..., Any]:
    """The CMA-ES strategy of the package cmaes; ValueError where it is not installed."""
    try:
        from cmaes import CMA
    except ImportError:
        raise ValueError(MISSING_PACKAGE) from None
    strategy: Callable[..., Any] = CMA
    return strategy
