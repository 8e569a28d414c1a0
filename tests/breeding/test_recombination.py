"""What all operators have in common: scales and shares."""

from __future__ import annotations

import math

import pytest
import torch

from lab.breeding.recombination import (
    active_parents,
    average_scales,
    combine_scales,
    keep_agreed_rows,
)
from lab.models.genotype import Genotype
from tests.breeding.families import TINY, individual

EVEN = torch.tensor([0.5, 0.5])


def with_scale(value: float, seed: int) -> Genotype:
    found = individual(seed=seed)
    found.scales[0] = value / found.layout.multipliers()[0]
    return found


@pytest.mark.parametrize(
    ("values", "child"), [((2.0, 8.0), 4.0), ((-2.0, -8.0), -4.0), ((-2.0, 8.0), 3.0), ((0, 8), 4)]
)
def test_scales_meet_in_the_geometric_mean_where_signs_agree(
    values: tuple[float, float], child: float
) -> None:
    members = [with_scale(value, seed) for seed, value in enumerate(values)]
    scales = combine_scales(TINY, members, EVEN)
    assert float(Genotype(TINY, members[0].rows, scales).effective_scales()[0]) == pytest.approx(
        child
    )


def test_the_average_is_arithmetic() -> None:
    members = [with_scale(2.0, 0), with_scale(8.0, 1)]
    scales = average_scales(TINY, members, EVEN)
    assert float(Genotype(TINY, members[0].rows, scales).effective_scales()[0]) == pytest.approx(5)


def test_weights_may_differ_from_scale_to_scale() -> None:
    a, b = individual(seed=1), individual(seed=2)
    first = (torch.arange(TINY.num_scales) % 2).double()
    scales = combine_scales(TINY, [a, b], torch.stack([first, 1 - first]))
    assert torch.equal(scales, torch.where(first.bool(), a.scales, b.scales))


def test_parents_without_weight_take_no_part() -> None:
    a, b, c = (individual(seed=seed) for seed in range(3))
    chosen, weights = active_parents([a, b, c], (1.0, 0.0, 3.0))
    assert chosen == [a, c] and weights.tolist() == [0.25, 0.75]
    assert active_parents([a, b], None)[1].tolist() == [0.5, 0.5]


@pytest.mark.parametrize("weights", [(0.0, 0.0), (-1.0, 2.0), (math.nan, 1.0), (1.0,)])
def test_bad_weights_are_refused(weights: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="weights"):
        active_parents([individual(), individual(seed=1)], weights)


def test_rows_on_which_parents_agree_breed_true() -> None:
    parents = torch.stack([torch.eye(3), torch.eye(3)])
    parents[1, 2] = torch.tensor([0.0, 1.0, 0.0])
    kept = keep_agreed_rows(parents, torch.full((3, 3), 9.0))
    assert torch.equal(kept[:2], torch.eye(3)[:2]) and (kept[2] == 9).all()
