"""A cache: one model reading on from what it has read, any number of characters at a time.

Pope et al. 2022, "Efficiently scaling transformer inference", arXiv 2211.05102.

Unlike `galleries.decoder`, which takes one character a step, it reads several in one pass and can
go back: what drafting and verifying needs. B rows, each at a place of its own; K characters a pass.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from lab.generation.sampler import ROUNDING
from lab.models import causal_attention
from lab.models.genotype import Genotype
from lab.models.network import network
from lab.models.rotary import rotation

LEAST = 1e-4  # a margin below which two logits are a tie in any case


class Cache:
    """Keys and values [depth, 2, B, G, T, D] of what was read, and what goes on from there.

    `at` [B] is how many characters of each row were read; set it lower to go back.
    """

    def __init__(self, genotype: Genotype, rows: int, length: int, device: torch.device) -> None:
        """Room for `length` characters in each of `rows` rows; made as the first are read."""
        self.a, self.length, self.device = genotype.architecture, length, device
        held = genotype.rows.to(device), genotype.scales.to(device)
        self.weights = network(self.a).prepare(self.a, *held, torch.float32)
        self.turns = rotation(self.a, length, device)
        self.at = np.zeros(rows, np.int64)
        self.store: Tensor | None = None

    @torch.inference_mode()
    def read(self, ids: np.ndarray) -> Tensor:
        """Read ids [B, K]; logits [B, K, V] of what follows each of them. ValueError past room."""
        count, end = ids.shape[1], int(self.at.max()) + ids.shape[1]
        if end > self.length:
            raise ValueError(f"there is room for {self.length} characters, not {end}")
        even = bool((self.at == self.at[0]).all())
        places = torch.from_numpy(self.at[:1] if even else self.at).to(self.device)[:, None]
        places = places + torch.arange(count, device=self.device)  # [1 or B, K]
        cosine, sine = (part[places].unsqueeze(1) for part in self.turns)
        bias = None if even and count == 1 else self._bias(places, end)
        rows = torch.arange(len(ids), device=self.device)[:, None]

        def attend(number: int, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
            keys, values = self._room(k)[number]
            if even:
                keys[:, :, end - count : end], values[:, :, end - count : end] = k, v
            else:
                keys[rows, :, places] = k.transpose(1, 2)
                values[rows, :, places] = v.transpose(1, 2)
            return mixed(q, keys[:, :, :end], values[:, :, :end], bias)

        read = torch.from_numpy(ids.astype(np.int64)).to(self.device)
        logits = network(self.a).run(
            self.a, self.weights, read, (cosine, sine), attend, torch.float32
        )
        self.at = self.at + count
        return logits

    def keep(self, rows: np.ndarray) -> None:
        """Let all rows leave but these."""
        self.at = self.at[rows]
        if self.store is not None:
            self.store = self.store[:, :, torch.from_numpy(rows).to(self.device)]

    def _room(self, k: Tensor) -> Tensor:
        if self.store is None:
            shape = (self.a.depth, 2, len(self.at), k.shape[1], self.length, k.shape[3])
            self.store = torch.empty(shape, device=self.device)  # the system fills it as it is used
            if len(self.at) > 1:
                self.store.zero_()  # a short row's mask lets no number through, but 0 * NaN is NaN
        return self.store

    def _bias(self, places: Tensor, end: int) -> Tensor:
        hidden = torch.arange(end, device=self.device) > places[..., None]
        bias = torch.zeros(hidden.shape, device=self.device).masked_fill_(hidden, float("-inf"))
        return bias.unsqueeze(1)  # [1 or B, 1, K, T]


def mixed(q: Tensor, keys: Tensor, values: Tensor, bias: Tensor | None) -> Tensor:
    """Attention of q [B, H, K, D] over keys and values [B, G, T, D], each of G for H / G heads."""
    keys, values = (causal_attention.spread(x, q.shape[1]) for x in (keys, values))
    return F.scaled_dot_product_attention(q, keys, values, attn_mask=bias, scale=1.0)


def decided(logits: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """The likeliest character of logits [..., V], and whether no rounding could change it."""
    best, which = logits.topk(2, dim=-1)
    margin = torch.clamp(2 * ROUNDING * best[..., 0].abs(), min=LEAST)
    sure = (best[..., 0] - best[..., 1]) > margin
    return which[..., 0].cpu().numpy(), sure.cpu().numpy()
