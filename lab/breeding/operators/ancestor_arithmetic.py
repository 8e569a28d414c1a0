"""Ancestor arithmetic: add, average, extrapolate or negate what each parent learned on its own.

Ilharco et al. 2022, "Editing models with task arithmetic", arXiv 2212.04089; in the sphere's
tangent space at the common ancestor; off it plain vectors, and scales likewise.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from lab.breeding.geometry import geometry
from lab.breeding.operator_traits import operator
from lab.breeding.recombination import combine_rows, combine_scales
from lab.breeding.task_vectors import apply_task_vectors, require_ancestor, task_vectors
from lab.models.genotype import Genotype


def check_finite_weights(
    num_parents: int, *, weights: Sequence[float] | None, strength: float, **_: object
) -> None:
    """ValueError for weights that are not one a parent, or not finite with their strength."""
    w = _fill_weights(num_parents, weights)
    if len(w) != num_parents or not all(map(math.isfinite, [*w, strength])):
        raise ValueError(f"{num_parents} parents need as many finite weights, got {w}")


@operator(
    coefficient="weights", needs_ancestor=True, absolute_weights=True, check=check_finite_weights
)
def ancestor_arithmetic(
    parents: Sequence[Genotype],
    *,
    weights: Sequence[float] | None = None,
    strength: float = 1.0,
    ancestor: Genotype | None = None,
    generator: torch.Generator | None = None,
) -> Genotype:
    """exp_o(strength sum_k w_k log_o(x_k)) for each row, o the ancestor's; at most half a turn.

    weights, one a parent, are taken as they are: (1, 1) adds, (1, -1) negates the second, None
    is 1/K each; strength above 1 extrapolates. A search gives weights of sum 1. Scales likewise
    in their logarithms. A parent crossed with itself comes back where strength sum w = 1.
    ValueError without ancestor, for weights not one a parent or not finite, and for parents that
    cannot be crossed.
    """
    o = require_ancestor(parents, ancestor, "ancestor_arithmetic")
    check_finite_weights(len(parents), weights=weights, strength=strength)
    space = geometry(o.architecture)
    w = strength * torch.tensor(_fill_weights(len(parents), weights), dtype=torch.float64)

    def cross(rows: Tensor, block: slice) -> Tensor:
        vectors = task_vectors(rows, o.rows[block], space)
        return apply_task_vectors(
            o.rows[block], (w.to(rows.device).reshape(-1, 1, 1) * vectors).sum(0), space
        )

    child = parents[0].architecture
    scales = combine_scales(child, [*parents, o], torch.cat([w, 1 - w.sum(0, keepdim=True)]))
    return Genotype(child, combine_rows(parents, cross), scales)


def _fill_weights(num_parents: int, weights: Sequence[float] | None) -> list[float]:
    return [1 / num_parents] * num_parents if weights is None else list(map(float, weights))
