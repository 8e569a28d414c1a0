"""Gauge: among all factors with equal products, the ones of least norm for a head.

Q C and K C^-T have the products of Q and K. A head reads queries L_q x and keys L_k y from an
input of squared length |x|^2 + |y|^2, so products are x N y with N = L_q^T diag(scale) L_k. With
the singular values of Q K^T paired in order with those of N, the sum of squares is least (von
Neumann's trace inequality); weights on rows bring the longest row down.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from lab.attention_maps.low_rank_factors import Factors

WEIGHTING_ROUNDS = 6  # of reweighting the rows


@dataclass(frozen=True)
class Coupling:
    """The leading singular vectors of N: N = left diag(singular_values) right^T, [d, r]."""

    left: Tensor
    singular_values: Tensor
    right: Tensor


def compute_coupling(n: Tensor, rank: int, null_query: Tensor | None = None) -> Coupling:
    """Compute the r leading singular directions of N [d, d], with null_query in its null space.

    With the query bias as null_query, no key responds to it and it need not be cancelled, which
    costs one rank. ValueError where N has a lower rank.
    """
    if null_query is not None and float(null_query.norm()) > 0:
        null_key = torch.nn.functional.normalize(n.mT @ null_query, dim=0)
        n = n - (n @ null_key)[:, None] * null_key
    u, s, vh = torch.linalg.svd(n)
    if int((s > 1e-9 * s[0]).sum()) < rank:
        raise ValueError(f"this head has not {rank} directions to show a picture in")
    return Coupling(u[:, :rank], s[:rank], vh[:rank].mT)


def fix_gauge(
    factors: Factors, coupling: Coupling, rows: Tensor, columns: Tensor
) -> tuple[Tensor, Tensor]:
    """Compute coordinates x, y [T, r] of least squared sum, weighted by rows and columns [T].

    (x left^T) N (y right^T)^T are the factors' products.
    """
    left, right = rows.sqrt()[:, None], columns.sqrt()[:, None]
    _, rq = torch.linalg.qr(left * factors.q)
    _, rk = torch.linalg.qr(right * factors.k)
    u, s, vh = torch.linalg.svd(rq @ rk.mT)
    s = s.clamp_min(1e-12 * float(s[0]) + 1e-300)
    root = (s / coupling.singular_values).sqrt()
    # K (s^-1/2 of u's and v's) written with the other factor, so that no triangle is inverted
    x = factors.q @ (rk.mT @ (vh.mT / s)) * root
    y = factors.k @ (rq.mT @ (u / s)) * root
    return x, y


def fix_balanced_gauge(
    factors: Factors, coupling: Coupling, separate_budgets: bool
) -> tuple[Tensor, Tensor]:
    """Fix the gauge by iterative reweighting, such that the longest row is short.

    separate_budgets: queries and keys have a budget each, else |x_i|^2 and |y_i|^2 share one.
    """
    rows = torch.ones_like(factors.q[:, 0])
    columns = rows.clone()
    best, coordinates = float("inf"), fix_gauge(factors, coupling, rows, columns)
    for _ in range(WEIGHTING_ROUNDS):
        x, y = fix_gauge(factors, coupling, rows, columns)
        a, b = x.square().sum(1), y.square().sum(1)
        if not separate_budgets:
            a = b = a + b
        if (longest := float(a.max() * b.max())) < best:
            best, coordinates = longest, (x, y)
        rows, columns = rows * row_weight_update(a), columns * row_weight_update(b)
    return coordinates


def row_weight_update(cost: Tensor) -> Tensor:
    """Return the factor of each row's weight: larger for longer rows."""
    return (cost / cost.max().clamp_min(1e-30)).clamp_min(0.05).sqrt() + 1e-3
