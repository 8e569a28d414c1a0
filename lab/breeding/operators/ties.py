"""TIES: trim the small task vectors, elect a sign for each coordinate, average those who agree.

Yadav et al. 2023, "TIES-merging", arXiv 2306.01708; here in the tangent space at the ancestor,
trimming whole unit rows, so that what is left is a geodesic.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from lab.breeding.geometry import geometry
from lab.breeding.operator_traits import operator
from lab.breeding.recombination import (
    active_parents,
    combine_rows,
    combine_scales,
    keep_agreed_rows,
)
from lab.breeding.task_vectors import apply_task_vectors, require_ancestor, task_vectors
from lab.models.genotype import Genotype


def check_density(num_parents: int, *, density: float, **_: object) -> None:
    """ValueError for a density outside (0, 1]."""
    if not 0 < density <= 1:
        raise ValueError(f"density must be in (0, 1], got {density}")


@operator(coefficient="weights", needs_ancestor=True, check=check_density)
def ties(
    parents: Sequence[Genotype],
    *,
    density: float = 0.5,
    weights: Sequence[float] | None = None,
    ancestor: Genotype | None = None,
    generator: torch.Generator | None = None,
) -> Genotype:
    """exp_o of the elected mean of task vectors v_k = log_o(x_k), o being the ancestor's row.

    Of each tensor and parent the `density` share of rows with the longest v_k is kept. The sign
    of a coordinate is that of sum w_k v_k over what is kept; its value the weighted mean of those
    that have this sign; then projected to the tangent space. weights, one a parent, are scaled to
    sum 1; None is equal. Rows on which the parents agree stay as they are; scales are the weighted
    mean. ValueError without ancestor, for a density outside (0, 1], bad weights, and parents that
    cannot be crossed.
    """
    o = require_ancestor(parents, ancestor, "ties")
    check_density(len(parents), density=density)
    active, w = active_parents(parents, weights)
    space = geometry(o.architecture)

    def cross(rows: Tensor, block: slice) -> Tensor:
        trimmed = _trim(task_vectors(rows, o.rows[block], space), density)
        merged = space.tangent(o.rows[block].double(), _elect_signs(trimmed, w.to(rows.device)))
        return keep_agreed_rows(rows, apply_task_vectors(o.rows[block], merged, space))

    child = parents[0].architecture
    return Genotype(child, combine_rows(active, cross), combine_scales(child, active, w))


def _trim(vectors: Tensor, density: float) -> Tensor:
    """Vectors [K, n, dim] with all but each parent's longest rows set to zero."""
    lengths = vectors.norm(dim=-1)
    num_kept = max(1, round(density * lengths.shape[1]))
    shortest = lengths.topk(num_kept, dim=1).values[:, -1:]
    return torch.where((lengths >= shortest).unsqueeze(-1), vectors, 0.0)


def _elect_signs(vectors: Tensor, weights: Tensor) -> Tensor:
    w = weights.reshape(-1, 1, 1)
    agree = (vectors.sign() == (w * vectors).sum(0).sign()) & (vectors != 0)
    return (w * vectors * agree).sum(0) / (w * agree).sum(0).clamp_min(1e-300)
