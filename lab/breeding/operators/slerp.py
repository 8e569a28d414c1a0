"""Spherical crossover: every unit row of the child lies on the geodesic between its parents' rows.

Shoemake 1985, "Animating rotation with quaternion curves"; applied row by row, where merging tools
treat a whole tensor as one vector and so leave the sphere.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch

from lab.breeding.alpha_field import Alpha, expand_alphas
from lab.breeding.compatibility import check_architectures, check_values
from lab.breeding.geometry import require_sphere
from lab.breeding.operator_traits import operator
from lab.breeding.recombination import combine_scales, pair_weights
from lab.models import hypersphere
from lab.models.genotype import Genotype


@operator(
    coefficient="alpha",
    alpha_by_part=True,
    parents=(2, 2),
    needs_unit_rows=True,
    has_numba_kernel=True,
)
def slerp(
    parents: Sequence[Genotype],
    *,
    alpha: Alpha = 0.5,
    kernel: str = "torch",
    ancestor: Genotype | None = None,
    generator: torch.Generator | None = None,
) -> Genotype:
    """sin((1-alpha) w)/sin w a + sin(alpha w)/sin w b for each row, w the angle of a and b.

    Two parents. alpha is a number or a field (`alpha_field`); outside [0, 1] it extrapolates.
    kernel: torch, or numba, faster and with other last bits (float32 on a CPU).
    Scales are combined by effective value, a^(1-alpha) b^alpha. Antipodal rows give the nearer
    end. ValueError for parents that cannot be crossed.
    """
    require_sphere(parents, "slerp")
    members = check_architectures(parents, count=2)
    a, b = parents
    alphas = expand_alphas(a.architecture, alpha)
    squares = torch.empty(2, len(a.rows), device=a.rows.device)
    rows = hypersphere.slerp_rows(a.rows, b.rows, alphas.rows, squares=squares, kernel=kernel)
    check_values(members, squares)
    scales = combine_scales(a.architecture, parents, pair_weights(alphas.scales))
    return Genotype(a.architecture, rows, scales)
