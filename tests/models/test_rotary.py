"""Rotary positions: the library's angles, and products that know distances only."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from rotary_embedding_torch import RotaryEmbedding

from lab.models.architecture import Architecture
from lab.models.rotary import (
    apply_rotary,
    piece_positions,
    rotary_frequencies,
    rotation_table,
    split_pairs,
)

CPU = torch.device("cpu")


def shape(**changes: Any) -> Architecture:
    return Architecture(vocab_size=29, dim=32, depth=1, heads=2, dim_head=16, **changes)


def test_products_of_turned_vectors_are_the_librarys() -> None:
    q, k = torch.randn(2, 3, 50, 16), torch.randn(2, 3, 50, 16)
    table, library = rotation_table(shape(), 50, CPU), RotaryEmbedding(16)
    ours = [apply_rotary(apart(x), table) for x in (q, k)]
    theirs = [library.rotate_queries_or_keys(x) for x in (q, k)]
    wanted = theirs[0] @ theirs[1].transpose(-1, -2)
    assert torch.allclose(ours[0] @ ours[1].transpose(-1, -2), wanted, atol=1e-4)


def apart(x: torch.Tensor) -> torch.Tensor:
    """Lay the last axis as the forward pass does."""
    return split_pairs(x.movedim(-1, 0).contiguous(), 16).movedim(0, -1)


def test_unpaired_puts_first_members_first_in_each_head() -> None:
    assert split_pairs(torch.arange(8), 4).tolist() == [0, 2, 1, 3, 4, 6, 5, 7]


@pytest.mark.parametrize("rope", ["geometric", "harmonic"])
def test_products_know_distances_only(rope: str) -> None:
    q, k = torch.randn(1, 1, 1, 16), torch.randn(1, 1, 1, 16)

    def product(i: int, j: int) -> float:
        at = [rotation_table(shape(rope=rope), torch.tensor([[place]]), CPU) for place in (i, j)]
        return float((apply_rotary(q, at[0]) * apply_rotary(k, at[1])).sum())

    assert product(3, 1) == pytest.approx(product(42, 40), abs=1e-4)
    assert product(0, 0) == pytest.approx(float((q * k).sum()), abs=1e-5)


def test_turning_keeps_lengths_and_has_its_gradient() -> None:
    table = tuple(t.double() for t in rotation_table(shape(), 5, CPU))
    x = torch.randn(1, 2, 5, 16, dtype=torch.float64, requires_grad=True)
    assert torch.allclose(apply_rotary(x, table).norm(dim=-1), x.norm(dim=-1))  # type: ignore[arg-type]
    assert torch.autograd.gradcheck(lambda y: apply_rotary(y, table), (x,))  # type: ignore[arg-type]


def test_harmonic_frequencies_repeat_every_line() -> None:
    turns = rotary_frequencies(shape(rope="harmonic", rope_period=40.0)) * 40 / (2 * math.pi)
    assert torch.allclose(turns, torch.arange(1, 9).float())


def test_positions_can_differ_by_row() -> None:
    at = torch.tensor([[0, 1, 2], [5, 6, 7]])
    cosine, _ = rotation_table(shape(), at, CPU)
    whole, _ = rotation_table(shape(), 8, CPU)
    assert cosine.shape == (2, 1, 3, 8)
    assert torch.equal(cosine[1, 0], whole[5:])


def test_places_start_anew_with_each_piece() -> None:
    segments = torch.tensor([[0, 0, 0, 1, 2, 2, -1, -1], [0, 1, 1, 1, 1, 1, 1, 1]])
    assert piece_positions(segments).tolist() == [
        [0, 1, 2, 0, 0, 1, 0, 1],
        [0, 0, 1, 2, 3, 4, 5, 6],
    ]
    assert piece_positions(torch.zeros(1, 4, dtype=torch.long)).tolist() == [[0, 1, 2, 3]]
