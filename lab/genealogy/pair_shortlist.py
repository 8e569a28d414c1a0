"""A shortlist: which pair of many candidates an individual descends from, by a few rows each.

A row of a child of a and b lies on the great circle through a and b, wherever on it: bred along a
geodesic, or taken whole from either. All pairs are tried at once by the rows' cosines with each
other, which is cheap enough for hundreds of candidates.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import normalize

from lab.models.genotype import Genotype
from lab.models.hypersphere import angle

ROWS = 32  # of each block
NOISE = 1e-6  # radians; what rounding to float32 and back may cost
ALIKE = 1.1  # pairs that miss the child's rows by less than this factor more do equally well
SAME = 1e-6  # sine of an angle; two rows nearer than that are one point and span no circle


@dataclass(frozen=True)
class Shortlist:
    """The likeliest pair; others on its circles, closer together; the best pair of all the rest.

    off: RMS angle in radians between the child's rows and the circles of the pair; runner_up_off
    that of the runner-up (infinite without one). z: how many standard errors the pair's mean
    squared angle is below the runner-up's, row by row.
    """

    pair: tuple[str, str]
    alike: list[tuple[str, str]]
    runner_up: tuple[str, str] | None
    off: float
    runner_up_off: float
    z: float


def sketch(genotype: Genotype, rows: int = ROWS) -> Tensor:
    """Evenly spaced rows of every block, [at most `rows` a block, dim], float64, of unit length."""
    chosen = [
        part.start + torch.linspace(0, size - 1, min(rows, size)).round().long()
        for part in genotype.layout.row_blocks.values()
        if (size := part.stop - part.start)
    ]
    return normalize(genotype.rows[torch.cat(chosen)].double(), dim=-1)


def apart(a: Tensor, b: Tensor) -> float:
    """RMS angle in radians between the rows of two sketches."""
    return float(angle(a, b).square().mean().sqrt())


def misses(child: Tensor, candidates: Tensor, block: int = ROWS) -> Tensor:
    """RMS angle [n, n] between rows [rows, dim] and the circles of each pair of [n, rows, dim].

    Infinite on the diagonal. A block of rows at a time.
    """
    total = torch.zeros(len(candidates), len(candidates), dtype=torch.float64)
    for start in range(0, len(child), block):
        part = slice(start, start + block)
        total += _angles(child[part], candidates[:, part]).square().sum(0)
    return (total / len(child)).sqrt().fill_diagonal_(torch.inf)


def shortlist(child: Tensor, candidates: Mapping[str, Tensor]) -> Shortlist:
    """The pair of candidates on whose circles a child lies, all given as sketches.

    Any two points of a circle explain a third one: a child of forks lies between one fork and
    another of their children as well. So of pairs that do equally well the widest is taken whose
    circles hold both members of the best. ValueError for fewer than two candidates.
    """
    if len(candidates) < 2:
        raise ValueError("a paternity test needs two candidates or more")
    names, rows = list(candidates), torch.stack(list(candidates.values()))
    off = misses(child, rows)
    pairs = [(i, j) for i in range(len(names)) for j in range(i + 1, len(names))]
    pairs.sort(key=lambda pair: float(off[pair]))
    best, least = pairs[0], float(off[pairs[0]])
    slack = 2 * least + NOISE
    members = {one: misses(rows[one], rows) for one in best}
    holding = [
        pair
        for pair in pairs
        if off[pair] <= ALIKE * least + NOISE
        and all(one in pair or members[one][pair] <= slack for one in best)
    ]
    chosen = max(holding, key=lambda pair: apart(rows[pair[0]], rows[pair[1]]))
    held = {
        one
        for one in range(len(names))
        if one in chosen or float(misses(rows[one], rows[list(chosen)])[0, 1]) <= slack
    }
    alike = [pair for pair in pairs if pair != chosen and held.issuperset(pair)]
    rest = [pair for pair in pairs if not held.issuperset(pair)]
    second = rest[0] if rest else None
    return Shortlist(
        pair=(names[chosen[0]], names[chosen[1]]),
        alike=[(names[i], names[j]) for i, j in alike],
        runner_up=(names[second[0]], names[second[1]]) if second else None,
        off=float(off[chosen]),
        runner_up_off=float(off[second]) if second else math.inf,
        z=_z(child, rows[list(chosen)], rows[list(second)]) if second else math.inf,
    )


def _angles(child: Tensor, candidates: Tensor) -> Tensor:
    """Angles [rows, n, n] between rows and the circle of each pair, or its one point."""
    near = torch.einsum("nrd,rd->rn", candidates, child)
    cosine = torch.einsum("nrd,mrd->rnm", candidates, candidates).clamp(-1, 1)
    sine = (1 - cosine**2).sqrt()
    along = near.unsqueeze(2).expand_as(cosine)
    across = (near.unsqueeze(1) - cosine * along) / sine.clamp_min(SAME)
    inside = torch.where(sine > SAME, (along**2 + across**2).sqrt(), along).clamp(-1, 1)
    return torch.acos(inside)


def _z(child: Tensor, pair: Tensor, other: Tensor) -> float:
    """Standard errors by which the circles of a pair miss fewer squared radians than another's."""
    gain = _angles(child, other)[:, 0, 1] ** 2 - _angles(child, pair)[:, 0, 1] ** 2
    error = float(gain.std()) / math.sqrt(len(gain))
    return float(gain.mean()) / error if error > 0 else 0.0
