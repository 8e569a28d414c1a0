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
from lab.genealogy.kinship import angles
from lab.models.genotype import Genotype
from lab.models.hypersphere import angle, slerp, tangent


@dataclass(frozen=True)
class Share:
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
class Claim:
    """One pair of candidates: its blocks, its residual over all rows, what it explains.

    explained is 1 - (residual / angle to the nearest candidate)^2: 1 where the pair accounts for
    every row, near 0 or below where one candidate alone does as well.
    """

    parents: tuple[str, str]
    blocks: dict[str, Share]
    residual: float
    explained: float


def infer(child: Genotype, candidates: Mapping[str, Genotype]) -> list[Claim]:
    """Every pair of candidates, the one with the smallest residual first.

    How far the first stands from the second says how sure the answer is; where `explained` is
    near 0 or below for all, the child has one parent among them, or none: `nearest` tells which.
    ValueError for fewer than two candidates, or one of another architecture.
    """
    if len(candidates) < 2:
        raise ValueError("a paternity test needs two candidates or more")
    alone = nearest(child, candidates)[0][1]
    claims = [_claim(child, pair, candidates, alone) for pair in combinations(candidates, 2)]
    return sorted(claims, key=lambda claim: claim.residual)


def nearest(child: Genotype, candidates: Mapping[str, Genotype]) -> list[tuple[str, float]]:
    """Each candidate with its RMS angle to the child in radians, nearest first."""
    distances = {name: angles(child, one)["all"] for name, one in candidates.items()}
    return sorted(distances.items(), key=lambda pair: pair[1])


def _claim(
    child: Genotype, names: tuple[str, str], candidates: Mapping[str, Genotype], alone: float
) -> Claim:
    a, b, c = (directions(one) for one in (*(candidates[n] for n in names), child))
    blocks = {}
    omega, along = angle(a, b), _along(a, b, c)
    squares = 0.0
    for name, part in child.layout.row_blocks.items():
        blocks[name] = _share(a[part], b[part], c[part], omega[part], along[part])
        squares += blocks[name].residual ** 2 * len(c[part])
    residual = math.sqrt(squares / len(c))
    return Claim(names, blocks, residual, 1 - (residual / alone) ** 2 if alone > 0 else 0.0)


def _along(a: Tensor, b: Tensor, c: Tensor) -> Tensor:
    """Angle of each c along the great circle from a towards b, in (-pi, pi]."""
    u = torch.nn.functional.normalize(tangent(a, b), dim=-1)
    return torch.atan2((c * u).sum(-1), (c * a).sum(-1))


def _share(a: Tensor, b: Tensor, c: Tensor, omega: Tensor, along: Tensor) -> Share:
    weight = float((omega**2).sum())
    if weight == 0:  # the two candidates are equal here: nothing can be told
        return Share(math.nan, math.inf, math.nan, float(angle(a, c).square().mean().sqrt()))
    alpha = float((along * omega).sum()) / weight
    off = along - alpha * omega
    rows = max(1, len(omega) - 1)
    return Share(
        alpha=alpha,
        error=math.sqrt(float((off**2).sum()) / rows / weight),
        spread=math.sqrt(float((off**2).sum()) / weight),
        residual=float(angle(slerp(a, b, alpha), c).square().mean().sqrt()),
    )
