"""KV cache: keys and values of a sequence, extended by several ids a pass and rewound.

Pope et al. 2022, "Efficiently scaling transformer inference", arXiv 2211.05102.

Unlike `batch_decoder`, which takes one id a step, it reads several in one pass and can be rewound,
as speculative decoding needs. B rows, each at a position of its own; K ids a pass.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from lab.generation.sampler import ROUNDING
from lab.models import causal_attention
from lab.models.genotype import Genotype
from lab.models.network import get_network
from lab.models.rotary import rotation_table

MIN_MARGIN = 1e-4  # margin below which two logits are always a tie


class KVCache:
    """Keys and values [depth, 2, B, G, T, D] of the ids that were read.

    `positions` [B] is the number of ids read in each row; set it lower to rewind.
    """

    def __init__(self, genotype: Genotype, rows: int, length: int, device: torch.device) -> None:
        """Reserve `length` positions in each of `rows` rows; allocated at the first read."""
        self.a, self.length, self.device = genotype.architecture, length, device
        tensors = genotype.rows.to(device), genotype.scales.to(device)
        self.weights = get_network(self.a).prepare(self.a, *tensors, torch.float32)
        self.rotary_table = rotation_table(self.a, length, device)
        self.positions = np.zeros(rows, np.int64)
        self.kv: Tensor | None = None

    @torch.inference_mode()
    def read(self, ids: np.ndarray) -> Tensor:
        """Read ids [B, K]; logits [B, K, V] after each of them. ValueError beyond `length`."""
        count, end = ids.shape[1], int(self.positions.max()) + ids.shape[1]
        if end > self.length:
            raise ValueError(f"the cache has room for {self.length} ids, not {end}")
        is_aligned = bool((self.positions == self.positions[0]).all())
        positions = torch.from_numpy(self.positions[:1] if is_aligned else self.positions).to(
            self.device
        )[:, None]
        positions = positions + torch.arange(count, device=self.device)  # [1 or B, K]
        cosine, sine = (part[positions].unsqueeze(1) for part in self.rotary_table)
        bias = None if is_aligned and count == 1 else self._causal_bias(positions, end)
        rows = torch.arange(len(ids), device=self.device)[:, None]

        def attend(layer_index: int, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
            keys, values = self._allocate_kv(k)[layer_index]
            if is_aligned:
                keys[:, :, end - count : end], values[:, :, end - count : end] = k, v
            else:
                keys[rows, :, positions] = k.transpose(1, 2)
                values[rows, :, positions] = v.transpose(1, 2)
            return grouped_attention(q, keys[:, :, :end], values[:, :, :end], bias)

        inputs = torch.from_numpy(ids.astype(np.int64)).to(self.device)
        logits = get_network(self.a).run(
            self.a, self.weights, inputs, (cosine, sine), attend, torch.float32
        )
        self.positions = self.positions + count
        return logits

    def select_rows(self, rows: np.ndarray) -> None:
        """Keep these rows and drop the others."""
        self.positions = self.positions[rows]
        if self.kv is not None:
            self.kv = self.kv[:, :, torch.from_numpy(rows).to(self.device)]

    def _allocate_kv(self, k: Tensor) -> Tensor:
        if self.kv is None:
            shape = (self.a.depth, 2, len(self.positions), k.shape[1], self.length, k.shape[3])
            self.kv = torch.empty(shape, device=self.device)  # memory is committed as it is used
            if len(self.positions) > 1:
                self.kv.zero_()  # masked weights are 0, but 0 * NaN is NaN
        return self.kv

    def _causal_bias(self, positions: Tensor, end: int) -> Tensor:
        hidden = torch.arange(end, device=self.device) > positions[..., None]
        bias = torch.zeros(hidden.shape, device=self.device).masked_fill_(hidden, float("-inf"))
        return bias.unsqueeze(1)  # [1 or B, 1, K, T]


def grouped_attention(q: Tensor, keys: Tensor, values: Tensor, bias: Tensor | None) -> Tensor:
    """Compute attention of q [B, H, K, D] over grouped keys and values [B, G, T, D]."""
    keys, values = (causal_attention.repeat_kv(x, q.shape[1]) for x in (keys, values))
    return F.scaled_dot_product_attention(q, keys, values, attn_mask=bias, scale=1.0)


def certified_argmax(logits: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Return the argmax of logits [..., V], and whether no rounding could change it."""
    best, indices = logits.topk(2, dim=-1)
    margin = torch.clamp(2 * ROUNDING * best[..., 0].abs(), min=MIN_MARGIN)
    certified = (best[..., 0] - best[..., 1]) > margin
    return indices[..., 0].cpu().numpy(), certified.cpu().numpy()
