"""Assignments against every permutation there is."""

from __future__ import annotations

import itertools

import pytest
import torch

from lab.breeding.alignment.linear_assignment import solve_assignment
from tests.breeding.families import seeded


def total(score: torch.Tensor, order: torch.Tensor) -> float:
    return float(score[torch.arange(len(score)), order].sum())


@pytest.mark.parametrize("seed", range(20))
def test_no_permutation_scores_higher(seed: int) -> None:
    n = 1 + seed % 6
    score = torch.randint(-4, 5, (n, n), generator=seeded(seed)).double()  # with ties
    if seed % 2:
        score = torch.randn(n, n, generator=seeded(seed)).double()
    order = solve_assignment(score)
    assert sorted(order.tolist()) == list(range(n))
    every = map(torch.tensor, itertools.permutations(range(n)))
    assert total(score, order) == pytest.approx(max(total(score, one) for one in every))


def test_a_hidden_permutation_is_found() -> None:
    order = torch.randperm(200, generator=seeded(1))
    x = torch.randn(200, 64, generator=seeded(2))
    noisy = x[order] + 0.1 * torch.randn(200, 64, generator=seeded(3))
    assert torch.equal(solve_assignment(noisy @ x.T), order)


@pytest.mark.parametrize("score", [torch.zeros(2, 3), torch.full((2, 2), torch.nan)])
def test_what_is_no_square_of_numbers_is_refused(score: torch.Tensor) -> None:
    with pytest.raises(ValueError, match="square of finite scores"):
        solve_assignment(score)
