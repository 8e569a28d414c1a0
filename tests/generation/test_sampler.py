"""Decoding: the cache changes nothing, and neither does the batch, near ties included."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from lab.generation import sampler
from lab.generation.sampler import Float64Model, Sampling, sample
from lab.models import network
from lab.models.genotype import Genotype

GREEDY = Sampling(temperature=0.0)
FREE = Sampling(temperature=1.0, top_k=0)
PREFIXES = [np.array([1, 2, 3]), np.array([4]), np.array([5, 6, 7, 8, 9, 10]), np.array([11, 12])]


def logits(artist: Genotype, ids: Tensor) -> Tensor:
    return network.forward(artist.architecture, artist.rows, artist.scales, ids)


def naive(artist: Genotype, prefix: np.ndarray, length: int, stop: int | None) -> list[int]:
    """Greedy decoding that computes everything anew for each character."""
    ids = prefix.tolist()
    while len(ids) < length and (len(ids) == len(prefix) or ids[-1] != stop):
        ids.append(int(logits(artist, torch.tensor([ids]))[0, -1].argmax()))
    return ids


@pytest.mark.parametrize("stop", [None, 8, 15])
def test_greedy_is_what_a_naive_decoder_writes(artist: Genotype, stop: int | None) -> None:
    drawn = sample(artist, PREFIXES, [0, 1, 2, 3], GREEDY, length=40, stop=stop)
    assert [ids.tolist() for ids in drawn] == [naive(artist, p, 40, stop) for p in PREFIXES]


@pytest.mark.parametrize("sampling", [FREE, Sampling(), Sampling(0.9, 0, 0.8, 0.02)], ids=str)
def test_a_piece_is_the_same_whatever_it_is_drawn_with(
    artist: Genotype, sampling: Sampling
) -> None:
    how: dict[str, Any] = {"length": 60, "stop": 7}
    together = sample(artist, PREFIXES, [3, 1, 4, 1], sampling, **how)
    alone = [
        sample(artist, [prefix], [seed], sampling, **how)[0]
        for prefix, seed in zip(PREFIXES, [3, 1, 4, 1], strict=True)
    ]
    backwards = sample(artist, PREFIXES[::-1], [1, 4, 1, 3], sampling, **how)[::-1]
    for one, other, third in zip(together, alone, backwards, strict=True):
        assert np.array_equal(one, other) and np.array_equal(one, third)


def test_a_piece_is_of_its_seed(artist: Genotype) -> None:
    drawn = sample(artist, [PREFIXES[0]] * 3, [1, 1, 2], FREE, length=40, stop=None)
    assert np.array_equal(drawn[0], drawn[1]) and not np.array_equal(drawn[0], drawn[2])


def test_pieces_keep_their_prefix_and_end_at_stop_or_length(artist: Genotype) -> None:
    drawn = sample(artist, PREFIXES * 10, range(40), FREE, length=30, stop=7)
    lengths = set()
    for ids, prefix in zip(drawn, PREFIXES * 10, strict=True):
        assert ids[: len(prefix)].tolist() == prefix.tolist()
        grown = ids[len(prefix) :].tolist()
        assert 7 not in grown[:-1] and (grown[-1] == 7 or len(ids) == 30)
        lengths.add(len(ids))
    assert 30 in lengths and len(lengths) > 2


def test_a_longer_limit_only_goes_on(artist: Genotype) -> None:
    short, long = (
        sample(artist, PREFIXES, [1, 2, 3, 4], FREE, length=length, stop=None)
        for length in (20, 35)
    )
    for one, other in zip(short, long, strict=True):
        assert np.array_equal(one, other[:20])


def test_no_prefix_no_piece(artist: Genotype) -> None:
    assert sample(artist, [], [], GREEDY, length=20, stop=None) == []


@pytest.mark.parametrize("prefix", [np.array([], int), np.arange(20)])
def test_a_prefix_that_leaves_no_room_is_refused(artist: Genotype, prefix: np.ndarray) -> None:
    with pytest.raises(ValueError, match="a prefix must have 1 to 19 characters"):
        sample(artist, [prefix], [0], GREEDY, length=20, stop=None)


@pytest.fixture
def torn(artist: Genotype) -> Genotype:
    """An artist that cannot tell its characters apart but by float32's last bits."""
    rows = artist.rows.clone()
    rows[14:28] = rows[:14] * (1 + 3e-7 * torch.randn(14, 1, generator=seeded(1)))
    scales = artist.scales.clone()
    block = artist.layout.scale_blocks["s_z"]
    scales[block][14:28] = scales[block][:14]
    return Genotype(artist.architecture, rows, scales)


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("sampling", [GREEDY, FREE], ids=str)
def test_near_ties_fall_the_same_way_in_every_batch(torn: Genotype, sampling: Sampling) -> None:
    prefixes, seeds = [PREFIXES[i % 4] for i in range(13)], list(range(13))
    whole = sample(torn, prefixes, seeds, sampling, length=30, stop=None)
    for size in (1, 2, 5, 8):
        for start in range(0, 13, size):
            part = slice(start, start + size)
            drawn = sample(torn, prefixes[part], seeds[part], sampling, length=30, stop=None)
            assert [ids.tolist() for ids in drawn] == [ids.tolist() for ids in whole[part]]


def test_near_ties_are_decided_in_float64(torn: Genotype, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, referee = [], Float64Model(torn)

    def alone(_: Float64Model, ids: np.ndarray) -> np.ndarray:
        asked.append(len(ids))
        return found(referee, ids)

    found = Float64Model.logits
    monkeypatch.setattr(sampler.Float64Model, "logits", alone)
    drawn = sample(torn, PREFIXES[:1], [0], GREEDY, length=30, stop=None)[0]
    assert len(asked) > 10
    for end in range(len(PREFIXES[0]), 30):
        assert drawn[end] == int(found(referee, drawn[:end]).argmax())


def test_the_referee_agrees_with_the_forward_pass(artist: Genotype) -> None:
    ids = torch.randint(29, (25,), generator=seeded(2))
    found, wanted = Float64Model(artist).logits(ids.numpy())[0], logits(artist, ids[None])[0, -1]
    assert found.dtype == np.float64
    assert float(np.abs(found - wanted.numpy()).max() / wanted.abs().max()) < 2e-6


def test_the_matrix_precision_of_others_is_left_as_it_was(artist: Genotype) -> None:
    before = torch.get_float32_matmul_precision()
    try:
        torch.set_float32_matmul_precision("medium")
        sample(artist, PREFIXES, [0, 1, 2, 3], FREE, length=12, stop=None)
        assert torch.get_float32_matmul_precision() == "medium"
    finally:
        torch.set_float32_matmul_precision(before)
