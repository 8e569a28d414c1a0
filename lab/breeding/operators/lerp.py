"""Raw average: the straight line between the parents' rows, which on a sphere is left inside it.

In flat space the plain crossover. Elsewhere the control of all operators on the sphere: what
averaging two checkpoints does to an nGPT whose forward pass takes its weights as they are.

There its rows are as short as the chord is deep, cos(w/2) at alpha = 1/2, so this is the one
operator that declares unit_rows=False: such children can be scored, but neither bred on nor kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from lab.breeding.alpha_field import Alpha, expand_alphas
from lab.breeding.compatibility import check_parents
from lab.breeding.operator_traits import operator
from lab.breeding.operators.slerp import slerp
from lab.breeding.recombination import average_scales, combine_rows, pair_weights
from lab.models.architecture import Architecture
from lab.models.genotype import Genotype


@operator(coefficient="alpha", alpha_by_part=True, parents=(2, 2), unit_rows=False)
def lerp(
    parents: Sequence[Genotype],
    *,
    alpha: Alpha = 0.5,
    ancestor: Genotype | None = None,
    generator: torch.Generator | None = None,
) -> Genotype:
    """(1-alpha) a + alpha b for each row and for each scale's effective value.

    Two parents. Antipodal rows meet in the zero row at alpha = 1/2. ValueError for parents that
    cannot be crossed.
    """
    check_parents(parents, count=2)
    child = parents[0].architecture
    alphas = expand_alphas(child, alpha)

    def cross(rows: Tensor, block: slice) -> Tensor:
        t = alphas.rows[block].to(rows.device).unsqueeze(-1)
        return rows[0].double().lerp(rows[1].double(), t).float()

    scales = average_scales(child, parents, pair_weights(alphas.scales))
    return Genotype(child, combine_rows(parents, cross), scales)


def geodesic_operator(architecture: Architecture) -> Callable[..., Genotype]:
    """slerp where rows are unit, lerp where they are free; both take alpha."""
    return slerp if architecture.has_unit_rows else lerp
