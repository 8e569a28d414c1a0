"""Karcher mean: the point of the sphere nearest to the rows of any number of weighted parents.

Karcher 1977, "Riemannian center of mass and mollifier smoothing"; Buss & Fillmore 2001,
"Spherical averages and applications to spherical splines" (its iteration, `SphereGeometry.mean`).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch

from lab.breeding.compatibility import check_parents
from lab.breeding.geometry import SPHERE, require_sphere
from lab.breeding.operator_traits import operator
from lab.breeding.recombination import active_parents, combine_rows, combine_scales
from lab.models.genotype import Genotype


@operator(coefficient="weights", needs_unit_rows=True)
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
    require_sphere(parents, "karcher")
    check_parents(parents)
    child = parents[0].architecture
    active, shares = active_parents(parents, weights)
    rows = combine_rows(active, lambda points, _: SPHERE.mean(points, shares))
    return Genotype(child, rows, combine_scales(child, active, shares))
