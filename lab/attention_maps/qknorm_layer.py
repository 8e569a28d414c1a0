"""Layers whose queries and keys are normalised themselves: nGPT's, the sandwich's and Qwen3's.

Loshchilov et al. 2024, "nGPT: normalized transformer on the hypersphere", arXiv 2410.01131;
Henry et al. 2020, "Query-key normalization for transformers", arXiv 2010.04245.

q = turn(g * n(R_q u)), k = turn(h * n(R_k u)) with n(r) = r / sqrt(|r|^2 + e): but for e all is
homogeneous in u, so an input of the right direction will do, and there is no budget of length.
Instead n has length 1: two directions of a head take what a row leaves, one for queries and one for
keys, where the other has nothing. What e takes from a row depends on its length: found in rounds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from lab.attention_maps.gauge import balanced, coupling
from lab.attention_maps.interfaces import CAP, Placed, Reading
from lab.attention_maps.layernorm_layer import Normed
from lab.attention_maps.low_rank_factors import Factors
from lab.attention_maps.minimum_norm_input import average, root_of
from lab.models.hypersphere import normalize

SPARE = 2  # dimensions of a head that take what rows leave
ROUNDS = 4  # of finding what e takes from each row
FAINT = 1e-6  # the least gain of a dimension, of the largest: it is divided by


@dataclass(frozen=True, kw_only=True)
class Sphere(Normed):
    """A layer without biases whose queries and keys are normalised before they are turned.

    gains [d] of both, g and h; little: e.
    """

    gains: tuple[Tensor, Tensor]
    little: float = 0.0

    def rank(self) -> int:
        """Dimensions that a picture can have in a head."""
        return self.dim_head - SPARE

    def together(self) -> int:
        """How many heads one input can serve: each takes 2 d of its dimensions."""
        room = (self.gain.numel() - int(self.centred)) // (2 * self.dim_head)
        return min(room, len(self.key))

    def place(self, wanted: Mapping[int, Factors], cap: float = CAP) -> Placed:
        """An input [T, D] in which each head shows its factors, times the contrast reached.

        ValueError for too many heads, heads that share keys, or too many positions.
        """
        self.check(wanted, len(next(iter(wanted.values())).q))
        readings = {head: self.reading(head).double() for head in wanted}
        units = [units_of(readings[head], one, self.gains) for head, one in wanted.items()]
        read, root = torch.cat([one.read for one in readings.values()]), root_of(readings.values())
        left = torch.ones_like(units[0].shown[0][:, :1])
        for _ in range(ROUNDS if self.little else 1):
            reached = min(one.contrast for one in units) * float(left.min()) ** 2
            contrast = min(cap, reached)
            rows = [part for one in units for part in one.rows(contrast, left)]
            x = torch.cholesky_solve(torch.cat(rows, dim=1).mT, root).mT @ read
            cost = x.square().sum(1, keepdim=True) / self.budget
            left = (1 + self.little * cost).rsqrt()
        x = self.enter(x * cost.rsqrt()).to(self.query.dtype)
        return Placed(x, contrast, contrast / reached)

    def scores(self, x: Tensor, head: int) -> Tensor:
        """The scores [T, T] of a head for an input [T, D]."""
        reading = self.reading(head)
        heard = (self.normed(x) @ reading.read.mT).chunk(2, dim=-1)
        q, k = (
            reading.turned(gain * part * (part.square().sum(1, keepdim=True) + self.little).rsqrt())
            for part, gain in zip(heard, self.gains, strict=True)
        )
        return (q * reading.scale) @ k.mT


@dataclass(frozen=True)
class Units:
    """A head's queries and keys before they are turned, [T, d] each, and the contrast they have.

    shown: what the picture asks for, its longest row 1; spare: unit rows orthogonal to it, which no
    key, or no query, of the picture answers to.
    """

    shown: tuple[Tensor, Tensor]
    spare: tuple[Tensor, Tensor]
    contrast: float

    def rows(self, contrast: float, left: Tensor) -> list[Tensor]:
        """Unit rows that show this contrast when left [T, 1] of their length is left to them."""
        share, found = (contrast / self.contrast) ** 0.5, []
        for shown, spare in zip(self.shown, self.spare, strict=True):
            part = shown * share / left
            found.append(
                part + spare * (1 - part.square().sum(1, keepdim=True)).clamp_min(0).sqrt()
            )
        return found


def units_of(reading: Reading, factors: Factors, gains: tuple[Tensor, Tensor]) -> Units:
    """The cheapest units for factors of contrast 1; a head's two weakest directions are spare."""
    size, rank = factors.q.shape
    loud = [audible(gain.to(reading.read)) for gain in gains]
    lq, lk = (average(reading, gain.square().reciprocal().diag(), size) for gain in loud)
    n = lq.mT @ (reading.scale[:, None] * lk)
    through = coupling(n, rank)
    x, y = balanced(Factors(factors.q.double(), factors.k.double()), through, ends=True)
    u, _, vh = torch.linalg.svd(n)
    q, aside = parted(reading, x @ (lq @ through.left).mT, lq @ u[:, -2], loud[0])
    k, apart = parted(reading, y @ (lk @ through.right).mT, lk @ vh[-1], loud[1])
    a, b = (max(float(one.norm(dim=1).max()), 1e-9) for one in (q, k))
    return Units((q / a, k / b), (aside, apart), 1 / (a * b))


def parted(reading: Reading, shown: Tensor, spare: Tensor, gain: Tensor) -> tuple[Tensor, Tensor]:
    """Rows [T, d] before gain and turn, less what lies along the spare direction; and that, unit.

    What is added along it is not heard, so a row may have any.
    """
    rows, aside = (reading.turned(one, back=True) / gain for one in (shown, spare.expand_as(shown)))
    aside = normalize(aside)
    return rows - (rows * aside).sum(1, keepdim=True) * aside, aside


def audible(gain: Tensor) -> Tensor:
    """Gains [d], those of next to nothing as small as one may divide by."""
    least = FAINT * gain.abs().max()
    return torch.where(gain.abs() < least, least, gain)
