"""Pair shortlist: a parentage test of every pair of many candidates, on a sample of rows.

A row of a child of a and b lies on the great circle through a and b, whether it was interpolated
or inherited whole. All pairs are scored at once from the rows' cosines, which is cheap enough for
hundreds of candidates.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import normalize

from lab.models.genotype import Genotype, Layout
from lab.models.hypersphere import angle

ROWS_PER_BLOCK = 32  # of each block
ROUNDING_ANGLE = 1e-6  # radians; the rounding error of float32
EQUIVALENCE_FACTOR = 1.1  # pairs whose residual is larger by less than this factor fit equally well
MIN_SINE = 1e-6  # sine of an angle; two closer rows are one point and span no circle


@dataclass(frozen=True)
class PairShortlist:
    """The best pair, the equivalent pairs on its circles, and the runner-up.

    residual_angle: RMS angle in radians between the child's rows and the circles of the pair;
    runner_up_residual_angle: that of the runner-up (infinite without one). z: by how many standard
    errors the pair's mean squared angle is below the runner-up's, row by row.
    """

    pair: tuple[str, str]
    equivalent_pairs: list[tuple[str, str]]
    runner_up: tuple[str, str] | None
    residual_angle: float
    runner_up_residual_angle: float
    z: float


def sketch_row_indices(layout: Layout, rows_per_block: int = ROWS_PER_BLOCK) -> Tensor:
    """Return the indices of evenly spaced rows of every block, [rows]."""
    return torch.cat(
        [
            part.start + torch.linspace(0, size - 1, min(rows_per_block, size)).round().long()
            for part in layout.row_blocks.values()
            if (size := part.stop - part.start)
        ]
    )


def sketch_rows(genotype: Genotype, rows_per_block: int = ROWS_PER_BLOCK) -> Tensor:
    """Return evenly spaced rows of every block, [rows, dim], float64, of unit length."""
    indices = sketch_row_indices(genotype.layout, rows_per_block)
    return normalize(genotype.rows[indices].double(), dim=-1)


def rms_sketch_angle(a: Tensor, b: Tensor) -> float:
    """Return the RMS angle in radians between the rows of two sketches."""
    return float(angle(a, b).square().mean().sqrt())


def pair_residual_angles(child: Tensor, candidates: Tensor, block: int = ROWS_PER_BLOCK) -> Tensor:
    """Return RMS angles [n, n] from rows [rows, dim] to the circles of pairs of [n, rows, dim].

    Infinite on the diagonal; computed in blocks of rows.
    """
    squared_angles = torch.zeros(len(candidates), len(candidates), dtype=torch.float64)
    for start in range(0, len(child), block):
        part = slice(start, start + block)
        squared_angles += _circle_angles(child[part], candidates[:, part]).square().sum(0)
    return (squared_angles / len(child)).sqrt().fill_diagonal_(torch.inf)


def shortlist_parent_pairs(child: Tensor, candidates: Mapping[str, Tensor]) -> PairShortlist:
    """Find the pair of candidates on whose circles a child lies; all are sketches [rows, dim].

    Any two points of a circle explain a third one: a child of forks also lies between one fork and
    another child of theirs. So among pairs that fit equally well, the widest is taken whose circles
    contain both members of the best. ValueError for fewer than two candidates.
    """
    if len(candidates) < 2:
        raise ValueError("a paternity test needs two candidates or more")
    names, rows = list(candidates), torch.stack(list(candidates.values()))
    residuals = pair_residual_angles(child, rows)
    pairs = [(i, j) for i in range(len(names)) for j in range(i + 1, len(names))]
    pairs.sort(key=lambda pair: float(residuals[pair]))
    best_pair, min_residual = pairs[0], float(residuals[pairs[0]])
    tolerance = 2 * min_residual + ROUNDING_ANGLE
    member_residuals = {member: pair_residual_angles(rows[member], rows) for member in best_pair}
    equally_good = [
        pair
        for pair in pairs
        if residuals[pair] <= EQUIVALENCE_FACTOR * min_residual + ROUNDING_ANGLE
        and all(
            member in pair or member_residuals[member][pair] <= tolerance for member in best_pair
        )
    ]
    widest = max(equally_good, key=lambda pair: rms_sketch_angle(rows[pair[0]], rows[pair[1]]))
    on_circles = {
        candidate
        for candidate in range(len(names))
        if candidate in widest
        or float(pair_residual_angles(rows[candidate], rows[list(widest)])[0, 1]) <= tolerance
    }
    equivalent_pairs = [pair for pair in pairs if pair != widest and on_circles.issuperset(pair)]
    other_pairs = [pair for pair in pairs if not on_circles.issuperset(pair)]
    runner_up = other_pairs[0] if other_pairs else None
    return PairShortlist(
        pair=(names[widest[0]], names[widest[1]]),
        equivalent_pairs=[(names[i], names[j]) for i, j in equivalent_pairs],
        runner_up=(names[runner_up[0]], names[runner_up[1]]) if runner_up else None,
        residual_angle=float(residuals[widest]),
        runner_up_residual_angle=float(residuals[runner_up]) if runner_up else math.inf,
        z=_z_score(child, rows[list(widest)], rows[list(runner_up)]) if runner_up else math.inf,
    )


def _circle_angles(child: Tensor, candidates: Tensor) -> Tensor:
    """Return angles [rows, n, n] from rows to the circle, or the one point, of each pair."""
    child_cosine = torch.einsum("nrd,rd->rn", candidates, child)
    cosine = torch.einsum("nrd,mrd->rnm", candidates, candidates).clamp(-1, 1)
    sine = (1 - cosine**2).sqrt()
    along = child_cosine.unsqueeze(2).expand_as(cosine)
    across = (child_cosine.unsqueeze(1) - cosine * along) / sine.clamp_min(MIN_SINE)
    projection = torch.where(sine > MIN_SINE, (along**2 + across**2).sqrt(), along).clamp(-1, 1)
    return torch.acos(projection)


def _z_score(child: Tensor, pair: Tensor, other_pair: Tensor) -> float:
    """Return the z score of the difference of squared residuals of two pairs."""
    gain = (
        _circle_angles(child, other_pair)[:, 0, 1] ** 2 - _circle_angles(child, pair)[:, 0, 1] ** 2
    )
    error = float(gain.std()) / math.sqrt(len(gain))
    return float(gain.mean()) / error if error > 0 else 0.0
