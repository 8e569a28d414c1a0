"""The decoder of an nGPT: its cached step written out, with room that is made once.

Pope et al. 2022, "Efficiently scaling transformer inference", arXiv 2211.05102. Models of other
kinds are read by the forward pass itself: `cached`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from lab.generation.batch_decoder import Cached
from lab.models import ngpt, residual
from lab.models.architecture import Architecture
from lab.models.genotype import Genotype
from lab.models.hypersphere import normalize
from lab.models.rotary import paired, rotation


@dataclass(frozen=True)
class Layer:
    """A layer's weights as [in, out], contiguous: with few rows read twice as fast as [out, in].

    q and k have their rotary pairs side by side, to be turned as complex numbers.
    """

    qkv: Tensor
    s_qk: Tensor  # [H, D]
    out: Tensor
    alpha_attn: Tensor
    up: Tensor
    down: Tensor
    alpha_mlp: Tensor

    @classmethod
    def of(cls, a: Architecture, layer: ngpt.Layer, halved: bool) -> Layer:
        """halved: values are mixed with the first layer's in equal parts."""
        q, k, v = layer.qkv.unflatten(0, (3, a.heads, a.dim_head))
        q, k = (paired(part.mT).mT for part in (q, k))
        qkv = torch.stack([q, k, 0.5 * v if halved else v]).flatten(0, 2)
        return cls(
            qkv.T.contiguous(), paired(layer.s_qk)[:, 0].contiguous(), layer.out.contiguous(),
            layer.alpha_attn, layer.up.T.contiguous(), layer.down.contiguous(), layer.alpha_mlp,
        )  # fmt: skip


class Bench:
    """Room for one step of B rows, made anew when rows leave: a step itself allocates little."""

    def __init__(self, a: Architecture, rows: int, device: torch.device) -> None:
        def room(*shape: int) -> Tensor:
            return torch.empty(rows, *shape, device=device)

        self.x, self.y, self.norm = room(a.dim), room(a.dim), room(1)
        self.qkv, self.up, self.logits = room(3 * a.inner), room(2 * a.ff), room(a.vocab_size)
        heads = self.qkv.view(rows, 3, a.heads, a.dim_head)
        self.qk, self.kv = heads[:, :2], heads[:, 1:]
        self.q, self.v = heads[:, 0], heads[:, 2]
        self.pairs = torch.view_as_complex(self.qk.unflatten(-1, (-1, 2)))
        self.norms = room(2, a.heads, 1)
        self.hidden, self.gate = self.up.chunk(2, dim=-1)


class Decoder(Cached):
    """The cache of an nGPT; its keys have their rotary pairs side by side."""

    def __init__(
        self, genotype: Genotype, prefixes: Sequence[np.ndarray], length: int, device: torch.device
    ) -> None:
        """Room for every prefix to become `length` characters long; `begin` comes first."""
        super().__init__(genotype, prefixes, length, device)
        a = self.a
        mixed = [a.value_residual and number > 0 for number in range(a.depth)]
        pairs = zip(self.weights.layers, mixed, strict=True)
        self.layers = [Layer.of(a, layer, halved) for layer, halved in pairs]
        self.logits = self.weights.logits.T.contiguous()
        self.turns = torch.complex(*rotation(a, length, device))  # [length, D / 2]
        self.bench = Bench(a, len(prefixes), device)

    def keep(self, number: int, slots: slice, k: Tensor, v: Tensor) -> None:
        """Put keys, paired, and values of a layer into slots of the cache."""
        super().keep(number, slots, paired(k), v)

    def step(self, ids: np.ndarray) -> Tensor:
        """Write one id [B] after each piece; logits [B, V] of what follows, until the next step."""
        a, bench = self.a, self.bench
        torch.index_select(
            self.weights.embed, 0, torch.from_numpy(ids).to(self.device), out=bench.x
        )
        turns = self.turns.index_select(0, self.at)[:, None, None]
        seen = self.store.narrow(4, 0, self.slot + 1)
        bias = None if self.bias is None else self.bias[..., : self.slot + 1]
        written = self.store.select(4, self.slot).unbind(0)
        caches = zip(written, seen.select(2, 0).unbind(0), seen.select(2, 1).unbind(0), strict=True)
        for number, (layer, (write, keys, values)) in enumerate(
            zip(self.layers, caches, strict=True)
        ):
            torch.mm(bench.x, layer.qkv, out=bench.qkv)
            bench.pairs.mul_(turns)
            if a.norm_qk:
                torch.linalg.vector_norm(bench.qk, dim=-1, keepdim=True, out=bench.norms)
                bench.qk.div_(bench.norms)
            bench.q.mul_(layer.s_qk)
            if a.value_residual and number:
                bench.v.add_(written[0][:, 1], alpha=0.5)
            write.copy_(bench.kv)
            mixed = F.scaled_dot_product_attention(
                bench.q.unsqueeze(2), keys, values, attn_mask=bias, scale=1.0
            )
            self._move(torch.mm(mixed.view(len(ids), -1), layer.out, out=bench.y), layer.alpha_attn)
            torch.mm(bench.x, layer.up, out=bench.up)
            F.silu(bench.gate, inplace=True).mul_(bench.hidden)
            self._move(torch.mm(bench.gate, layer.down, out=bench.y), layer.alpha_mlp)
        self.at += 1
        self.slot += 1
        return torch.mm(bench.x, self.logits, out=bench.logits)

    def _move(self, y: Tensor, alpha: Tensor) -> None:
        """The residual step to y, in place for the straight one."""
        x, norm = self.bench.x, self.bench.norm
        if self.a.residual != "lerp":
            x.copy_(getattr(residual, self.a.residual)(x, normalize(y), alpha))
            return
        y.div_(torch.linalg.vector_norm(y, dim=-1, keepdim=True, out=norm))
        x.lerp_(y, alpha)
        x.div_(torch.linalg.vector_norm(x, dim=-1, keepdim=True, out=norm))

    def drop(self, done: np.ndarray) -> np.ndarray:
        """Let the rows that are done leave; the last rows take their places."""
        order = super().drop(done)
        self.bench = Bench(self.a, len(order), self.device)
        return order


def decoder(
    genotype: Genotype, prefixes: Sequence[np.ndarray], length: int, device: torch.device
) -> Cached:
    """The quickest decoder that there is for a genotype of this kind."""
    swift = Decoder if genotype.architecture.kind == "ngpt" else Cached
    return swift(genotype, prefixes, length, device)
