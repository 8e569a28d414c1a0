"""Decoding: the cache changes nothing, the batch changes nothing, the settings do what they say."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from lab.galleries.decoding import Cache, Sampling, choose, sample
from lab.models import ngpt
from lab.models.genotype import Genotype
from lab.models.rotary import rotation

GREEDY = Sampling(temperature=0.0)
FREE = Sampling(temperature=1.0, top_k=0)
CPU = torch.device("cpu")
PREFIXES = [np.array([1, 2, 3]), np.array([4]), np.array([5, 6, 7, 8, 9, 10]), np.array([11, 12])]


def logits(artist: Genotype, ids: Tensor) -> Tensor:
    return ngpt.forward(artist.architecture, artist.rows, artist.scales, ids)


@pytest.mark.parametrize("first", [1, 4, 19])
def test_cached_logits_are_the_uncached_ones_at_every_position(
    artist: Genotype, first: int
) -> None:
    """A prefix of `first` characters at once, then one at a time."""
    ids = torch.randint(29, (3, 20), generator=torch.Generator().manual_seed(0))
    whole, shape = logits(artist, ids), artist.architecture
    weights = ngpt.prepare(shape, artist.rows, artist.scales, torch.float32)
    cache = Cache(artist, 3, 20, CPU)
    steps = [range(first), *([i] for i in range(first, 20))]
    for step in steps:
        at = torch.tensor(list(step)).expand(3, -1)
        attend = partial(cache.attend, at, 20)
        found = ngpt.run(
            shape, weights, ids[:, list(step)], rotation(shape, at, CPU), attend, torch.float32
        )
        error = (found - whole[:, list(step)]).abs().max() / whole.abs().max()
        assert float(error) < 1e-5


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


P = torch.tensor([0.4, 0.1, 0.3, 0.2])  # ids 0, 2, 3, 1 from the likeliest on


def chosen(sampling: Sampling, chances: int = 1000) -> list[float]:
    """The share of evenly spaced chances that each id gets."""
    chance = (torch.arange(chances) + 0.5) / chances
    ids = choose(P.log().expand(chances, -1), chance, sampling)
    return [round(float((ids == i).float().mean()), 3) for i in range(4)]


@pytest.mark.parametrize(
    ("sampling", "shares"),
    [
        (Sampling(1.0, 0), [0.4, 0.1, 0.3, 0.2]),
        (Sampling(0.5, 0), [0.533, 0.033, 0.3, 0.133]),
        (Sampling(1.0, 2), [0.571, 0.0, 0.429, 0.0]),
        (Sampling(1.0, 1), [1.0, 0.0, 0.0, 0.0]),
        (Sampling(1.0, 99), [0.4, 0.1, 0.3, 0.2]),
        (Sampling(1.0, 0, top_p=0.6), [0.571, 0.0, 0.429, 0.0]),
        (Sampling(1.0, 0, top_p=0.39), [1.0, 0.0, 0.0, 0.0]),
        (Sampling(1.0, 0, top_p=1e-9), [1.0, 0.0, 0.0, 0.0]),
        (Sampling(1.0, 0, min_p=0.6), [0.571, 0.0, 0.429, 0.0]),
        (Sampling(1.0, 0, min_p=0.45), [0.444, 0.0, 0.333, 0.222]),
        (Sampling(0.0), [1.0, 0.0, 0.0, 0.0]),
    ],
    ids=str,
)
def test_settings_do_what_they_say(sampling: Sampling, shares: list[float]) -> None:
    assert chosen(sampling) == pytest.approx(shares, abs=0.0021)


def test_the_ends_of_chance_are_ids_that_are_left() -> None:
    edge = torch.tensor([0.0, float(np.nextafter(1.0, 0.0)), 1.0])
    assert choose(P.log().expand(3, -1), edge, Sampling(1.0, 2)).tolist() == [0, 2, 2]


def test_ties_go_to_the_lower_id() -> None:
    even = torch.zeros(1, 4)
    assert choose(even, torch.tensor([0.3]), Sampling(1.0, 0)).tolist() == [1]
    assert choose(even, torch.tensor([0.9]), Sampling(0.0)).tolist() == [0]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("temperature", -0.1), ("temperature", float("nan")), ("top_k", -1), ("top_p", 0.0),
        ("top_p", 1.1), ("min_p", 1.0), ("min_p", -0.1),
    ],
)  # fmt: skip
def test_a_setting_out_of_range_is_named(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=name):
        Sampling(**{name: value})  # type: ignore[arg-type]
