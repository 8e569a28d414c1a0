"""Layers behind LayerNorm or RMSNorm: GPT-2, BERT, LLaMA and whatever is built like them.

Radford et al. 2019 (GPT-2); Devlin et al. 2018, arXiv 1810.04805 (BERT); Touvron et al. 2023,
arXiv 2302.13971 (LLaMA); Zhang & Sennrich 2019, arXiv 1910.07467 (RMSNorm).

Either norm gives |u|^2 = D var / (var + eps): an input of variance 1 has that budget, exactly. The
stream of nGPT is a unit vector without a norm: its budget is 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from lab.attention_maps.interfaces import CAP, Placed, Reading
from lab.attention_maps.low_rank_factors import Factors
from lab.attention_maps.minimum_norm_input import least


def parts(layer: Normed) -> dict[str, Any]:
    """A layer's fields by name, for one of another class; nothing that was worked out of them."""
    return {one.name: getattr(layer, one.name) for one in fields(layer)}


@dataclass(frozen=True)
class Normed:
    """An attention layer that reads norm(x + places): see the fields.

    query [H, d, D] and key [H', d, D] with biases [H, d] and [H', d] or None; H / H' query heads
    share a key head. gain and shift [D] of the norm; centred: LayerNorm, else RMSNorm. places
    [N, D] is added to the input first (learned positions), or None. turns: rotary tables or None.
    scale [H, d] of the products, None: d^-0.5. unit: x has length 1, and there is no norm.
    """

    query: Tensor
    key: Tensor
    gain: Tensor
    shift: Tensor | None
    eps: float
    centred: bool
    causal: bool
    query_bias: Tensor | None = None
    key_bias: Tensor | None = None
    places: Tensor | None = None
    turns: tuple[Tensor, Tensor] | None = None
    scale: Tensor | None = None
    unit: bool = False

    @property
    def heads(self) -> int:
        """Query heads."""
        return len(self.query)

    @property
    def dim_head(self) -> int:
        """Dimensions of a head."""
        return self.query.shape[1]

    @property
    def longest(self) -> int:
        """Positions at most."""
        tables = [len(self.places)] if self.places is not None else []
        return min([*tables, *([len(self.turns[0])] if self.turns else [])], default=1 << 20)

    @property
    def budget(self) -> float:
        """|u|^2 of a normalised input of variance 1, or of a unit vector."""
        return 1.0 if self.unit else self.gain.numel() / (1 + self.eps)

    def group(self, head: int) -> int:
        """The key head that a query head uses."""
        return head * len(self.key) // self.heads

    def rank(self) -> int:
        """Dimensions of a picture: all, or one less where a query bias wants to be left alone."""
        biased = self.query_bias is not None or self.shift is not None
        return self.dim_head - int(biased and bool(self._biases.abs().max() > 0))

    def together(self) -> int:
        """How many heads one input can serve: each takes 2 d of its dimensions, one is left."""
        room = (self.gain.numel() - 1 - int(self.centred)) // (2 * self.dim_head)
        return min(room, len(self.key))

    @cached_property
    def _biases(self) -> Tensor:
        return torch.stack([self.reading(one).bias[: self.dim_head] for one in range(self.heads)])

    def reading(self, head: int) -> Reading:
        """The maps of one head, the norm's gain and bias folded in."""
        shared = self.group(head)
        read = torch.cat([self.query[head], self.key[shared]])
        bias = torch.zeros_like(read[:, 0])
        if self.query_bias is not None and self.key_bias is not None:
            bias = torch.cat([self.query_bias[head], self.key_bias[shared]])
        if self.shift is not None:
            bias = bias + read @ self.shift
        read = read * self.gain
        if self.centred:
            read = read - read.mean(1, keepdim=True)
        plain = torch.full_like(read[: self.dim_head, 0], self.dim_head**-0.5)
        return Reading(read, bias, plain if self.scale is None else self.scale[head], self.turns)

    def place(self, wanted: Mapping[int, Factors], cap: float = CAP) -> Placed:
        """An input [T, D] in which each head shows its factors, times the contrast reached.

        ValueError for too many heads, heads that share keys, or too many positions.
        """
        self.check(wanted, len(next(iter(wanted.values())).q))
        readings = {head: self.reading(head) for head in wanted}
        u, contrast, use = least(readings, wanted, self.budget, cap)
        x = self.enter(self.filled(u, readings)).to(self.query.dtype)
        return Placed(x, contrast, use)

    def filled(self, u: Tensor, readings: Mapping[int, Reading]) -> Tensor:
        """u [T, D] brought to the full length in a direction that no chosen head reads."""
        read = torch.cat([one.read for one in readings.values()]).double()
        if self.centred:
            read = torch.cat([read, torch.ones_like(read[:1])])
        basis = torch.linalg.qr(read.mT)[0]
        noise = torch.randn(len(read.mT), generator=torch.Generator().manual_seed(0)).to(basis)
        aside = noise - basis @ (basis.mT @ noise)
        left = (self.budget - u.square().sum(1)).clamp_min(0).sqrt()
        return u + left[:, None] * torch.nn.functional.normalize(aside, dim=0)

    def enter(self, u: Tensor) -> Tensor:
        """The input [T, D] whose norm, before gain and bias, is u [T, D] of the full length."""
        x = u if self.unit else u * (1 + self.eps) ** 0.5
        return x if self.places is None else x - self.places[: len(x)].to(x)

    def normed(self, x: Tensor) -> Tensor:
        """u [T, D]: the input with its places, normalised, before gain and bias."""
        if self.unit:
            return x
        x = x if self.places is None else x + self.places[: len(x)]
        x = x - x.mean(1, keepdim=True) if self.centred else x
        return x * (x.square().mean(1, keepdim=True) + self.eps).rsqrt()

    def scores(self, x: Tensor, head: int) -> Tensor:
        """The scores [T, T] of a head for an input [T, D]."""
        reading = self.reading(head)
        q, k = reading.hear(self.normed(x))
        return (q * reading.scale) @ k.mT

    def check(self, wanted: Iterable[int], size: int) -> None:
        """ValueError in one line where these heads cannot show pictures of so many rows."""
        wanted = list(wanted)
        if size > self.longest:
            raise ValueError(f"this model has {self.longest} positions, the picture {size} rows")
        if len(wanted) > self.together():
            raise ValueError(
                f"one input serves {self.together()} of this layer's heads, not {len(wanted)}"
            )
        if wrong := [head for head in wanted if not 0 <= head < self.heads]:
            raise ValueError(f"this layer has heads 0 to {self.heads - 1}, not {wrong[0]}")
        if len({self.group(head) for head in wanted}) < len(wanted):
            raise ValueError("some of these heads share their keys: choose one of each group")
