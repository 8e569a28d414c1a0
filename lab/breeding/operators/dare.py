"""DARE: drop task vectors of whole rows at random and stretch the rest, then average.

Yu et al. 2023, "Language models are super Mario", arXiv 2311.03099; in the tangent space at the
ancestor, by unit rows.

Destructive over generations, since every cross drops again: not for children of children.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from lab.breeding.geometry import Geometry, geometry
from lab.breeding.operator_traits import operator
from lab.breeding.recombination import (
    active_parents,
    combine_rows,
    combine_scales,
    keep_agreed_rows,
)
from lab.breeding.task_vectors import apply_task_vectors, require_ancestor, task_vectors
from lab.models.genotype import Genotype


def check_drop(num_parents: int, *, drop: float, **_: object) -> None:
    """ValueError for a drop outside [0, 1)."""
    if not 0 <= drop < 1:
        raise ValueError(f"drop must be in [0, 1), got {drop}")


@operator(coefficient="weights", needs_ancestor=True, check=check_drop)
def dare(
    parents: Sequence[Genotype],
    *,
    drop: float = 0.5,
    weights: Sequence[float] | None = None,
    ancestor: Genotype | None = None,
    generator: torch.Generator | None = None,
) -> Genotype:
    """exp_o(sum_k w_k m_k v_k / (1 - drop)) for each row: v_k = log_o(x_k), m_k 0 with chance drop.

    A vector is stretched to a quarter turn at most, or where it was longer, not at all. weights,
    one a parent, are scaled to sum 1; None is equal. Rows on which the parents agree stay as they
    are; scales are the weighted mean. ValueError without ancestor or generator, for drop outside
    [0, 1), bad weights, parents that cannot be crossed.
    """
    o = require_ancestor(parents, ancestor, "dare")
    if generator is None:
        raise ValueError("dare drops at random: it needs a generator")
    check_drop(len(parents), drop=drop)
    active, w = active_parents(parents, weights)
    child, space = parents[0].architecture, geometry(o.architecture)
    keep_mask = torch.rand(len(active), child.num_rows, generator=generator) >= drop

    def cross(rows: Tensor, block: slice) -> Tensor:
        factor = keep_mask[:, block].to(rows.device).double() / (1 - drop)
        stretched = _stretch(task_vectors(rows, o.rows[block], space), factor, space)
        merged = (w.to(rows.device).reshape(-1, 1, 1) * stretched).sum(0)
        return keep_agreed_rows(rows, apply_task_vectors(o.rows[block], merged, space))

    return Genotype(child, combine_rows(active, cross), combine_scales(child, active, w))


def _stretch(vectors: Tensor, factor: Tensor, space: Geometry) -> Tensor:
    lengths = vectors.norm(dim=-1)
    max_factor = space.max_stretch(lengths) / lengths.clamp_min(1e-300)
    return vectors * torch.minimum(factor, max_factor).unsqueeze(-1)
