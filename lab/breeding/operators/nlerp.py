"""Normalised average: the straight line between the parents' rows, put back on the sphere.

Wortsman et al. 2022, "Model soups", arXiv 2203.05482, on unit rows.

The control of slerp: the same great circle at another speed. At alpha = 1/2 they are one; for
rows 30 degrees apart they never differ by more than 0.005 in alpha.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from lab.breeding.alpha_field import Alpha, expand_alphas
from lab.breeding.compatibility import check_parents
from lab.breeding.geometry import require_sphere
from lab.breeding.operator_traits import operator
from lab.breeding.recombination import combine_rows, combine_scales, pair_weights
from lab.models import hypersphere
from lab.models.genotype import Genotype


@operator(coefficient="alpha", alpha_by_part=True, parents=(2, 2), needs_unit_rows=True)
def nlerp(
    parents: Sequence[Genotype],
    *,
    alpha: Alpha = 0.5,
    ancestor: Genotype | None = None,
    generator: torch.Generator | None = None,
) -> Genotype:
    """((1-alpha) a + alpha b) / |...| for each row; scales as in slerp.

    Two parents. Where antipodal rows meet in zero, the first parent's stays. ValueError for
    parents that cannot be crossed.
    """
    require_sphere(parents, "nlerp")
    check_parents(parents, count=2)
    child = parents[0].architecture
    alphas = expand_alphas(child, alpha)

    def cross(rows: Tensor, block: slice) -> Tensor:
        return hypersphere.nlerp_rows(rows[0], rows[1], alphas.rows[block])

    scales = combine_scales(child, parents, pair_weights(alphas.scales))
    return Genotype(child, combine_rows(parents, cross), scales)
