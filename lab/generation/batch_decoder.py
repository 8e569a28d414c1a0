"""Batch decoder: KV-cached decoding of many sequences of any kind of model, one id a step.

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
from lab.models.network import get_network
from lab.models.rotary import rotation_table


class BatchDecoder:
    """The KV cache of a batch of sequences, [depth, B, 2, K, T, D], and its decoding step.

    K key-value heads; keys are cached as the forward pass computes them.
    """

    def __init__(
        self, genotype: Genotype, prefixes: Sequence[np.ndarray], length: int, device: torch.device
    ) -> None:
        """Allocate room for prefixes to become `length` ids long; call `prefill` first."""
        self.a, self.device, self.prefixes = genotype.architecture, device, prefixes
        a, rows, scales = self.a, genotype.rows.to(device), genotype.scales.to(device)
        self.network = get_network(a)
        self.weights = self.network.prepare(a, rows, scales, torch.float32)
        ends = torch.tensor([len(prefix) for prefix in prefixes], device=device)
        self.positions, self.next_slot = (
            ends,
            int(ends.max()),
        )  # of the next character: position, slot
        slots = self.next_slot + length - int(ends.min())
        shape = (a.depth, len(prefixes), 2, a.num_kv_heads, slots, a.dim_head)
        self.kv = torch.empty(shape, device=device)  # memory is committed as it is filled
        is_padding = torch.arange(slots, device=device) < self.next_slot - ends[:, None]
        bias = torch.zeros(is_padding.shape, device=device).masked_fill_(is_padding, float("-inf"))
        self.bias = bias[:, None, None] if bool(is_padding.any()) else None  # [B, 1, 1, T]

    def prefill(self) -> Tensor:
        """Process the prefixes; logits [B, V] of the next id of each."""
        a, device, width = self.a, self.device, self.next_slot
        ids = torch.zeros(len(self.prefixes), width, dtype=torch.long)
        for row, prefix in enumerate(self.prefixes):
            ids[row, width - len(prefix) :] = torch.from_numpy(prefix.astype(np.int64))
        slots = torch.arange(width, device=device)
        start = width - self.positions[:, None]
        visible = (slots <= slots[:, None]) & (slots >= start[:, :, None])
        # padding attends to itself, so that the cache holds no NaN
        mask = (visible | torch.eye(width, dtype=torch.bool, device=device))[:, None]

        def attend(layer_index: int, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
            self.write_kv(layer_index, slice(0, width), k, v)
            return self.attention(q, k, v, mask)

        table = rotation_table(a, (slots - start).clamp_min(0), device)
        logits = self.network.run(a, self.weights, ids.to(device), table, attend, torch.float32)
        return logits[:, -1]

    def step(self, ids: np.ndarray) -> Tensor:
        """Append one id [B] to each sequence; logits [B, V] of the next."""
        current = slice(self.next_slot, self.next_slot + 1)
        bias = None if self.bias is None else self.bias[..., : self.next_slot + 1]

        def attend(layer_index: int, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
            self.write_kv(layer_index, current, k, v)
            keys, values = self.kv[layer_index, :, :, :, : self.next_slot + 1].unbind(1)
            return self.attention(q, keys, values, bias)

        table = rotation_table(self.a, self.positions[:, None], self.device)
        column = torch.from_numpy(ids).to(self.device)[:, None]
        logits = self.network.run(self.a, self.weights, column, table, attend, torch.float32)
        self.positions = self.positions + 1
        self.next_slot += 1
        return logits[:, -1]

    def write_kv(self, layer_index: int, slots: slice, k: Tensor, v: Tensor) -> None:
        """Store keys and values [B, K, T, D] of a layer in slots of the cache."""
        self.kv[layer_index, :, 0, :, slots] = k
        self.kv[layer_index, :, 1, :, slots] = v

    def attention(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None) -> Tensor:
        """Compute attention of queries [B, H, T, D] over keys and values under a mask."""
        is_grouped = self.a.num_kv_heads < self.a.heads
        return F.scaled_dot_product_attention(
            q, k, v, attn_mask=mask, scale=1.0, enable_gqa=is_grouped
        )

    def drop_rows(self, done: np.ndarray) -> np.ndarray:
        """Drop the finished rows; the last rows take their places.

        done [B] is bool; returns the former index of each remaining row.
        """
        remaining = int((~done).sum())
        order = np.arange(remaining)
        gaps = np.flatnonzero(done[:remaining])
        order[gaps] = remaining + np.flatnonzero(~done[remaining:])
        for gap in gaps:
            target, source = (
                self.kv[:, row, ..., : self.next_slot, :] for row in (gap, order[gap])
            )
            target.copy_(source)
        indices = torch.from_numpy(order).to(self.device)
        self.kv, self.positions = self.kv[:, :remaining], self.positions[indices]
        self.bias = None if self.bias is None else self.bias[indices]
        return order
