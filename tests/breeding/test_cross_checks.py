"""What the declarations of operator, mutation and search refuse, before anything is trained."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from lab.breeding import mutation
from lab.breeding.cross_checks import CrossShape, check_cross
from lab.breeding.crossover import BoundOperator
from lab.breeding.operators.ancestor_arithmetic import ancestor_arithmetic
from lab.breeding.operators.dare import dare
from lab.breeding.operators.discrete import discrete
from lab.breeding.operators.frozen_attention import frozen_attention
from lab.breeding.operators.karcher import karcher
from lab.breeding.operators.lerp import lerp
from lab.breeding.operators.model_stock import model_stock
from lab.breeding.operators.nlerp import nlerp
from lab.breeding.operators.slerp import slerp
from lab.breeding.operators.ties import ties
from lab.breeding.search import coefficient_search
from lab.breeding.search.evolution import evolution
from lab.breeding.search.selection import Niches, Selection, Tournament, Truncation
from lab.models.architecture import Architecture

TINY = Architecture(vocab_size=4, dim=8, depth=2, heads=1, dim_head=4)
FREE = Architecture(vocab_size=4, dim=8, depth=2, heads=1, dim_head=4, kind="llama")
PAIR = CrossShape(TINY, 2, has_ancestor=True)
NONE: Any = coefficient_search.none
GOLDEN: Any = coefficient_search.golden


@pytest.mark.parametrize(
    "chosen", [coefficient_search.none, coefficient_search.golden, coefficient_search.random_draws]
)
@pytest.mark.parametrize(
    ("mutate", "selection", "message"),
    [
        (mutation.tangent, Truncation(), "mutation goes with search=evolution"),
        (None, Tournament(), "selection=tournament goes with search=evolution"),
        (None, Niches(exponent=0.0), "selection=niches goes with search=evolution"),
        (None, Truncation(share=0.3), "selection=truncation goes with search=evolution"),
    ],
)
def test_what_only_generations_use_is_refused_elsewhere(
    chosen: Any, mutate: Any, selection: Selection, message: str
) -> None:
    operator = BoundOperator(slerp, {}, varied=chosen is not coefficient_search.none)
    mutates = (mutate, {}) if mutate else None
    with pytest.raises(ValueError, match=message):
        check_cross(operator, (chosen, {}), mutates, PAIR, selection)
    check_cross(operator, (chosen, {}), None, PAIR)
    check_cross(operator, (evolution, {}), mutates, PAIR, selection)


@pytest.mark.parametrize(
    ("operator", "parents", "ancestor", "chosen", "message"),
    [
        (slerp, 3, False, coefficient_search.golden, "takes 2 parents, got 3"),
        (ties, 2, False, coefficient_search.golden, "needs the parents' common ancestor"),
        (slerp, 2, False, coefficient_search.cmaes, "use search=golden for one"),
        (slerp, 1, False, coefficient_search.golden, "needs two founders or more"),
    ],
)
def test_a_cross_that_cannot_work_is_refused(
    operator: Any, parents: int, ancestor: bool, chosen: Any, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        bound = BoundOperator(operator, {})
        check_cross(bound, (chosen, {}), None, CrossShape(TINY, parents, ancestor))


@pytest.mark.parametrize(
    ("operator", "parameters", "message"),
    [
        (ties, {"density": 0.0}, r"density must be in \(0, 1\], got 0.0"),
        (dare, {"drop": 1.0}, r"drop must be in \[0, 1\), got 1.0"),
        (discrete, {"unit": "atom"}, "unit must be one of gene, neuron"),
        (discrete, {"share": 2.0}, r"share must be in \[0, 1\], got 2.0"),
        (discrete, {"cuts": 3}, "cuts must be 0, 1 or 2, got 3"),
        (frozen_attention, {"donor": 2}, "donor must be 0 or 1, got 2"),
        (frozen_attention, {"embedding": "mine"}, "embedding must be donor or slerp"),
        (frozen_attention, {"alpha": {"q": 0.1}}, "alpha must be a finite number, for rest"),
        (karcher, {"weights": [1.0]}, "2 parents need as many weights, got 1"),
        (karcher, {"weights": [2.0, -1.0]}, "weights must be 0 or more and not all 0"),
        (ancestor_arithmetic, {"weights": [1.0]}, "2 parents need as many finite weights"),
        (ancestor_arithmetic, {"strength": float("inf")}, "2 parents need as many finite weights"),
        (slerp, {"alpha": {"layers.7": 0.1, "rest": 0.5}}, "alpha names no part of this model"),
        (slerp, {"alpha": {"layers.0": 0.1}}, "alpha says nothing for layers.1.q"),
        (slerp, {"alpha": [0.1, 0.2]}, "an alpha field by layer has 3 coefficients, got 2"),
    ],
)
def test_parameters_out_of_range_are_refused(
    operator: Any, parameters: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        check_cross(BoundOperator(operator, parameters, varied=False), (NONE, {}), None, PAIR)


@pytest.mark.parametrize("operator", [ties, dare, ancestor_arithmetic, model_stock])
def test_an_ancestor_that_is_needed_is_asked_for(operator: Any) -> None:
    bound = BoundOperator(operator, {}, varied=False)
    with pytest.raises(ValueError, match=f"{operator.__name__} needs the parents' common ancestor"):
        check_cross(bound, (NONE, {}), None, CrossShape(TINY, 2, has_ancestor=False))
    check_cross(bound, (NONE, {}), None, PAIR)


@pytest.mark.parametrize(
    ("operator", "count", "message"),
    [
        (discrete, 2, r"share must be in \[0, 1\], got -0.5"),
        (karcher, 2, r"weights must be 0 or more and not all 0, got \[1.5, -0.5\]"),
        (ancestor_arithmetic, 3, r"needs alphas\.low of 0 or more"),
    ],
)
def test_bounds_that_an_operator_cannot_take_are_refused(
    operator: Any, count: int, message: str
) -> None:
    bound, search = BoundOperator(operator, {}), (coefficient_search.random_draws, {})
    with pytest.raises(ValueError, match=message):
        check_cross(bound, search, None, CrossShape(TINY, count, has_ancestor=True, low=-0.5))
    check_cross(bound, search, None, CrossShape(TINY, count, has_ancestor=True))


def test_bounds_hold_the_midpoint() -> None:
    with pytest.raises(ValueError, match="bounds around 0.5"):
        shape = CrossShape(TINY, 2, has_ancestor=True, low=0.6)
        check_cross(BoundOperator(slerp, {}), (GOLDEN, {}), None, shape)


@pytest.mark.parametrize("operator", [slerp, nlerp, karcher])
def test_free_rows_are_refused_by_the_operators_of_the_sphere(operator: Any) -> None:
    with pytest.raises(ValueError, match="needs rows of unit length.*try crossover=lerp"):
        check_cross(BoundOperator(operator, {}), (GOLDEN, {}), None, CrossShape(FREE, 2, True))
    with pytest.raises(ValueError, match="mutation=tangent needs rows.*try mutation=none"):
        mutates = (mutation.tangent, {})
        check_cross(BoundOperator(lerp, {}), (evolution, {}), mutates, CrossShape(FREE, 2, True))


def test_a_step_that_no_mutation_takes_is_refused() -> None:
    with pytest.raises(ValueError, match="sigmas must be finite and not negative, got -1"):
        mutates = (mutation.tangent, {"sigma": -1.0})
        check_cross(BoundOperator(slerp, {}), (evolution, {}), mutates, PAIR)


@pytest.mark.parametrize(
    ("chosen", "parameters", "grain", "message"),
    [
        (coefficient_search.grid, {}, "layer", "a grid of 21 points over 3 coefficients"),
        (coefficient_search.grid, {"points": 1}, "one", "must have at least 2"),
        (coefficient_search.grid, {"shares": [0.5]}, "one", "shares must grow from above 0 to 1"),
        (coefficient_search.golden, {}, "layer", "takes one coefficient, this cross has 3"),
        (coefficient_search.golden, {"budget": 4}, "one", "needs a budget of 5 candidates"),
        (coefficient_search.cmaes, {"budget": 5}, "layer", "a budget of 5 is less than the first"),
        (coefficient_search.cmaes, {"sigma": 0.0}, "layer", "needs sigma above 0"),
        (coefficient_search.cmaes, {"level": 2.0}, "layer", "keep lies in"),
        (evolution, {"population": 1}, "one", "evolution needs population >= 2"),
        (evolution, {"keep": -1.0}, "one", "keep lies in"),
    ],
)
def test_a_search_that_cannot_run_is_refused(
    chosen: Any, parameters: dict[str, Any], grain: str, message: str
) -> None:
    if chosen is coefficient_search.cmaes:
        pytest.importorskip("cmaes")
    with pytest.raises(ValueError, match=message):
        check_cross(BoundOperator(slerp, {}, grain), (chosen, parameters), None, PAIR)


def test_cmaes_without_its_package_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cmaes", None)
    with pytest.raises(ValueError, match="search=cmaes needs a package"):
        bound = BoundOperator(slerp, {}, "layer")
        check_cross(bound, (coefficient_search.cmaes, {}), None, PAIR)


def test_what_declares_nothing_is_not_bred_by() -> None:
    with pytest.raises(ValueError, match="check_cross is no crossover operator"):
        BoundOperator(check_cross, {})
    with pytest.raises(ValueError, match="check_cross is no search"):
        check_cross(BoundOperator(slerp, {}), (check_cross, {}), None, PAIR)
    with pytest.raises(ValueError, match="check_cross is no mutation operator"):
        check_cross(BoundOperator(slerp, {}), (evolution, {}), (check_cross, {}), PAIR)
