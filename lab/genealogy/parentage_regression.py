"""Parentage regression: the candidates that an individual is mixed from, by forward selection.

Forward selection and backward elimination (Efroymson 1960, "Multiple regression analysis"): each
row of a child is regressed on the same row of the selected candidates.

A row of a child of k parents lies in the plane that their rows span: bred as their mean on the
sphere or as a sum of task vectors, where their ancestor is one of the k.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from lab.genealogy.pair_shortlist import ROUNDING_ANGLE, pair_residual_angles

MAX_MEMBERS = 8  # candidates that are selected at most
MIN_Z_SCORE = 5.0  # standard errors by which a member must reduce the residual
MIN_SHARE = 0.05  # share of the squared residual sine that a member must explain
RIDGE = 1e-12  # relative to a squared row length, for members on one circle


@dataclass(frozen=True)
class ParentMixture:
    """The candidates that a child is mixed from, in order of selection.

    residual_angle: the angle in radians between the child's rows and the span of the members' rows;
    nearest_angle: that to the nearest member; both are arcsines of RMS sines. leave_one_out: for
    each member, the residual angle of the others alone, and the z score of the difference beyond
    what a random row would explain.
    """

    members: tuple[str, ...]
    residual_angle: float
    nearest_angle: float
    leave_one_out: dict[str, tuple[float, float]]

    @property
    def explained_share(self) -> float:
        """The share of the squared sine to the nearest member that all members explain."""
        nearest_sine = math.sin(self.nearest_angle)
        return 1 - (math.sin(self.residual_angle) / nearest_sine) ** 2 if nearest_sine > 0 else 0.0

    @property
    def weakest_member(self) -> tuple[str, float, float]:
        """The least needed member: its name, the residual angle without it, and its z score."""
        name = min(self.leave_one_out, key=lambda member: self.leave_one_out[member][0])
        return name, *self.leave_one_out[name]


def fit_parent_mixture(child: Tensor, candidates: Mapping[str, Tensor]) -> ParentMixture:
    """Select the fewest candidates in whose span a child lies; all are sketches [rows, dim].

    Starting from the best pair, the candidate that explains most is added while the gain is
    significant; then members that are not significant are dropped. ValueError for fewer
    than two candidates.
    """
    if len(candidates) < 2:
        raise ValueError("a paternity test needs two candidates or more")
    names, rows = list(candidates), torch.stack(list(candidates.values()))
    selected = _select_forward(
        child, rows, list(divmod(int(pair_residual_angles(child, rows).argmin()), len(names)))
    )
    while len(selected) > 2:
        costs = [
            _gain_of_adding(child, rows, [x for x in selected if x != member], member)
            for member in selected
        ]
        weakest = min(range(len(selected)), key=lambda i: costs[i][0])
        if _is_significant(*costs[weakest]):
            break
        del selected[weakest]
    leave_one_out = {}
    for member in selected:
        others = [other_member for other_member in selected if other_member != member]
        leave_one_out[names[member]] = (
            _residual_angle(child, rows[others]),
            _gain_of_adding(child, rows, others, member)[1],
        )
    order = sorted(leave_one_out, key=lambda name: -leave_one_out[name][0])
    nearest_angle = min(_residual_angle(child, rows[[member]]) for member in selected)
    return ParentMixture(
        tuple(order), _residual_angle(child, rows[selected]), nearest_angle, leave_one_out
    )


def are_all_needed(child: Tensor, members: Sequence[Tensor]) -> bool:
    """Whether every member explains a significant part of a child beside the others.

    All are sketches [rows, dim].
    """
    rows, indices = torch.stack(list(members)), range(len(members))
    return all(
        _is_significant(*_gain_of_adding(child, rows, [x for x in indices if x != index], index))
        for index in indices
    )


def mixture_weights(child: Sequence[Tensor], members: Sequence[Sequence[Tensor]]) -> list[float]:
    """Return the least-squares weight of each member in a child, over all rows, with sum 1.

    child holds blocks of unit rows [n, dim], and so does each member. NaN where the weights sum
    to 0.
    """
    count = len(members)
    gram, target = torch.zeros(count, count, dtype=torch.float64), torch.zeros(count).double()
    for rows, *others in zip(child, *members, strict=True):
        stacked = torch.stack([block.double().flatten() for block in others])
        gram += stacked @ stacked.T
        target += stacked @ rows.double().flatten()
    solution = torch.linalg.lstsq(gram, target.unsqueeze(1), driver="gelsd").solution[:, 0]
    total = float(solution.sum())
    return [
        float(weight) / total if abs(total) > ROUNDING_ANGLE else math.nan for weight in solution
    ]


def _select_forward(child: Tensor, rows: Tensor, selected: list[int]) -> list[int]:
    """Add candidates to the selected ones while the best gain is significant."""
    while len(selected) < min(MAX_MEMBERS, len(rows), child.shape[1] - 1):
        remaining = [index for index in range(len(rows)) if index not in selected]
        best = min(
            remaining,
            key=lambda index: float(
                _squared_residual_sines(child, rows[[*selected, index]]).mean()
            ),
        )
        if not _is_significant(*_gain_of_adding(child, rows, selected, best)):
            break
        selected = [*selected, best]
    return selected


def _is_significant(share: float, z: float) -> bool:
    return share > MIN_SHARE and z > MIN_Z_SCORE


def _gain_of_adding(
    child: Tensor, rows: Tensor, selected: Sequence[int], candidate: int
) -> tuple[float, float]:
    """Return the share of the residual that a candidate explains beyond chance, and its z score."""
    missed, missed_with_candidate = (
        _squared_residual_sines(child, rows[selected]),
        _squared_residual_sines(child, rows[[*selected, candidate]]),
    )
    mean_missed = float(missed.mean())
    if mean_missed <= ROUNDING_ANGLE**2:
        return 0.0, 0.0
    gain = missed - missed_with_candidate - missed / (child.shape[1] - len(selected))
    error = float(gain.std()) / math.sqrt(len(gain))
    return float(gain.mean()) / mean_missed, float(gain.mean()) / error if error > 0 else 0.0


def _residual_angle(child: Tensor, members: Tensor) -> float:
    return math.asin(min(1.0, math.sqrt(float(_squared_residual_sines(child, members).mean()))))


def _squared_residual_sines(child: Tensor, members: Tensor) -> Tensor:
    """Return squared sines [rows] between rows [rows, dim] and the span of [k, rows, dim]."""
    gram = torch.einsum("krd,lrd->rkl", members, members)
    gram += RIDGE * torch.eye(len(members), dtype=gram.dtype)
    target = torch.einsum("krd,rd->rk", members, child).unsqueeze(-1)
    projection = torch.einsum("rkx,krd->rd", torch.linalg.solve(gram, target), members)
    return (child - projection).square().sum(-1)
