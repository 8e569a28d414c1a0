"""Discrete crossover: every gene of the child comes whole from one parent or the other.

Syswerda 1989, "Uniform crossover in genetic algorithms"; Holland 1975, "Adaptation in natural and
artificial systems" (cut points).

A negative control as well: neurons of trained siblings have grown used to each other, and in our
pilot such children never beat the better parent.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from lab.breeding.compatibility import check_parents
from lab.breeding.genes import check_unit, partition_genes
from lab.breeding.operator_traits import operator
from lab.breeding.recombination import average_scales, pair_weights
from lab.models.genotype import Genotype


def check_draw(num_parents: int, *, unit: str, share: float, cuts: int, **_: object) -> None:
    """ValueError for a unit that is none, a share outside [0, 1], or more cuts than two."""
    check_unit(unit)
    if not 0 <= share <= 1:
        raise ValueError(f"share must be in [0, 1], got {share}")
    if cuts not in (0, 1, 2):
        raise ValueError(f"cuts must be 0, 1 or 2, got {cuts}")


@operator(coefficient="share", parents=(2, 2), check=check_draw)
def discrete(
    parents: Sequence[Genotype],
    *,
    unit: str = "gene",
    share: float = 0.5,
    cuts: int = 0,
    twin: bool = False,
    tied: bool | None = None,
    mask: Tensor | None = None,
    ancestor: Genotype | None = None,
    generator: torch.Generator | None = None,
) -> Genotype:
    """Genes from the second parent where a mask says so, from the first elsewhere, bit for bit.

    unit and tied choose the genes (`genes.partition_genes`). cuts = 0 draws each from the second
    parent with probability share; 1 or 2 change parents at as many points drawn along the
    canonical order of genes. twin takes the complement: the same generator state and the other
    value give the complementary child. mask, [genes], replaces the draw.
    ValueError for parents that cannot be crossed, a share outside [0, 1], more cuts, a mask of
    another length, or neither generator nor mask.
    """
    check_parents(parents, count=2)
    a, b = parents
    genes = partition_genes(a.architecture, unit, tied)
    if mask is None:
        check_draw(len(parents), unit=unit, share=share, cuts=cuts)
    gene_mask = _draw_mask(genes.count, share, cuts, generator) if mask is None else mask.bool()
    if tuple(gene_mask.shape) != (genes.count,):
        raise ValueError(f"mask must have {genes.count} genes, got {tuple(gene_mask.shape)}")
    by_row, by_scale = genes.expand_mask(~gene_mask if twin else gene_mask)
    rows = torch.where(by_row.to(a.rows.device).unsqueeze(-1), b.rows, a.rows)
    scales = average_scales(a.architecture, parents, pair_weights(by_scale.double()))
    return Genotype(a.architecture, rows, scales)


def _draw_mask(count: int, share: float, cuts: int, generator: torch.Generator | None) -> Tensor:
    if generator is None:
        raise ValueError("discrete draws genes: it needs a generator (or a mask)")
    if not cuts:
        return torch.rand(count, generator=generator) < share
    points = torch.randint(count + 1, (cuts, 1), generator=generator)
    return (torch.arange(count) >= points).sum(0) % 2 == 1
