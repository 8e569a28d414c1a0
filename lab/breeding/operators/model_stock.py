"""Model stock: how far from the ancestor to go towards the parents' mean, from their angle alone.

Jang et al. 2024, "Model stock: all we need is just a few fine-tuned models", arXiv 2403.19522; in
the tangent space at the ancestor. A closed form: nothing is searched and nothing scored.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from lab.breeding.genes import scaled_row_block
from lab.breeding.geometry import geometry
from lab.breeding.operator_traits import operator
from lab.breeding.recombination import combine_rows, combine_scales, keep_agreed_rows
from lab.breeding.task_vectors import apply_task_vectors, require_ancestor, task_vectors
from lab.models.genotype import Genotype


@operator(parents=(2, None), needs_ancestor=True)
def model_stock(
    parents: Sequence[Genotype],
    *,
    ancestor: Genotype | None = None,
    generator: torch.Generator | None = None,
) -> Genotype:
    """exp_o(t mean_k v_k) for each row, v_k = log_o(x_k), t = K c / (1 + (K - 1) c) a tensor.

    c is the mean cosine between the K parents' task vectors of the tensor, at least 0: parents
    that went the same way are followed to their mean, those at right angles not at all. A scale
    takes the t of the tensor that it multiplies, in its logarithm. Rows on which the parents
    agree stay as they are. ValueError without ancestor, with one parent, and for parents that
    cannot be crossed.
    """
    o = require_ancestor(parents, ancestor, "model_stock")
    if len(parents) < 2:
        raise ValueError("model_stock needs two parents or more")
    by_row, by_scale = _interpolation_ratios(parents, o)
    space = geometry(o.architecture)

    def cross(rows: Tensor, block: slice) -> Tensor:
        mean = task_vectors(rows, o.rows[block], space).mean(0)
        return keep_agreed_rows(
            rows, apply_task_vectors(o.rows[block], by_row[block].unsqueeze(-1) * mean, space)
        )

    child = parents[0].architecture
    parent_weights = (by_scale / len(parents)).expand(len(parents), -1)
    scales = combine_scales(
        child, [*parents, o], torch.cat([parent_weights, 1 - by_scale.unsqueeze(0)])
    )
    return Genotype(child, combine_rows(parents, cross), scales)


def _interpolation_ratios(parents: Sequence[Genotype], o: Genotype) -> tuple[Tensor, Tensor]:
    """t of the tensor that each row [R] lies in, and that each scale [S] goes with."""
    rows, scales = o.layout.row_blocks, o.layout.scale_blocks
    by_row = torch.empty(len(o.rows), dtype=torch.float64, device=o.rows.device)
    by_scale = torch.empty(len(o.scales), dtype=torch.float64, device=o.rows.device)
    for block in rows.values():
        parent_rows = torch.stack([parent.rows[block] for parent in parents])
        by_row[block] = _interpolation_ratio(
            task_vectors(parent_rows, o.rows[block], geometry(o.architecture))
        )
    for name, block in scales.items():
        by_scale[block] = by_row[rows[scaled_row_block(o.architecture, name)].start]
    return by_row, by_scale


def _interpolation_ratio(vectors: Tensor) -> float:
    """t of task vectors [K, n, dim]; 1 where nobody has moved.

    Row by row first, so that the sums do not depend on the number of threads.
    """
    k = len(vectors)
    products = torch.stack([(v * vectors).sum(-1).sum(-1) for v in vectors])
    lengths = products.diagonal().sqrt()
    if not lengths.all():
        return 1.0 if not lengths.any() else 0.0
    cosines = products / torch.outer(lengths, lengths)
    c = max(0.0, float(cosines.sum() - k) / (k * (k - 1)))
    return k * c / (1 + (k - 1) * c)
