"""Interfaces: the protocol of an attention layer, and the linear maps of a head.

A head reads queries and keys by linear maps of a normalised input u [D] of |u|^2 = D:
q_i = rotate_i(R_q u_i + b_q), k_i likewise, scores q_i diag(scale) k_j. For given q and k the
minimum-norm u is one linear solve; the rest of the norm is put in the null space of the heads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from lab.attention_maps.low_rank_factors import Factors

CONTRAST_CAP = 3.0  # nats of contrast at most; black still receives 5 % of white


@dataclass(frozen=True)
class PlacedInput:
    """An input that shows pictures: x [T, D], contrast in nats, share of the norm budget used."""

    x: Tensor
    contrast: float
    budget_share: float


class AttentionLayer(Protocol):
    """The interface of an attention layer whose input can be chosen freely."""

    @property
    def heads(self) -> int:
        """Number of query heads."""

    @property
    def causal(self) -> bool:
        """Whether a position attends only to those before it."""

    @property
    def max_positions(self) -> int:
        """Maximal number of positions."""

    def rank(self) -> int:
        """Return the rank that a picture can have in a head."""

    def key_head(self, head: int) -> int:
        """Return the key head of a query head; two pictures cannot share one."""

    def max_heads(self) -> int:
        """Return the number of heads that one input can serve."""

    def describe_size(self) -> str:
        """Return the dimensions of the layer and of its heads, and what a picture needs of them."""

    def place(
        self, factors_by_head: Mapping[int, Factors], cap: float = CONTRAST_CAP
    ) -> PlacedInput:
        """Find an input in which each head shows its factors times the contrast reached."""

    def scores(self, x: Tensor, head: int) -> Tensor:
        """Compute the scores [T, T] of a head for an input [T, D] without the model."""


def compute_attention(layer: AttentionLayer, x: Tensor, head: int) -> Tensor:
    """Compute the attention map [T, T] of a head without the model."""
    scores = layer.scores(x, head)
    if layer.causal:
        hidden = torch.ones_like(scores, dtype=torch.bool).triu(1)
        scores = scores.masked_fill(hidden, float("-inf"))
    return scores.softmax(-1)


@dataclass(frozen=True)
class HeadProjection:
    """The linear maps of one head, [2 d, D] (queries, then keys), bias [2 d] and scale [d].

    turns are cosines and sines [T, d / 2]; pairs are (i, i + d / 2). The gain of the norm is folded
    into read and its bias into bias.
    """

    matrix: Tensor
    bias: Tensor
    scale: Tensor
    rotary: tuple[Tensor, Tensor] | None = None

    @property
    def width(self) -> int:
        """Dimension of the head, d."""
        return len(self.scale)

    def project(self, u: Tensor) -> tuple[Tensor, Tensor]:
        """Project normalised inputs [T, D] to queries and keys [T, d]."""
        q, k = (u @ self.matrix.mT + self.bias).chunk(2, dim=-1)
        return self.rotate(q), self.rotate(k)

    def rotate(self, x: Tensor, inverse: bool = False) -> Tensor:
        """Rotate x [T, d] by its position's angles, or back."""
        if self.rotary is None:
            return x
        cosine, sine = (part[: len(x)].to(x) for part in self.rotary)
        sine = -sine if inverse else sine
        first, second = x.chunk(2, dim=-1)
        return torch.cat([first * cosine - second * sine, second * cosine + first * sine], dim=-1)

    def double(self) -> HeadProjection:
        """Return the projection in float64."""
        rotary = self.rotary and (self.rotary[0].double(), self.rotary[1].double())
        return HeadProjection(self.matrix.double(), self.bias.double(), self.scale.double(), rotary)


def cosines_and_sines(frequencies: Tensor, positions: int) -> tuple[Tensor, Tensor]:
    """Return cosines and sines [T, d / 2] of positions 0, 1, ... at angular frequencies."""
    index = torch.arange(positions, device=frequencies.device, dtype=torch.float64)[:, None]
    angle = index * frequencies.double()
    return angle.cos(), angle.sin()
