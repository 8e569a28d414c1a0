"""The Numba decoder: one sequence alone, and the same pieces as without it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from lab.generation.ngpt_decoder import NgptDecoder
from lab.generation.numba_decoder import NumbaDecoder
from lab.generation.sampler import Sampling, sample
from lab.models.genotype import Genotype
from lab.models.network import forward

CPU = torch.device("cpu")


@torch.inference_mode()
def test_one_sequence_alone_has_the_uncached_logits(artist: Genotype) -> None:
    ids = np.random.default_rng(0).integers(0, 29, 40)
    wanted = forward(artist.architecture, artist.rows, artist.scales, torch.from_numpy(ids)[None])
    decoder = NumbaDecoder(artist, [ids[:3]], 40, CPU)
    found = [
        decoder.prefill().clone(),
        *(decoder.step(ids[i : i + 1]).clone() for i in range(3, 39)),
    ]
    gap = (torch.cat(found) - wanted[0, 2:39]).abs().max()
    assert float(gap / wanted.abs().max()) < 1e-5


@pytest.mark.parametrize("count", [1, 7])
def test_the_pieces_are_those_of_the_other_decoder(artist: Genotype, count: int) -> None:
    prefixes = [np.arange(1, 2 + i % 3) for i in range(count)]
    how: dict[str, Any] = {"sampling": Sampling(temperature=0.9), "length": 60, "stop": 2}
    drawn = []
    for kind in (NgptDecoder, NumbaDecoder):
        drawn.append(sample(artist, prefixes, list(range(count)), **how, make_decoder=kind))
    assert all(np.array_equal(a, b) for a, b in zip(*drawn, strict=True))
