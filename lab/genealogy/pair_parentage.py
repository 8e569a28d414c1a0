"""Pair parentage: a parentage test of two parents by least squares on the geodesic between them.

Least squares on the geodesic: row i of a child of a and b lies on the great circle from a_i to
b_i. With w_i the angle between a_i and b_i and p_i the child's angle along that circle, the
coefficient of a block of rows that minimises sum (p_i - alpha w_i)^2 is sum p_i w_i / sum w_i^2.
Rows that are not unit are compared by their directions.
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
    """The fit of one block of rows: coefficient, standard error, spread and residual.

    alpha: 0 is the first parent, 1 the second. error: standard error of alpha over its rows.
    spread: standard deviation of the rows' own coefficients, near 0 for a geodesic and near 0.5
    for rows inherited whole. residual: RMS angle in radians between the child's rows and the
    geodesic at alpha.
    """

    alpha: float
    error: float
    spread: float
    residual: float


@dataclass(frozen=True)
class PairFit:
    """The fit of one pair of candidates: blocks, residual over all rows, explained share.

    explained is 1 - (residual / angle to the nearest candidate)^2: 1 where the pair explains
    every row, near 0 or below where one candidate alone does as well.
    """

    parents: tuple[str, str]
    blocks: dict[str, BlockFit]
    residual: float
    explained_share: float


def rank_parent_pairs(child: Genotype, candidates: Mapping[str, Genotype]) -> list[PairFit]:
    """Fit every pair of candidates; the smallest residual comes first.

    The gap between the first two residuals is the evidence; where `explained` is near 0 or below
    for all, the child has one parent among them, or none: see `rank_candidates_by_angle`.
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
    """Return each candidate with its RMS angle to the child in radians, nearest first."""
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
    """Return the angle of each c along the great circle from a towards b, in (-pi, pi]."""
    u = torch.nn.functional.normalize(tangent_rows(a, b), dim=-1)
    return torch.atan2((c * u).sum(-1), (c * a).sum(-1))


def _fit_block(a: Tensor, b: Tensor, c: Tensor, omega: Tensor, child_angles: Tensor) -> BlockFit:
    weight = float((omega**2).sum())
    if weight == 0:  # the candidates are equal here: no angle is defined
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
