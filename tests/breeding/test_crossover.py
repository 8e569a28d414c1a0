"""What coefficients mean to each operator, and which of them a search can vary."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from lab.breeding.crossover import BoundOperator
from lab.breeding.operators.ancestor_arithmetic import ancestor_arithmetic
from lab.breeding.operators.dare import dare
from lab.breeding.operators.discrete import discrete
from lab.breeding.operators.frozen_attention import frozen_attention
from lab.breeding.operators.karcher import karcher
from lab.breeding.operators.lerp import lerp
from lab.breeding.operators.model_stock import model_stock
from lab.breeding.operators.slerp import slerp
from lab.breeding.operators.ties import ties
from lab.models.genotype import Architecture, founder

TINY = Architecture(vocab_size=4, dim=8, depth=2, heads=1, dim_head=4)


def family(count: int) -> list[Any]:
    generator = torch.Generator().manual_seed(1)
    return [founder(TINY, generator) for _ in range(count)]


@pytest.mark.parametrize(
    ("crossing", "parents", "alpha", "told"),
    [
        (BoundOperator(slerp, {"alpha": 0.5}), 2, [0.25], {"alpha": 0.25}),
        (BoundOperator(discrete, {"unit": "head"}), 2, [0.25], {"unit": "head", "share": 0.25}),
        (BoundOperator(karcher, {}), 2, [0.25], {"weights": [0.75, 0.25]}),
        (BoundOperator(karcher, {}), 3, [0.2, 0.4, 0.6], {"weights": [0.2, 0.4, 0.6]}),
        (BoundOperator(karcher, {}), 3, [0.0, 0.0, 0.0], {"weights": None}),
        (BoundOperator(ancestor_arithmetic, {}), 2, [0.25], {"weights": [0.75, 0.25]}),
        (BoundOperator(ancestor_arithmetic, {}), 3, [1, 0, 1], {"weights": [0.5, 0.0, 0.5]}),
        (BoundOperator(ancestor_arithmetic, {}), 3, [0.5, 0.0, 0.0], {"weights": [1.0, 0.0, 0.0]}),
        (BoundOperator(ancestor_arithmetic, {}), 2, [0.5, 0.5, 0.1], {"weights": [0.5, 0.5]}),
        (BoundOperator(slerp, {"alpha": 0.3}, varied=False), 2, [0.5], {"alpha": 0.3}),
    ],
)
def test_coefficients_become_parameters(
    crossing: BoundOperator, parents: int, alpha: list[float], told: dict[str, Any]
) -> None:
    assert crossing.parameters_at(TINY, alpha, parents) == told


@pytest.mark.parametrize("operator", [karcher, ties, dare, ancestor_arithmetic])
@pytest.mark.parametrize("count", [2, 3, 5])
def test_the_first_child_of_a_search_is_that_of_no_search(operator: Any, count: int) -> None:
    *parents, ancestor = family(count + 1)
    born = []
    for varied in (True, False):
        crossing = BoundOperator(operator, {"weights": None}, varied=varied, ancestor=ancestor)
        middle = [0.5] * crossing.count_coefficients(TINY, count)
        born.append(crossing(parents, middle, torch.Generator().manual_seed(0)))
    assert torch.equal(born[0].rows, born[1].rows) and torch.equal(born[0].scales, born[1].scales)


def test_absolute_weights_are_not_searched_below_zero() -> None:
    with pytest.raises(ValueError, match=r"needs alphas\.low of 0 or more"):
        BoundOperator(ancestor_arithmetic, {}).parameters_at(TINY, [0.5, -0.5, 0.1], 3)


def test_a_field_has_a_coefficient_a_part() -> None:
    crossing = BoundOperator(slerp, {}, grain="layer")
    assert crossing.count_coefficients(TINY, 2) == 3
    assert crossing.parameters_at(TINY, [0.1, 0.2, 0.3], 2)["alpha"] == {
        "outside": 0.1, "layers.0": 0.2, "layers.1": 0.3,
    }  # fmt: skip


def test_a_crossing_is_its_operator() -> None:
    parents, generator = family(2), torch.Generator()
    child = BoundOperator(slerp, {})(parents, [0.25], generator)
    assert torch.equal(child.rows, slerp(parents, alpha=0.25).rows)
    assert BoundOperator(slerp, {}).keeps_unit_rows and not BoundOperator(lerp, {}).keeps_unit_rows


@pytest.mark.parametrize(
    ("operator", "told", "grain", "said"),
    [
        (model_stock, {}, "one", "no coefficient to search"),
        (slerp, {"alpha": 0.4}, "one", "leave crossover.alpha as it is"),
        (karcher, {"weights": [1, 2]}, "one", "leave crossover.weights as it is"),
        (frozen_attention, {}, "layer", "takes one coefficient"),
        (karcher, {}, "kind", "takes one coefficient"),
    ],
)
def test_what_cannot_be_searched_is_refused(
    operator: Any, told: dict[str, Any], grain: str, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        BoundOperator(operator, told, grain)


def test_a_grain_goes_with_a_search() -> None:
    with pytest.raises(ValueError, match=r"alphas\.grain=layer goes with a search"):
        BoundOperator(slerp, {}, "layer", varied=False)
