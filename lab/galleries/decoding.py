"""Sampling with a key-value cache: many pieces at once, each with a stream of chance of its own.

Fan et al. 2018 (top-k); Holtzman et al. 2020, arXiv 1904.09751 (top-p); Nguyen et al. 2024,
arXiv 2407.01082 (min-p). Value residuals need no cache: they mix values of the same character.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from lab.models import ngpt
from lab.models.genotype import Genotype
from lab.models.rotary import rotation

STRIDE = 64  # characters by which the looked-at part of a cache grows


@dataclass(frozen=True)
class Sampling:
    """temperature 0 is greedy; top_k 0, top_p 1 and min_p 0 leave every character possible."""

    temperature: float = 0.6
    top_k: int = 20
    top_p: float = 1.0
    min_p: float = 0.0

    def __post_init__(self) -> None:
        """ValueError names the setting that is out of range."""
        legal = {
            "temperature": self.temperature >= 0,
            "top_k": self.top_k >= 0,
            "top_p": 0 < self.top_p <= 1,
            "min_p": 0 <= self.min_p < 1,
        }
        for name, fine in legal.items():
            if not fine:
                raise ValueError(f"{name}={getattr(self, name)} is out of range")


class Cache:
    """Keys and values of every layer, [B, H, T, D], filled as each row grows."""

    def __init__(self, genotype: Genotype, rows: int, length: int, device: torch.device) -> None:
        a = genotype.architecture
        shape = (a.depth, 2, rows, a.heads, length, a.dim_head)
        self.store = torch.zeros(shape, device=device)
        self.rows = torch.arange(rows, device=device)

    def attend(self, at: Tensor, seen: int, layer: int, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """Write keys and values at positions at [B, T], and mix what each query may see.

        seen is how much of the cache is looked at: all that is filled, and a little more.
        """
        keys, values = self.store[layer]
        keys[self.rows[:, None], :, at] = k.transpose(1, 2)
        values[self.rows[:, None], :, at] = v.transpose(1, 2)
        hidden = torch.arange(seen, device=at.device) > at[:, None, :, None]
        scores = q @ keys[:, :, :seen].transpose(-1, -2)
        return scores.masked_fill(hidden, float("-inf")).softmax(-1) @ values[:, :, :seen]


@torch.no_grad()
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
    device = device or torch.device("cpu")
    a = genotype.architecture
    rows, scales = genotype.rows.to(device), genotype.scales.to(device)
    weights = ngpt.prepare(a, rows, scales, torch.float32)
    cache = Cache(genotype, len(prefixes), length, device)
    chance = torch.from_numpy(np.stack([_stream(seed, length) for seed in seeds])).to(device)
    ends = torch.tensor([len(prefix) for prefix in prefixes], device=device)
    ids = torch.zeros(len(prefixes), length, dtype=torch.long, device=device)
    for row, prefix in enumerate(prefixes):
        ids[row, : len(prefix)] = torch.from_numpy(prefix.astype(np.int64))
    open_rows = torch.ones(len(prefixes), dtype=torch.bool, device=device)
    at = torch.arange(int(ends.max()), device=device).expand(len(prefixes), -1)
    last = ends - 1
    while True:
        table = rotation(a, at, device)
        # in strides, since each new length costs a CPU's matrix library a kernel of its own
        seen = min(length, STRIDE * (int(at.max()) // STRIDE + 1))
        attend = partial(cache.attend, at, seen)
        step = ngpt.run(a, weights, ids.gather(1, at), table, attend, torch.float32)
        logits = step[cache.rows, last]
        drawn = choose(logits, chance[cache.rows, ends - 1], sampling)
        ids[cache.rows[open_rows], ends[open_rows]] = drawn[open_rows]
        ends = ends + open_rows
        open_rows = open_rows & (ends < length) & ((drawn != stop) if stop is not None else True)
        if not open_rows.any():
            break
        at, last = (ends - 1)[:, None], torch.zeros_like(ends)
    return [ids[row, : int(ends[row])].cpu().numpy() for row in range(len(prefixes))]


def choose(logits: Tensor, chance: Tensor, sampling: Sampling) -> Tensor:
    """Draw one id [B] a row from logits [B, V], by chance [B] in [0, 1) and the inverse CDF.

    Characters are laid out from the likeliest on, so that a small change of the model moves few
    of the draws.
    """
    if sampling.temperature == 0:
        return logits.argmax(-1)
    ordered, order = (logits.double() / sampling.temperature).sort(
        dim=-1, descending=True, stable=True
    )
    probability = F.softmax(ordered, -1)
    keep = torch.ones_like(probability, dtype=torch.bool)
    if sampling.top_k:
        keep[:, sampling.top_k :] = False
    keep &= probability.cumsum(-1) - probability < sampling.top_p
    keep &= probability >= sampling.min_p * probability[:, :1]
    total = (probability * keep).cumsum(-1)
    place = (total <= chance[:, None].double() * total[:, -1:]).sum(-1)
    place = torch.minimum(place, keep.sum(-1) - 1)
    return order.gather(1, place[:, None]).squeeze(1)


def _stream(seed: int, length: int) -> np.ndarray:
    return np.random.Generator(np.random.Philox(key=[seed, 0])).random(length)
