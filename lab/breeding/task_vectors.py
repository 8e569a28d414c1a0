"""Task vectors on the sphere: what each parent learned since the common ancestor, row by row.

Ilharco et al. 2022, arXiv 2212.04089, with log and exp map in place of minus and plus.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from lab.breeding.compatibility import check
from lab.models.genotype import Genotype
from lab.models.hypersphere import exp_map, log_map


def family(parents: Sequence[Genotype], ancestor: Genotype | None, operator: str) -> Genotype:
    """The ancestor; ValueError where it is missing, or does not go with the parents."""
    if ancestor is None:
        raise ValueError(f"{operator} needs the parents' common ancestor")
    check(parents, ancestor)
    return ancestor


def task_vectors(rows: Tensor, origin: Tensor) -> Tensor:
    """log_o(x) of the parents' rows [K, n, dim] at the ancestor's [n, dim]; [K, n, dim] float64."""
    return torch.stack([log_map(origin.double(), x) for x in rows])


def walk(origin: Tensor, vectors: Tensor) -> Tensor:
    """exp_o(v) in float32, with v cut at half a turn, from where a geodesic comes back."""
    length = vectors.norm(dim=-1, keepdim=True)
    within = vectors * (math.pi / length.clamp_min(math.pi))
    return exp_map(origin.double(), within).float()
