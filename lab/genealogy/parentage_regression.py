"""Spans: which of many candidates an individual is mixed from, however many they are.

Forward selection and backward elimination (Efroymson 1960, "Multiple regression analysis"), each
row of a child being regressed on the same row of those chosen.

A row of a child of k parents lies in the plane that their rows span: bred as their mean on the
sphere or as a sum of task vectors, where their ancestor is one of the k.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from lab.genealogy.pair_shortlist import NOISE, misses

MOST = 8  # members of a span
CERTAIN = 5.0  # standard errors by which a member must lessen what is missed
SHARE = 0.05  # of the squared sine that is missed, which a member must take away
RIDGE = 1e-12  # of the squared length of a row, for members that lie on one circle


@dataclass(frozen=True)
class Span:
    """The candidates that a child is mixed from, in the order of what each accounts for.

    off: the angle in radians between the child's rows and the span of the members' rows, and
    distance: that to the nearest of them; arcsines of RMS sines, since sines add up. without: for
    each member, how far off the others alone are, and by how many standard errors that is more,
    row by row, than a row of chance would explain.
    """

    members: tuple[str, ...]
    off: float
    distance: float
    without: dict[str, tuple[float, float]]

    @property
    def account(self) -> float:
        """The share of the squared sine to the nearest member that all of them account for."""
        alone = math.sin(self.distance)
        return 1 - (math.sin(self.off) / alone) ** 2 if alone > 0 else 0.0

    @property
    def weakest(self) -> tuple[str, float, float]:
        """The member whose absence costs least: its name, how far off the rest is, its z."""
        name = min(self.without, key=lambda one: self.without[one][0])
        return name, *self.without[name]


def span(child: Tensor, candidates: Mapping[str, Tensor]) -> Span:
    """The fewest candidates in whose span a child lies, all given as sketches [rows, dim].

    From the best pair on, whoever explains most is taken in while that is more than chance; then
    whoever is not missed is dropped. ValueError for fewer than two candidates.
    """
    if len(candidates) < 2:
        raise ValueError("a paternity test needs two candidates or more")
    names, rows = list(candidates), torch.stack(list(candidates.values()))
    chosen = _grown(child, rows, list(divmod(int(misses(child, rows).argmin()), len(names))))
    while len(chosen) > 2:
        costs = [_gain(child, rows, [x for x in chosen if x != one], one) for one in chosen]
        least = min(range(len(chosen)), key=lambda i: costs[i][0])
        if _counts(*costs[least]):
            break
        del chosen[least]
    without = {}
    for one in chosen:
        rest = [other for other in chosen if other != one]
        without[names[one]] = _off(child, rows[rest]), _gain(child, rows, rest, one)[1]
    order = sorted(without, key=lambda name: -without[name][0])
    distance = min(_off(child, rows[[one]]) for one in chosen)
    return Span(tuple(order), _off(child, rows[chosen]), distance, without)


def needed(child: Tensor, members: Sequence[Tensor]) -> bool:
    """Whether each of several members explains more of a child beside the others than chance does.

    All are given as sketches.
    """
    rows, everyone = torch.stack(list(members)), range(len(members))
    return all(
        _counts(*_gain(child, rows, [x for x in everyone if x != one], one)) for one in everyone
    )


def weights(child: Sequence[Tensor], members: Sequence[Sequence[Tensor]]) -> list[float]:
    """How much of each member is in a child: least squares over all of their rows, of sum 1.

    child holds blocks of unit rows [n, dim], members as many each. NaN where no mixture of theirs
    has a sum.
    """
    count = len(members)
    gram, target = torch.zeros(count, count, dtype=torch.float64), torch.zeros(count).double()
    for rows, *others in zip(child, *members, strict=True):
        stacked = torch.stack([one.double().flatten() for one in others])
        gram += stacked @ stacked.T
        target += stacked @ rows.double().flatten()
    found = torch.linalg.lstsq(gram, target.unsqueeze(1), driver="gelsd").solution[:, 0]
    total = float(found.sum())
    return [float(one) / total if abs(total) > NOISE else math.nan for one in found]


def _grown(child: Tensor, rows: Tensor, chosen: list[int]) -> list[int]:
    """The chosen, and whoever explains more than chance beside those before."""
    while len(chosen) < min(MOST, len(rows), child.shape[1] - 1):
        others = [one for one in range(len(rows)) if one not in chosen]
        best = min(others, key=lambda one: float(_missed(child, rows[[*chosen, one]]).mean()))
        if not _counts(*_gain(child, rows, chosen, best)):
            break
        chosen = [*chosen, best]
    return chosen


def _counts(share: float, z: float) -> bool:
    return share > SHARE and z > CERTAIN


def _gain(child: Tensor, rows: Tensor, chosen: Sequence[int], one: int) -> tuple[float, float]:
    """(the share of what the chosen miss that one more takes away, beyond chance; its z)."""
    before, after = _missed(child, rows[chosen]), _missed(child, rows[[*chosen, one]])
    left = float(before.mean())
    if left <= NOISE**2:
        return 0.0, 0.0
    gain = before - after - before / (child.shape[1] - len(chosen))
    error = float(gain.std()) / math.sqrt(len(gain))
    return float(gain.mean()) / left, float(gain.mean()) / error if error > 0 else 0.0


def _off(child: Tensor, members: Tensor) -> float:
    return math.asin(min(1.0, math.sqrt(float(_missed(child, members).mean()))))


def _missed(child: Tensor, members: Tensor) -> Tensor:
    """Squared sines [rows] between rows [rows, dim] and the span of members [k, rows, dim]."""
    gram = torch.einsum("krd,lrd->rkl", members, members)
    gram += RIDGE * torch.eye(len(members), dtype=gram.dtype)
    target = torch.einsum("krd,rd->rk", members, child).unsqueeze(-1)
    mixed = torch.einsum("rkx,krd->rd", torch.linalg.solve(gram, target), members)
    return (child - mixed).square().sum(-1)
