"""Task vectors: what each parent learned since the common ancestor, row by row.

Ilharco et al. 2022, arXiv 2212.04089, on the sphere with log and exp map for minus and plus.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from lab.breeding.compatibility import check_parents
from lab.breeding.geometry import SPHERE, Geometry
from lab.models.genotype import Genotype


def require_ancestor(
    parents: Sequence[Genotype], ancestor: Genotype | None, operator: str
) -> Genotype:
    """The ancestor; ValueError where it is missing, or does not go with the parents."""
    if ancestor is None:
        raise ValueError(f"{operator} needs the parents' common ancestor")
    check_parents(parents, ancestor)
    return ancestor


def task_vectors(rows: Tensor, origin: Tensor, space: Geometry = SPHERE) -> Tensor:
    """log_o(x) of the parents' rows [K, n, dim] at the ancestor's [n, dim]; [K, n, dim] float64."""
    return torch.stack([space.log(origin.double(), x) for x in rows])


def apply_task_vectors(origin: Tensor, vectors: Tensor, space: Geometry = SPHERE) -> Tensor:
    """exp_o(v) in float32; on the sphere at most half a turn."""
    return space.exp(origin.double(), vectors).float()
