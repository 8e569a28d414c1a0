"""QK-norm layer: attention with normalised queries and keys, as in nGPT and Qwen3.

Loshchilov et al. 2024, "nGPT: normalized transformer on the hypersphere", arXiv 2410.01131;
Henry et al. 2020, "Query-key normalization for transformers", arXiv 2010.04245.

q = rotate(g * n(R_q u)), k = rotate(h * n(R_k u)) with n(r) = r / sqrt(|r|^2 + e): but for e
this is homogeneous in u, so only the direction of an input matters, and there is no norm budget.
Instead n has length 1: two spare directions of a head, one for queries and one for keys, absorb
the rest of each row's length. The effect of e depends on a row's length and is found by iteration.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from lab.attention_maps.gauge import compute_coupling, fix_balanced_gauge
from lab.attention_maps.interfaces import CONTRAST_CAP, HeadProjection, PlacedInput
from lab.attention_maps.layernorm_layer import LayerNormLayer
from lab.attention_maps.low_rank_factors import Factors
from lab.attention_maps.minimum_norm_input import average_cost_root, cholesky_of_heads
from lab.models.hypersphere import normalize

SPARE_DIMS = 2  # dimensions of a head that absorb the rest of the length
EPS_ROUNDS = 4  # of the iteration for e
MIN_RELATIVE_GAIN = 1e-6  # least gain of a dimension relative to the largest, which is a divisor


@dataclass(frozen=True, kw_only=True)
class QKNormLayer(LayerNormLayer):
    """A layer without biases whose queries and keys are normalised before the rotation.

    qk_gains [d] are g and h; qk_eps is e.
    """

    qk_gains: tuple[Tensor, Tensor]
    qk_eps: float = 0.0

    def rank(self) -> int:
        """Return the rank that a picture can have in a head."""
        return self.dim_head - SPARE_DIMS

    def max_heads(self) -> int:
        """Return the number of heads of one input: each takes 2 d dimensions."""
        capacity = (self.gain.numel() - int(self.centred)) // (2 * self.dim_head)
        return min(capacity, len(self.key))

    def place(
        self, factors_by_head: Mapping[int, Factors], cap: float = CONTRAST_CAP
    ) -> PlacedInput:
        """Find an input [T, D] in which each head shows its factors times the contrast reached.

        ValueError for too many heads, heads that share keys, or too many positions.
        """
        self.check_heads(factors_by_head, len(next(iter(factors_by_head.values())).q))
        projections = {head: self.head_projection(head).double() for head in factors_by_head}
        units = [
            solve_unit_vectors(projections[head], factors, self.qk_gains)
            for head, factors in factors_by_head.items()
        ]
        matrix, root = (
            torch.cat([projection.matrix for projection in projections.values()]),
            cholesky_of_heads(projections.values()),
        )
        remaining = torch.ones_like(units[0].picture_rows[0][:, :1])
        for _ in range(EPS_ROUNDS if self.qk_eps else 1):
            max_contrast = (
                min(unit_vectors.contrast for unit_vectors in units) * float(remaining.min()) ** 2
            )
            contrast = min(cap, max_contrast)
            rows = [
                part
                for unit_vectors in units
                for part in unit_vectors.rows_at_contrast(contrast, remaining)
            ]
            x = torch.cholesky_solve(torch.cat(rows, dim=1).mT, root).mT @ matrix
            cost = x.square().sum(1, keepdim=True) / self.budget
            remaining = (1 + self.qk_eps * cost).rsqrt()
        x = self.invert_norm(x * cost.rsqrt()).to(self.query.dtype)
        return PlacedInput(x, contrast, contrast / max_contrast)

    def scores(self, x: Tensor, head: int) -> Tensor:
        """Compute the scores [T, T] of a head for an input [T, D]."""
        projection = self.head_projection(head)
        projected = (self.normalise(x) @ projection.matrix.mT).chunk(2, dim=-1)
        q, k = (
            projection.rotate(
                gain * part * (part.square().sum(1, keepdim=True) + self.qk_eps).rsqrt()
            )
            for part, gain in zip(projected, self.qk_gains, strict=True)
        )
        return (q * projection.scale) @ k.mT


@dataclass(frozen=True)
class UnitVectors:
    """Unit queries and keys of a head before the rotation, [T, d] each, and their contrast.

    shown: what the picture asks for, its longest row 1; spare: unit rows orthogonal to it, which no
    key, or no query, of the picture answers to.
    """

    picture_rows: tuple[Tensor, Tensor]
    spare_rows: tuple[Tensor, Tensor]
    contrast: float

    def rows_at_contrast(self, contrast: float, remaining: Tensor) -> list[Tensor]:
        """Return unit rows that show this contrast within `remaining` [T, 1] of their length."""
        scale, rows = (contrast / self.contrast) ** 0.5, []
        for picture, spare in zip(self.picture_rows, self.spare_rows, strict=True):
            part = picture * scale / remaining
            rows.append(part + spare * (1 - part.square().sum(1, keepdim=True)).clamp_min(0).sqrt())
        return rows


def solve_unit_vectors(
    projection: HeadProjection, factors: Factors, gains: tuple[Tensor, Tensor]
) -> UnitVectors:
    """Solve for unit vectors of factors of contrast 1; the two weakest directions are spare."""
    size, rank = factors.q.shape
    floored_gains = [floor_gains(gain.to(projection.matrix)) for gain in gains]
    lq, lk = (
        average_cost_root(projection, gain.square().reciprocal().diag(), size)
        for gain in floored_gains
    )
    n = lq.mT @ (projection.scale[:, None] * lk)
    coupling = compute_coupling(n, rank)
    x, y = fix_balanced_gauge(
        Factors(factors.q.double(), factors.k.double()), coupling, separate_budgets=True
    )
    u, _, vh = torch.linalg.svd(n)
    q, spare_q = split_spare_direction(
        projection, x @ (lq @ coupling.left).mT, lq @ u[:, -2], floored_gains[0]
    )
    k, spare_k = split_spare_direction(
        projection, y @ (lk @ coupling.right).mT, lk @ vh[-1], floored_gains[1]
    )
    a, b = (max(float(vectors.norm(dim=1).max()), 1e-9) for vectors in (q, k))
    return UnitVectors((q / a, k / b), (spare_q, spare_k), 1 / (a * b))


def split_spare_direction(
    projection: HeadProjection, picture: Tensor, spare: Tensor, gain: Tensor
) -> tuple[Tensor, Tensor]:
    """Project the spare direction out of rows [T, d]; also return that direction, unit.

    A component along it does not change the scores.
    """
    rows, direction = (
        projection.rotate(vectors, inverse=True) / gain
        for vectors in (picture, spare.expand_as(picture))
    )
    direction = normalize(direction)
    return rows - (rows * direction).sum(1, keepdim=True) * direction, direction


def floor_gains(gain: Tensor) -> Tensor:
    """Return gains [d], bounded below by a fraction of the largest."""
    smallest = MIN_RELATIVE_GAIN * gain.abs().max()
    return torch.where(gain.abs() < smallest, smallest, gain)
