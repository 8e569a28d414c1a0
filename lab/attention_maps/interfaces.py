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

CAP = 3.0  # nats of contrast at most: more shows nothing better, and black still gets 5 %


@dataclass(frozen=True)
class Placed:
    """An input that shows pictures: x [T, D], the contrast in nats, the share of room used."""

    x: Tensor
    contrast: float
    use: float


class Layer(Protocol):
    """An attention layer whose input one may choose."""

    @property
    def heads(self) -> int:
        """Query heads."""

    @property
    def causal(self) -> bool:
        """Whether a position sees only those before it."""

    @property
    def longest(self) -> int:
        """Positions at most."""

    def rank(self) -> int:
        """Dimensions that a picture can have in a head."""

    def group(self, head: int) -> int:
        """The key head that a head uses: no two pictures can share one."""

    def together(self) -> int:
        """How many heads one input can serve."""

    def place(self, wanted: Mapping[int, Factors], cap: float = CAP) -> Placed:
        """An input in which each head shows factors of contrast 1, times the contrast reached."""

    def scores(self, x: Tensor, head: int) -> Tensor:
        """The scores [T, T] of a head for an input [T, D], by our own algebra."""


def attention(layer: Layer, x: Tensor, head: int) -> Tensor:
    """What a head attends to, [T, T], by our own algebra."""
    scores = layer.scores(x, head)
    if layer.causal:
        hidden = torch.ones_like(scores, dtype=torch.bool).triu(1)
        scores = scores.masked_fill(hidden, float("-inf"))
    return scores.softmax(-1)


@dataclass(frozen=True)
class Reading:
    """One head's maps: read [2 d, D] (queries, then keys), bias [2 d], scale [d], turns or None.

    turns are cosines and sines [T, d / 2]; pairs are (i, i + d / 2). The gain of the norm is folded
    into read and its bias into bias.
    """

    read: Tensor
    bias: Tensor
    scale: Tensor
    turns: tuple[Tensor, Tensor] | None = None

    @property
    def width(self) -> int:
        """Dimensions of a head, d."""
        return len(self.scale)

    def hear(self, u: Tensor) -> tuple[Tensor, Tensor]:
        """Queries and keys [T, d] of normalised inputs [T, D]."""
        q, k = (u @ self.read.mT + self.bias).chunk(2, dim=-1)
        return self.turned(q), self.turned(k)

    def turned(self, x: Tensor, back: bool = False) -> Tensor:
        """x [T, d] turned by its position's angles, or back."""
        if self.turns is None:
            return x
        cosine, sine = (part[: len(x)].to(x) for part in self.turns)
        sine = -sine if back else sine
        first, second = x.chunk(2, dim=-1)
        return torch.cat([first * cosine - second * sine, second * cosine + first * sine], dim=-1)

    def double(self) -> Reading:
        """The same in float64."""
        turns = self.turns and (self.turns[0].double(), self.turns[1].double())
        return Reading(self.read.double(), self.bias.double(), self.scale.double(), turns)


def angles(frequencies: Tensor, positions: int) -> tuple[Tensor, Tensor]:
    """Cosines and sines [T, d / 2] of positions 0, 1, ... at frequencies in radians a position."""
    at = torch.arange(positions, device=frequencies.device, dtype=torch.float64)[:, None]
    turns = at * frequencies.double()
    return turns.cos(), turns.sin()
