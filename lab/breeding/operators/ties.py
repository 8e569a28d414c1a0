"""TIES: trim the small task vectors, elect a sign for each coordinate, average those who agree.

Yadav et al. 2023, "TIES-merging", arXiv 2306.01708; here in the tangent space at the ancestor,
trimming whole unit rows, so that what is left is a geodesic.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from lab.breeding.geometry import geometry
from lab.breeding.recombination import breed_true, combine_rows, combine_scales, taking_part
from lab.breeding.task_vectors import family, task_vectors, walk
from lab.models.genotype import Genotype


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
    o = family(parents, ancestor, "ties")
    if not 0 < density <= 1:
        raise ValueError(f"density must be in (0, 1], got {density}")
    chosen, w = taking_part(parents, weights)
    space = geometry(o.architecture)

    def cross(rows: Tensor, block: slice) -> Tensor:
        kept = _trim(task_vectors(rows, o.rows[block], space), density)
        merged = space.tangent(o.rows[block].double(), _elect(kept, w.to(rows.device)))
        return breed_true(rows, walk(o.rows[block], merged, space))

    child = parents[0].architecture
    return Genotype(child, combine_rows(chosen, cross), combine_scales(child, chosen, w))


def _trim(vectors: Tensor, density: float) -> Tensor:
    """Vectors [K, n, dim] with all but each parent's longest rows set to zero."""
    lengths = vectors.norm(dim=-1)
    keep = max(1, round(density * lengths.shape[1]))
    shortest = lengths.topk(keep, dim=1).values[:, -1:]
    return torch.where((lengths >= shortest).unsqueeze(-1), vectors, 0.0)


def _elect(vectors: Tensor, weights: Tensor) -> Tensor:
    w = weights.reshape(-1, 1, 1)
    agree = (vectors.sign() == (w * vectors).sum(0).sign()) & (vectors != 0)
    return (w * vectors * agree).sum(0) / (w * agree).sum(0).clamp_min(1e-300)
