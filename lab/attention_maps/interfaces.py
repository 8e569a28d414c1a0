"""Heads: what an attention layer reads from its input, and what is asked of a layer.

A head reads queries and keys by linear maps of a normalised input u [D] of |u|^2 = D:
q_i = turn_i(R_q u_i + b_q), k_i likewise, scores q_i diag(scale) k_j. For wanted q and k the least
u is one solve; what is left of the length goes where no chosen head looks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from lab.attention_maps.low_rank_factors import Factors

CONTRAST_CAP = 3.0  # nats of contrast at most: more shows nothing better, and black still gets 5 %


@dataclass(frozen=True)
class PlacedInput:
    """An input that shows pictures: x [T, D], the contrast in nats, the share of room used."""

    x: Tensor
    contrast: float
    budget_share: float


class AttentionLayer(Protocol):
    """An attention layer whose input one may choose."""

    @property
    def heads(self) -> int:
        """Query heads."""

    @property
    def causal(self) -> bool:
        """Whether a position sees only those before it."""

    @property
    def max_positions(self) -> int:
        """Positions at most."""

    def rank(self) -> int:
        """Dimensions that a picture can have in a head."""

    def key_head(self, head: int) -> int:
        """The key head that a head uses: no two pictures can share one."""

    def max_heads(self) -> int:
        """How many heads one input can serve."""

    def place(
        self, factors_by_head: Mapping[int, Factors], cap: float = CONTRAST_CAP
    ) -> PlacedInput:
        """An input in which each head shows factors of contrast 1, times the contrast reached."""

    def scores(self, x: Tensor, head: int) -> Tensor:
        """The scores [T, T] of a head for an input [T, D], by our own algebra."""


def compute_attention(layer: AttentionLayer, x: Tensor, head: int) -> Tensor:
    """What a head attends to, [T, T], by our own algebra."""
    scores = layer.scores(x, head)
    if layer.causal:
        hidden = torch.ones_like(scores, dtype=torch.bool).triu(1)
        scores = scores.masked_fill(hidden, float("-inf"))
    return scores.softmax(-1)


@dataclass(frozen=True)
class HeadProjection:
    """One head's maps: read [2 d, D] (queries, then keys), bias [2 d], scale [d], turns or None.

    turns are cosines and sines [T, d / 2]; pairs are (i, i + d / 2). The gain of the norm is folded
    into read and its bias into bias.
    """

    matrix: Tensor
    bias: Tensor
    scale: Tensor
    rotary: tuple[Tensor, Tensor] | None = None

    @property
    def width(self) -> int:
        """Dimensions of a head, d."""
        return len(self.scale)

    def project(self, u: Tensor) -> tuple[Tensor, Tensor]:
        """Queries and keys [T, d] of normalised inputs [T, D]."""
        q, k = (u @ self.matrix.mT + self.bias).chunk(2, dim=-1)
        return self.rotate(q), self.rotate(k)

    def rotate(self, x: Tensor, inverse: bool = False) -> Tensor:
        """x [T, d] turned by its position's angles, or back."""
        if self.rotary is None:
            return x
        cosine, sine = (part[: len(x)].to(x) for part in self.rotary)
        sine = -sine if inverse else sine
        first, second = x.chunk(2, dim=-1)
        return torch.cat([first * cosine - second * sine, second * cosine + first * sine], dim=-1)

    def double(self) -> HeadProjection:
        """The same in float64."""
        rotary = self.rotary and (self.rotary[0].double(), self.rotary[1].double())
        return HeadProjection(self.matrix.double(), self.bias.double(), self.scale.double(), rotary)


def cosines_and_sines(frequencies: Tensor, positions: int) -> tuple[Tensor, Tensor]:
    """Cosines and sines [T, d / 2] of positions 0, 1, ... at frequencies in radians a position."""
    index = torch.arange(positions, device=frequencies.device, dtype=torch.float64)[:, None]
    angle = index * frequencies.double()
    return angle.cos(), angle.sin()
