"""The cached decoder of kinds that have no step of their own: the cache changes nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from lab.generation.batch_decoder import BatchDecoder
from lab.generation.sampler import sample
from lab.generation.token_sampling import Sampling
from lab.models.architecture import Architecture
from lab.models.genotype import Genotype, founder
from lab.models.network import forward

CPU = torch.device("cpu")
VARIANTS: list[dict[str, Any]] = [
    {"kind": "llama"}, {"kind": "llama", "kv_heads": 2, "tied": False}, {"kind": "sandwich"},
    {"kind": "sandwich", "kv_heads": 1}, {"kind": "ngpt"},
]  # fmt: skip


def of(variant: dict[str, Any]) -> Genotype:
    shape = {"vocab_size": 29, "dim": 32, "depth": 2, "heads": 4, "dim_head": 8}
    born = founder(Architecture(**{**shape, **variant}), torch.Generator().manual_seed(5))
    return Genotype(
        born.architecture, born.rows * (1 if born.architecture.has_unit_rows else 15), born.scales
    )


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
@torch.inference_mode()
def test_cached_logits_are_the_uncached_ones(variant: dict[str, Any]) -> None:
    """Prefixes of 1, 4 and 9 of 12 characters; the second one leaves on the way."""
    artist, firsts = of(variant), [1, 4, 9]
    texts = np.random.default_rng(0).integers(0, 29, (3, 20))
    whole = [
        forward(artist.architecture, artist.rows, artist.scales, torch.from_numpy(text)[None])[0]
        for text in texts
    ]
    cached = BatchDecoder(artist, [t[:n] for t, n in zip(texts, firsts, strict=True)], 20, CPU)
    assert cached.kv.shape[3] == artist.architecture.num_kv_heads
    found, rows = cached.prefill(), np.arange(3)
    for step in range(11):
        for row, one in zip(rows, found, strict=True):
            wanted = whole[row][firsts[row] + step - 1]
            assert float((one - wanted).abs().max()) < 1e-5 * float(wanted.abs().max())
        if step == 4:
            rows = rows[cached.drop_rows(rows == 1)]
        found = cached.step(np.array([texts[row][firsts[row] + step] for row in rows]))


@pytest.mark.parametrize("kind", ["llama", "sandwich"])
def test_a_piece_is_the_same_in_any_batch(kind: str) -> None:
    artist, prefix = of({"kind": kind}), np.array([3, 4])
    how: dict[str, Any] = {"sampling": Sampling(temperature=0.9), "length": 16, "stop": 2}
    many = sample(artist, [prefix] * 5, list(range(5)), **how)
    alone = [sample(artist, [prefix], [seed], **how)[0] for seed in range(5)]
    assert all(np.array_equal(a, b) for a, b in zip(many, alone, strict=True))
