"""Karcher mean: the point of the sphere nearest to the rows of any number of weighted parents.

Karcher 1977, "Riemannian center of mass and mollifier smoothing"; Buss & Fillmore 2001,
"Spherical averages and applications to spherical splines" (its iteration).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from lab.breeding.compatibility import check
from lab.breeding.inheritance import combine_rows, combine_scales, taking_part
from lab.models.genotype import Genotype
from lab.models.hypersphere import exp_map, log_map, normalize

STEPS = 100
STILL = 1e-10  # radians; a mean that moves less has arrived


def karcher(
    parents: Sequence[Genotype],
    *,
    weights: Sequence[float] | None = None,
    ancestor: Genotype | None = None,
    generator: torch.Generator | None = None,
) -> Genotype:
    """argmin_u sum_k w_k angle(u, x_k)^2 for each row; scales prod_k v_k^(w_k).

    weights, one a parent, are scaled to sum 1; None is equal. Two parents of weights 1 - t and t
    give slerp at t. Unique where the rows lie within 90 degrees of one point; rows that cancel
    give the first parent's. ValueError for parents that cannot be crossed.
    """
    check(parents)
    child = parents[0].architecture
    chosen, shares = taking_part(parents, weights)
    rows = combine_rows(chosen, lambda points, _: mean(points, shares))
    return Genotype(child, rows, combine_scales(child, chosen, shares))


def mean(points: Tensor, weights: Tensor) -> Tensor:
    """The Karcher mean [n, dim] (float64) of points [K, n, dim] by weights [K] or [K, n], sum 1.

    From the normalised average, u <- exp_u(sum_k w_k log_u(x_k)) until it stands still.
    """
    points, w = points.double(), weights.double().to(points.device)
    w = w.reshape(len(points), -1, 1)
    start = (w * points).sum(0)
    lost = start.norm(dim=-1, keepdim=True) < 1e-7
    u = normalize(torch.where(lost, points[0], start))
    for _ in range(STEPS):
        step = sum((w[k] * log_map(u, x) for k, x in enumerate(points)), torch.zeros_like(u))
        step = torch.where(lost, 0.0, step)
        u = exp_map(u, step)
        if step.norm(dim=-1).max() < STILL:
            break
    return u
