"""Recombination: rows and scales of a child from those of weighted parents.

Shared by the operators. K parents, R rows, S scales.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from lab.models.architecture import Architecture
from lab.models.genotype import Genotype, compute_layout

TensorCross = Callable[[Tensor, slice], Tensor]
"""(one tensor's rows of every parent [K, n, dim], where they lie) -> the child's rows [n, dim]."""


def combine_scales(child: Architecture, members: Sequence[Genotype], weights: Tensor) -> Tensor:
    """Raw scales [S] of a child: the members' effective values, combined by weights [K] or [K, S].

    prod_k v_k^(w_k) where all of the values have one sign (which it keeps), else sum_k w_k v_k, as
    in flat space always; float64 inside, then divided by the child's multipliers. Weights need not
    sum to 1.
    """
    if not child.has_unit_rows:
        return average_scales(child, members, weights)
    values, w = _effective_scales(members), _weight_column(weights, members)
    same_sign = (values > 0).all(0) | (values < 0).all(0)
    geometric = values[0].sign() * (w * values.abs().clamp_min(1e-300).log()).sum(0).exp()
    return _raw_scales(torch.where(same_sign, geometric, (w * values).sum(0)), child)


def average_scales(child: Architecture, members: Sequence[Genotype], weights: Tensor) -> Tensor:
    """Raw scales [S] of a child whose effective values are sum_k w_k v_k; weights [K] or [K, S]."""
    return _raw_scales(
        (_weight_column(weights, members) * _effective_scales(members)).sum(0), child
    )


def combine_rows(parents: Sequence[Genotype], cross: TensorCross) -> Tensor:
    """The child's rows [R, dim], float32: `cross` applied to each tensor of the layout in turn."""
    rows = torch.empty_like(parents[0].rows)
    for block in parents[0].layout.row_blocks.values():
        rows[block] = cross(torch.stack([parent.rows[block] for parent in parents]), block)
    return rows


def pair_weights(alpha: Tensor) -> Tensor:
    """(1 - alpha, alpha) as weights of two parents: [2], or [2, S] of alpha [S]."""
    return torch.stack([1 - alpha, alpha])


def active_parents(
    parents: Sequence[Genotype], weights: Sequence[float] | None
) -> tuple[list[Genotype], Tensor]:
    """The parents of weight above 0, and their weights scaled to sum 1 (float64); None is equal.

    So a parent of weight 0 has no say in anything, and one that is alone comes back whole.
    ValueError for weights that are not one a parent, not finite, negative, or all zero.
    """
    values = check_weights(len(parents), weights)
    w = torch.tensor(values, dtype=torch.float64)
    active = [parent for parent, weight in zip(parents, values, strict=True) if weight > 0]
    return active, w[w > 0] / w.sum()


def check_weights(num_parents: int, weights: Sequence[float] | None) -> list[float]:
    """Weights as floats, ones for None; ValueError as for `active_parents`."""
    values = [1.0] * num_parents if weights is None else [float(weight) for weight in weights]
    if len(values) != num_parents:
        raise ValueError(f"{num_parents} parents need as many weights, got {len(values)}")
    w = torch.tensor(values, dtype=torch.float64)
    if not w.isfinite().all() or (w < 0).any() or w.sum() == 0:
        raise ValueError(f"weights must be 0 or more and not all 0, got {values}")
    return values


def keep_agreed_rows(parents: Tensor, child: Tensor) -> Tensor:
    """The child's rows, save those [K, n, dim] on which all parents agree: these stay as they are.

    For operators that trim, drop or shrink, which would undo what the parents have in common.
    """
    agreed = (parents == parents[:1]).all(0).all(-1, keepdim=True)
    return torch.where(agreed, parents[0], child.to(parents.dtype))


def _weight_column(weights: Tensor, members: Sequence[Genotype]) -> Tensor:
    w = weights.double().to(members[0].scales.device)
    return w.unsqueeze(-1) if w.ndim == 1 else w


def _effective_scales(members: Sequence[Genotype]) -> Tensor:
    return torch.stack([member.scales.double() * _scale_multipliers(member) for member in members])


def _raw_scales(effective: Tensor, child: Architecture) -> Tensor:
    multipliers = compute_layout(child).multipliers().to(effective.device).double()
    return (effective / multipliers).float()


def _scale_multipliers(genotype: Genotype) -> Tensor:
    return genotype.layout.multipliers().to(genotype.scales.device).double()
