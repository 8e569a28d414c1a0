"""A cached decoder of any kind of model: many pieces at once, one character a step.

Pope et al. 2022, "Efficiently scaling transformer inference", arXiv 2211.05102 (what a key-value
cache holds and costs). Value residuals need no cache: they mix values of the same character.

Prefixes of unequal length end at the same slot of the cache, so that a step writes one slice of
it; the slots before a shorter one are masked. Positions are those in the piece, not slots.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from lab.models.genotype import Genotype
from lab.models.network import network
from lab.models.rotary import rotation


class Cached:
    """Keys and values of what is written, [depth, B, 2, K, T, D], and what goes on from there.

    K key-value heads; keys are kept as the forward pass hands them out.
    """

    def __init__(
        self, genotype: Genotype, prefixes: Sequence[np.ndarray], length: int, device: torch.device
    ) -> None:
        """Room for every prefix to become `length` characters long; `begin` comes first."""
        self.a, self.device, self.prefixes = genotype.architecture, device, prefixes
        a, rows, scales = self.a, genotype.rows.to(device), genotype.scales.to(device)
        self.network = network(a)
        self.weights = self.network.prepare(a, rows, scales, torch.float32)
        ends = torch.tensor([len(prefix) for prefix in prefixes], device=device)
        self.at, self.slot = ends, int(ends.max())  # of the next character: position, slot
        slots = self.slot + length - int(ends.min())
        shape = (a.depth, len(prefixes), 2, a.groups, slots, a.dim_head)
        self.store = torch.empty(shape, device=device)  # the system gives memory as it is filled
        before = torch.arange(slots, device=device) < self.slot - ends[:, None]
        bias = torch.zeros(before.shape, device=device).masked_fill_(before, float("-inf"))
        self.bias = bias[:, None, None] if bool(before.any()) else None  # [B, 1, 1, T]

    def begin(self) -> Tensor:
        """Read the prefixes; logits [B, V] of what follows them."""
        a, device, width = self.a, self.device, self.slot
        ids = torch.zeros(len(self.prefixes), width, dtype=torch.long)
        for row, prefix in enumerate(self.prefixes):
            ids[row, width - len(prefix) :] = torch.from_numpy(prefix.astype(np.int64))
        places = torch.arange(width, device=device)
        start = width - self.at[:, None]
        seen = (places <= places[:, None]) & (places >= start[:, :, None])
        # what is before a piece sees itself, so that nothing in the cache is not a number
        mask = (seen | torch.eye(width, dtype=torch.bool, device=device))[:, None]

        def attend(number: int, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
            self.keep(number, slice(0, width), k, v)
            return self.mix(q, k, v, mask)

        table = rotation(a, (places - start).clamp_min(0), device)
        logits = self.network.run(a, self.weights, ids.to(device), table, attend, torch.float32)
        return logits[:, -1]

    def step(self, ids: np.ndarray) -> Tensor:
        """Write one id [B] after each piece; logits [B, V] of what follows."""
        here = slice(self.slot, self.slot + 1)
        bias = None if self.bias is None else self.bias[..., : self.slot + 1]

        def attend(number: int, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
            self.keep(number, here, k, v)
            keys, values = self.store[number, :, :, :, : self.slot + 1].unbind(1)
            return self.mix(q, keys, values, bias)

        table = rotation(self.a, self.at[:, None], self.device)
        column = torch.from_numpy(ids).to(self.device)[:, None]
        logits = self.network.run(self.a, self.weights, column, table, attend, torch.float32)
        self.at = self.at + 1
        self.slot += 1
        return logits[:, -1]

    def keep(self, number: int, slots: slice, k: Tensor, v: Tensor) -> None:
        """Put keys and values [B, K, T, D] of a layer into slots of the cache."""
        self.store[number, :, 0, :, slots] = k
        self.store[number, :, 1, :, slots] = v

    def mix(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None) -> Tensor:
        """What queries [B, H, T, D] see of the values that the mask leaves them."""
        shared = self.a.groups < self.a.heads
        return F.scaled_dot_product_attention(q, k, v, attn_mask=mask, scale=1.0, enable_gqa=shared)

    def drop(self, done: np.ndarray) -> np.ndarray:
        """Let the rows that are done leave; the last rows take their places.

        done [B] is bool; returns which row each of those that are left was.
        """
        left = int((~done).sum())
        order = np.arange(left)
        gaps = np.flatnonzero(done[:left])
        order[gaps] = left + np.flatnonzero(~done[left:])
        for to in gaps:
            here, there = (self.store[:, row, ..., : self.slot, :] for row in (to, order[to]))
            here.copy_(there)
        kept = torch.from_numpy(order).to(self.device)
        self.store, self.at = self.store[:, :left], self.at[kept]
        self.bias = None if self.bias is None else self.bias[kept]
        return order
