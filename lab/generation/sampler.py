"""Sampling: many pieces at once, each with a stream of chance of its own, none touched by the rest.

Products of other shapes round otherwise, so a batch moves the last bits of its logits. A draw that
so little could change is therefore decided again, in float64 over the whole piece by itself: a
piece is the same whatever it is drawn with, on whatever machine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import numpy as np
import torch

from lab.generation.batch_decoder import BatchDecoder
from lab.generation.ngpt_decoder import build_decoder
from lab.generation.token_sampling import Sampling as Sampling
from lab.generation.token_sampling import sample_tokens, uniform_stream
from lab.models import causal_attention
from lab.models.genotype import Genotype
from lab.models.network import get_network
from lab.models.rotary import rotation_table

ROUNDING = 1e-5  # of the largest logit that there can be: float32 is never so far off


@torch.inference_mode()
def sample(
    genotype: Genotype,
    prefixes: Sequence[np.ndarray],
    seeds: Sequence[int],
    sampling: Sampling,
    *,
    length: int,
    stop: int | None,
    device: torch.device | None = None,
) -> list[np.ndarray]:
    """Go on from each prefix of ids, until `stop` is drawn or a piece is `length` long.

    Returns prefix and continuation, `stop` included. A piece depends on its prefix, seed and
    settings alone, not on the batch it is drawn in. ValueError for an empty or too long prefix.
    """
    if not prefixes:
        return []
    if any(not 0 < len(prefix) < length for prefix in prefixes):
        raise ValueError(f"a prefix must have 1 to {length - 1} characters")
    with full_float32_precision():
        decoder = build_decoder(genotype, prefixes, length, device or torch.device("cpu"))
        return _sample_batch(decoder, Float64Model(genotype), seeds, sampling, length, stop)


@contextmanager
def full_float32_precision() -> Iterator[None]:
    """Float32 products to their last bits: less would be more than `ROUNDING` expects."""
    precision = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("highest")
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(precision)


def _sample_batch(
    decoder: BatchDecoder,
    float64_model: Float64Model,
    seeds: Sequence[int],
    sampling: Sampling,
    length: int,
    stop: int | None,
) -> list[np.ndarray]:
    ids = np.zeros((len(seeds), length), np.int64)
    for row, prefix in enumerate(decoder.prefixes):
        ids[row, : len(prefix)] = prefix
    ends = np.array([len(prefix) for prefix in decoder.prefixes])
    uniforms = np.stack([uniform_stream(seed, length) for seed in seeds])
    rows = np.arange(len(seeds))  # those that are still open
    error = ROUNDING * float(
        decoder.weights.logits.norm(dim=1).max()
    )  # the stream is a unit vector
    logits = decoder.prefill()
    while True:
        at = ends[rows]
        tokens, certified = sample_tokens(
            logits.cpu().numpy(), uniforms[rows, at - 1], sampling, error
        )
        for place in np.flatnonzero(~certified):
            row = rows[place]
            exact_logits = float64_model.logits(ids[row, : at[place]])
            tokens[place] = sample_tokens(
                exact_logits, uniforms[row, at[place] - 1][None], sampling
            )[0][0]
        ids[rows, at] = tokens
        ends[rows] = at + 1
        done = (tokens == stop) | (at + 1 == length)
        if done.all():
            return [row[:end] for row, end in zip(ids, ends, strict=True)]
        if done.any():
            order = decoder.drop_rows(done)
            rows, tokens = rows[order], tokens[order]
        logits = decoder.step(tokens)


class Float64Model:
    """The same model in float64, a whole piece at a time: slow, and the same in every batch."""

    def __init__(self, genotype: Genotype) -> None:
        self.genotype = genotype

    @cached_property
    def weights(self) -> Any:
        """Made when the first draw is in doubt."""
        a, rows = self.genotype.architecture, self.genotype.rows.cpu().double()
        return get_network(a).prepare(a, rows, self.genotype.scales.cpu().double(), torch.float64)

    def logits(self, ids: np.ndarray) -> np.ndarray:
        """Logits [1, V] of what follows the ids [T], float64."""
        a, cpu = self.genotype.architecture, torch.device("cpu")
        logits = get_network(a).run(
            a, self.weights, torch.from_numpy(ids)[None], rotation_table(a, len(ids), cpu),
            lambda _, q, k, v: causal_attention.fused_attention(q, k, v), torch.float64,
        )  # fmt: skip
        last: np.ndarray = logits[:, -1].numpy()
        return last
