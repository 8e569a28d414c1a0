"""Paternity: which parents, and how much of each, from the weights alone.

Least squares on the geodesic: row i of a child of a and b lies on the great circle from a_i to
b_i. With w_i the angle between a_i and b_i and p_i the child's angle along that circle, the
coefficient of a block of rows that minimises sum (p_i - alpha w_i)^2 is sum p_i w_i / sum w_i^2.
Rows that are not unit are told by their directions.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import torch
from torch import Tensor

from lab.breeding.geometry import directions
from lab.genealogy.kinship import block_rms_angles
from lab.models.genotype import Genotype
from lab.models.hypersphere import angle, slerp_rows, tangent_rows


@dataclass(frozen=True)
class BlockFit:
    """What one block of rows says: the coefficient, how sure it is, and what is left over.

    alpha: 0 is all of the first parent, 1 all of the second. error: standard error of alpha from
    the scatter of its rows. spread: standard deviation of the rows' own coefficients, near 0 for a
    geodesic and near 0.5 for rows taken whole from one parent or the other. residual: RMS angle
    in radians between the child's rows and the geodesic at alpha.
    """

    alpha: float
    error: float
    spread: float
    residual: float


@dataclass(frozen=True)
class PairFit:
    """One pair of candidates: its blocks, its residual over all rows, what it explains.

    explained is 1 - (residual / angle to the nearest candidate)^2: 1 where the pair accounts for
    every row, near 0 or below where one candidate alone does as well.
    """

    parents: tuple[str, str]
    blocks: dict[str, BlockFit]
    residual: float
    explained_share: float


def rank_parent_pairs(child: Genotype, candidates: Mapping[str, Genotype]) -> list[PairFit]:
    """Every pair of candidates, the one with the smallest residual first.

    How far the first stands from the second says how sure the answer is; where `explained` is
    near 0 or below for all, the child has one parent among them, or none: `nearest` tells which.
    ValueError for fewer than two candidates, or one of another architecture.
    """
    if len(candidates) < 2:
        raise ValueError("a paternity test needs two candidates or more")
    nearest_angle = rank_candidates_by_angle(child, candidates)[0][1]
    fits = [
        _fit_pair(child, pair, candidates, nearest_angle) for pair in combinations(candidates, 2)
    ]
    return sorted(fits, key=lambda fit: fit.residual)


def rank_candidates_by_angle(
    child: Genotype, candidates: Mapping[str, Genotype]
) -> list[tuple[str, float]]:
    """Each candidate with its RMS angle to the child in radians, nearest first."""
    distances = {
        name: block_rms_angles(child, candidate)["all"] for name, candidate in candidates.items()
    }
    return sorted(distances.items(), key=lambda pair: pair[1])


def _fit_pair(
    child: Genotype,
    names: tuple[str, str],
    candidates: Mapping[str, Genotype],
    nearest_angle: float,
) -> PairFit:
    a, b, c = (directions(genotype) for genotype in (*(candidates[n] for n in names), child))
    blocks = {}
    omega, child_angles = angle(a, b), _angle_along_circle(a, b, c)
    squared_residuals = 0.0
    for name, part in child.layout.row_blocks.items():
        blocks[name] = _fit_block(a[part], b[part], c[part], omega[part], child_angles[part])
        squared_residuals += blocks[name].residual ** 2 * len(c[part])
    residual = math.sqrt(squared_residuals / len(c))
    return PairFit(
        names, blocks, residual, 1 - (residual / nearest_angle) ** 2 if nearest_angle > 0 else 0.0
    )


def _angle_along_circle(a: Tensor, b: Tensor, c: Tensor) -> Tensor:
    """Angle of each c along the great circle from a towards b, in (-pi, pi]."""
    u = torch.nn.functional.normalize(tangent_rows(a, b), dim=-1)
    return torch.atan2((c * u).sum(-1), (c * a).sum(-1))


def _fit_block(a: Tensor, b: Tensor, c: Tensor, omega: Tensor, child_angles: Tensor) -> BlockFit:
    weight = float((omega**2).sum())
    if weight == 0:  # the two candidates are equal here: nothing can be told
        return BlockFit(math.nan, math.inf, math.nan, float(angle(a, c).square().mean().sqrt()))
    alpha = float((child_angles * omega).sum()) / weight
    deviations = child_angles - alpha * omega
    degrees_of_freedom = max(1, len(omega) - 1)
    return BlockFit(
        alpha=alpha,
        error=math.sqrt(float((deviations**2).sum()) / degrees_of_freedom / weight),
        spread=math.sqrt(float((deviations**2).sum()) / weight),
        residual=float(angle(slerp_rows(a, b, alpha), c).square().mean().sqrt()),
    )
