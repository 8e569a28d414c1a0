"""Sampler: many sequences sampled in a batch, each reproducible from its own random seed.

Matrix products of other shapes round differently, so batching changes the last bits of logits. A
draw that rounding could change is therefore repeated in float64 over the single sequence: a piece
does not depend on its batch or machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import numpy as np
import torch

from lab.generation.batch_decoder import BatchDecoder
from lab.generation.build_decoder import build_decoder
from lab.generation.token_sampling import Sampling as Sampling
from lab.generation.token_sampling import sample_tokens, uniform_stream
from lab.models import causal_attention
from lab.models.genotype import Genotype
from lab.models.network import get_network
from lab.models.rotary import rotation_table

MakeDecoder = Callable[[Genotype, Sequence[np.ndarray], int, torch.device], BatchDecoder]
"""(genotype, prefixes, length, device) -> the decoder of these sequences."""

ROUNDING = 1e-5  # bound on float32 error, relative to the largest possible logit


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
    make_decoder: MakeDecoder = build_decoder,
) -> list[np.ndarray]:
    """Sample a continuation of each prefix of ids, until `stop` or `length` ids.

    make_decoder: the fastest decoder by default; the pieces do not depend on it.
    Returns prefix and continuation, `stop` included. A piece depends on its prefix, seed and
    settings alone, not on its batch. ValueError for an empty or too long prefix.
    """
    if not prefixes:
        return []
    if any(not 0 < len(prefix) < length for prefix in prefixes):
        raise ValueError(f"a prefix must have 1 to {length - 1} characters")
    with full_float32_precision():
        decoder = make_decoder(genotype, prefixes, length, device or torch.device("cpu"))
        return _sample_batch(decoder, Float64Model(genotype), seeds, sampling, length, stop)


@contextmanager
def full_float32_precision() -> Iterator[None]:
    """Compute float32 products in full precision, as `ROUNDING` assumes."""
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
    rows = np.arange(len(seeds))  # the unfinished ones
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
    """A model in float64, one sequence at a time: slow, and independent of batching."""

    def __init__(self, genotype: Genotype) -> None:
        self.genotype = genotype

    @cached_property
    def weights(self) -> Any:
        """The weights in float64, prepared at the first uncertain draw."""
        a, rows = self.genotype.architecture, self.genotype.rows.cpu().double()
        return get_network(a).prepare(a, rows, self.genotype.scales.cpu().double(), torch.float64)

    def logits(self, ids: np.ndarray) -> np.ndarray:
        """Compute logits [1, V] after the ids [T], float64."""
        a, cpu = self.genotype.architecture, torch.device("cpu")
        logits = get_network(a).run(
            a, self.weights, torch.from_numpy(ids)[None], rotation_table(a, len(ids), cpu),
            lambda _, q, k, v: causal_attention.fused_attention(q, k, v), torch.float64,
        )  # fmt: skip
        last: np.ndarray = logits[:, -1].numpy()
        return last
