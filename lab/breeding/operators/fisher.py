"""Fisher-weighted crossover: each row goes nearer to the parent for whom it matters more.

Matena & Raffel 2022, "Merging models with Fisher-weighted averaging", arXiv 2111.09832; per row
here, on the sphere with the Karcher mean in place of the average.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import torch
from torch import Tensor

from lab.breeding.compatibility import check_parents
from lab.breeding.geometry import geometry
from lab.breeding.operator_traits import operator
from lab.breeding.recombination import combine_rows, combine_scales
from lab.models.genotype import Genotype

Importance = Callable[[Genotype], Tensor]
"""A parent -> importance of each of its rows, then scales: [R + S], 0 or more."""


@operator(needs_importance=True)
def fisher(
    parents: Sequence[Genotype],
    *,
    importance: Importance | Sequence[Tensor] | None = None,
    ancestor: Genotype | None = None,
    generator: torch.Generator | None = None,
) -> Genotype:
    """The mean of each row with weights w_k = F_k / sum F; scales prod_k v_k^(w_k).

    importance gives F: a tensor [R + S] a parent, or the function that computes it from one
    (`fisher_information`). Where it is zero for all, weights are equal. ValueError where it is
    missing, of another shape, negative or not finite, and for parents that cannot be crossed.
    """
    check_parents(parents)
    if importance is None:
        raise ValueError("fisher needs importance: for each parent, how much each row matters")
    child = parents[0].architecture
    importances = [importance(parent) for parent in parents] if callable(importance) else importance
    shares = _normalise_importance(importances, len(parents), child.num_rows + child.num_scales)
    per_row, per_scale = shares.split([child.num_rows, child.num_scales], dim=1)
    mean = geometry(child).mean
    rows = combine_rows(parents, lambda points, block: mean(points, per_row[:, block]))
    return Genotype(child, rows, combine_scales(child, parents, per_scale))


def fisher_information(
    genotype: Genotype, losses: Iterable[Callable[[Genotype], Tensor]]
) -> Tensor:
    """The diagonal Fisher information, [R + S]: mean squared gradient, along the sphere for rows.

    losses are functions genotype -> negative log-likelihood (one a window, say), differentiable.
    A row's entry is the squared length of its tangent gradient. ValueError without losses.
    """
    total, count = torch.zeros(len(genotype.rows) + len(genotype.scales)), 0
    for loss in losses:
        rows = genotype.rows.detach().clone().requires_grad_()
        scales = genotype.scales.detach().clone().requires_grad_()
        value = loss(Genotype(genotype.architecture, rows, scales))
        by_row, by_scale = torch.autograd.grad(value, (rows, scales))
        row_information = (
            geometry(genotype.architecture).tangent(rows.detach(), by_row).square().sum(-1)
        )
        total += torch.cat([row_information, by_scale.square()]).cpu()
        count += 1
    if not count:
        raise ValueError("fisher_information needs at least one loss")
    return total / count


def _normalise_importance(importances: Sequence[Tensor], parents: int, size: int) -> Tensor:
    if len(importances) != parents or any(
        tuple(importance.shape) != (size,) for importance in importances
    ):
        raise ValueError(f"importance must be {parents} tensors of {size} numbers")
    f = torch.stack([importance.double() for importance in importances])
    if not f.isfinite().all() or (f < 0).any():
        raise ValueError("importance must be finite and not negative")
    total = f.sum(0)
    return torch.where(total > 0, f / total.clamp_min(1e-300), 1.0 / parents)
