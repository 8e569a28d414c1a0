"""Factors: exact where the rank allows it, better with every sweep, blind to hidden entries."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from lab.attention_maps.low_rank_factors import Factors, factor
from lab.attention_maps.score_targets import centred, linear, visible


def off(factors: Factors, target: Tensor, causal: bool = True) -> float:
    """Mean squared error beyond a number a row."""
    seen = visible(len(target), causal)
    return float((centred(factors.scores - target, seen))[seen].square().mean())


def plain(target: Tensor, rank: int, sweeps: int = 6, causal: bool = True) -> Factors:
    return factor(target, rank, causal=causal, sweeps=sweeps, anchor=1.0, eased=False)


@pytest.mark.parametrize("causal", [True, False])
def test_scores_of_the_rank_are_found_up_to_a_number_a_row(causal: bool) -> None:
    g = torch.Generator().manual_seed(0)
    q, k = (torch.randn(48, 5, generator=g).double() for _ in range(2))
    target = q @ k.mT + torch.randn(48, 1, generator=g)
    assert off(plain(target, 5, 60, causal), target, causal) < 1e-6 * float(target.var())


def test_each_sweep_helps(picture: Tensor) -> None:
    target = linear(picture).double()
    errors = [off(plain(target, 12, sweeps), target) for sweeps in (0, 1, 3, 9)]
    assert errors == sorted(errors, reverse=True) and errors[-1] < errors[0] / 3


def test_what_is_hidden_changes_nothing(picture: Tensor) -> None:
    target, other = linear(picture), linear(picture)
    other[~visible(len(other), True)] = 7.0
    assert torch.equal(plain(target, 8).q, plain(other, 8).q)


def test_a_picture_of_no_rank_is_no_trouble() -> None:
    for level in (0.0, 1.0):
        found = factor(linear(torch.full((32, 32), level)), 16)
        assert bool(found.scores.isfinite().all())


def test_easing_serves_low_ranks(picture: Tensor) -> None:
    target = linear(picture).double()
    errors = []
    for eased in (False, True):
        scores = factor(target, 6, eased=eased).scores
        shown = (scores - scores[:, :1]).clamp(-1, 0)
        errors.append(float((shown - target)[visible(64, True)].square().mean()))
    assert errors[1] < errors[0]


def test_a_rank_must_fit() -> None:
    with pytest.raises(ValueError, match="ranks 1 to 8, not 9"):
        factor(torch.zeros(8, 8), 9)
