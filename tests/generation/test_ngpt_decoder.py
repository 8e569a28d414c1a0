"""The decoder: the cache changes nothing, nor do unequal prefixes, nor rows that leave."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from lab.generation.ngpt_decoder import NgptDecoder
from lab.generation.numba_decoder import NumbaDecoder, is_supported
from lab.models import network
from lab.models.architecture import Architecture
from lab.models.genotype import Genotype, founder

CPU = torch.device("cpu")
VARIANTS = [
    {}, {"residual": "geodesic"}, {"norm_qk": False}, {"value_residual": False}, {"tied": False},
    {"rope": "harmonic"}, {"depth": 1}, {"heads": 3, "dim_head": 6},
]  # fmt: skip


def of(variant: dict[str, object]) -> Genotype:
    shape = Architecture(
        vocab_size=29, dim=32, depth=2, heads=2, dim_head=16, s_logit_init=20.0, alpha_init=0.4
    )
    born = founder(replace(shape, **variant), torch.Generator().manual_seed(5))  # type: ignore[arg-type]
    factors = 1 + 0.3 * torch.rand(born.scales.shape, generator=torch.Generator().manual_seed(6))
    return Genotype(born.architecture, born.rows, born.scales * factors)


def logits(artist: Genotype, ids: np.ndarray) -> Tensor:
    """Of what follows each of ids [T], computed anew: [T, V]."""
    whole = torch.from_numpy(ids)[None]
    return network.forward(artist.architecture, artist.rows, artist.scales, whole)[0]


def near(found: Tensor, wanted: Tensor) -> bool:
    return float((found - wanted).abs().max() / wanted.abs().max()) < 1e-5


@pytest.mark.parametrize("kind", [NgptDecoder, NumbaDecoder])
@pytest.mark.parametrize("variant", VARIANTS, ids=str)
@torch.inference_mode()
def test_cached_logits_are_the_uncached_ones_at_every_position(
    variant: dict[str, object], kind: type[NgptDecoder]
) -> None:
    """Prefixes of 1, 4 and 19 of 24 characters, which end at one slot of the cache."""
    artist, firsts = of(variant), [1, 4, 19]
    if kind is NumbaDecoder and not is_supported(artist.architecture, CPU):
        assert "residual" in variant
        return
    texts = np.random.default_rng(0).integers(0, 29, (3, 30))
    whole = [logits(artist, text) for text in texts]
    decoder = kind(artist, [t[:n] for t, n in zip(texts, firsts, strict=True)], 30, CPU)
    found = decoder.prefill()
    for step in range(30 - max(firsts)):
        for row, first in enumerate(firsts):
            assert near(found[row], whole[row][first + step - 1])
        if step < 29 - max(firsts):
            found = decoder.step(
                np.array([t[n + step] for t, n in zip(texts, firsts, strict=True)])
            )


@pytest.mark.parametrize("kind", [NgptDecoder, NumbaDecoder])
@pytest.mark.parametrize("firsts", [[2, 2, 2, 2, 2], [5, 1, 3, 2, 4]])
@torch.inference_mode()
def test_rows_that_leave_cost_nothing_and_leave_the_others_alone(
    firsts: list[int], kind: type[NgptDecoder]
) -> None:
    artist = of({})
    texts = np.random.default_rng(0).integers(0, 29, (5, 16))
    decoder = kind(artist, [t[:n] for t, n in zip(texts, firsts, strict=True)], 16, CPU)
    found, rows, at = decoder.prefill(), np.arange(5), np.array(firsts)
    for leaving in [[], [0], [3], [], [1, 2], [], [], []]:
        order = decoder.drop_rows(np.isin(rows, leaving)) if leaving else np.arange(len(rows))
        rows, at = rows[order], at[order]
        assert not set(rows) & set(leaving) and decoder.kv.shape[1] == len(rows)
        found = decoder.step(texts[rows, at])
        at = at + 1
        assert found.shape == (len(rows), 29)
        for row, end, one in zip(rows, at, found, strict=True):
            assert near(one, logits(artist, texts[row, :end])[-1])


def test_a_step_keeps_the_room_that_it_has() -> None:
    """The cache is taken once and its keys are written in place."""
    decoder = NgptDecoder(of({}), [np.array([1, 2])] * 3, 20, CPU)
    with torch.inference_mode():
        decoder.prefill()
        kept = decoder.kv.data_ptr(), decoder.workspace.logits.data_ptr()
        for _ in range(5):
            found = decoder.step(np.array([1, 2, 3]))
    assert (decoder.kv.data_ptr(), found.data_ptr()) == kept
