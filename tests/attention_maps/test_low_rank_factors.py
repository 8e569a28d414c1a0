"""Factors: exact where the rank allows it, better with every sweep, blind to hidden entries."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from lab.attention_maps.low_rank_factors import Factors, factorise_scores
from lab.attention_maps.score_targets import centre_rows, linear_target, visible_entries


def off(factors: Factors, target: Tensor, causal: bool = True) -> float:
    """Mean squared error beyond a number a row."""
    seen = visible_entries(len(target), causal)
    return float((centre_rows(factors.scores - target, seen))[seen].square().mean())


def plain(target: Tensor, rank: int, sweeps: int = 6, causal: bool = True) -> Factors:
    return factorise_scores(
        target, rank, causal=causal, sweeps=sweeps, anchor=1.0, relax_saturated=False
    )


@pytest.mark.parametrize("causal", [True, False])
def test_scores_of_the_rank_are_found_up_to_a_number_a_row(causal: bool) -> None:
    g = torch.Generator().manual_seed(0)
    q, k = (torch.randn(48, 5, generator=g).double() for _ in range(2))
    target = q @ k.mT + torch.randn(48, 1, generator=g)
    assert off(plain(target, 5, 60, causal), target, causal) < 1e-6 * float(target.var())


def test_each_sweep_helps(picture: Tensor) -> None:
    target = linear_target(picture).double()
    errors = [off(plain(target, 12, sweeps), target) for sweeps in (0, 1, 3, 9)]
    assert errors == sorted(errors, reverse=True) and errors[-1] < errors[0] / 3


def test_what_is_hidden_changes_nothing(picture: Tensor) -> None:
    target, other = linear_target(picture), linear_target(picture)
    other[~visible_entries(len(other), True)] = 7.0
    assert torch.equal(plain(target, 8).q, plain(other, 8).q)


def test_a_picture_of_no_rank_is_no_trouble() -> None:
    for level in (0.0, 1.0):
        found = factorise_scores(linear_target(torch.full((32, 32), level)), 16)
        assert bool(found.scores.isfinite().all())


def test_easing_serves_low_ranks(picture: Tensor) -> None:
    target = linear_target(picture).double()
    errors = []
    for eased in (False, True):
        scores = factorise_scores(target, 6, relax_saturated=eased).scores
        shown = (scores - scores[:, :1]).clamp(-1, 0)
        errors.append(float((shown - target)[visible_entries(64, True)].square().mean()))
    assert errors[1] < errors[0]


def test_a_rank_must_fit() -> None:
    with pytest.raises(ValueError, match="ranks 1 to 8, not 9"):
        factorise_scores(torch.zeros(8, 8), 9)
