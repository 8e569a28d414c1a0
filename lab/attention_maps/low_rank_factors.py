"""Factors: queries and keys of few dimensions whose products are the scores that are wanted.

Alternating least squares on a causal mask. The normal matrix of row i is a sum over the keys that
it sees, and those of row i + 1 are the same and one more: all of them are one prefix sum.
Zhou et al. 2008, "Large-scale parallel collaborative filtering for the Netflix prize".

Row i is fitted up to a number of its own, which softmax forgets: an offset, solved for as the
coefficient of a key dimension that is always 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from lab.attention_maps.score_targets import centre_rows, relax_saturated_target, visible_entries

RIDGE = 1e-5  # of the mean square of the factors times the rows that a position sees
RIDGE_FLOOR, RIDGE_TRIES = 1e-9, 12  # the least mean square (of a picture of one colour), and tries
ANCHOR = 16.0  # what an error in the reference column weighs: it would move its whole row


@dataclass(frozen=True)
class Factors:
    """Queries and keys [T, r]; their products are scores up to a number a row."""

    q: Tensor
    k: Tensor

    @property
    def scores(self) -> Tensor:
        """All products, [T, T]."""
        return self.q @ self.k.mT


def factorise_scores(
    target: Tensor,
    rank: int,
    *,
    causal: bool = True,
    sweeps: int = 6,
    anchor: float = ANCHOR,
    relax_saturated: bool = True,
) -> Factors:
    """The best factors of a rank for a target [T, T] that some sweeps find; same dtype, device.

    anchor weighs column 0, the reference of `targets.linear`, whose saturated pixels are eased (see
    `one_sided`); other targets want 1 and False. ValueError for a rank beyond T.
    """
    size = target.shape[-1]
    if not 1 <= rank <= size:
        raise ValueError(f"a picture of {size} positions has ranks 1 to {size}, not {rank}")
    visible = visible_entries(size, causal, target.device)
    weight = torch.ones(size, dtype=target.dtype, device=target.device)
    weight[0] = anchor
    q, k = initial_factors(target, rank, visible)
    goal = target.masked_fill(~visible, 0)
    for _ in range(sweeps):
        q, offset = fit_queries(goal, k, weight, causal)
        if relax_saturated:
            goal = relax_saturated_target(target, q @ k.mT + offset).masked_fill(~visible, 0)
        k = fit_keys(goal, q, offset, visible, causal)
    return Factors(q, k)


def initial_factors(target: Tensor, rank: int, visible: Tensor) -> tuple[Tensor, Tensor]:
    """Factors of the largest singular values of the centred target, hidden entries at 0."""
    u, s, vh = torch.linalg.svd(centre_rows(target, visible), full_matrices=False)
    root = s[:rank].sqrt()
    return u[:, :rank] * root, vh[:rank].mT * root


def fit_queries(target: Tensor, k: Tensor, weight: Tensor, causal: bool) -> tuple[Tensor, Tensor]:
    """The best query [T, r] and offset [T, 1] of each row for given keys."""
    z = torch.cat([k, torch.ones_like(k[:, :1])], dim=1)
    weighted = z * weight[:, None]
    solution = solve_rows(prefix_outer_sums(weighted, z, causal), target @ weighted)
    return solution[:, :-1], solution[:, -1:]


def fit_keys(target: Tensor, q: Tensor, offset: Tensor, visible: Tensor, causal: bool) -> Tensor:
    """The best key [T, r] of each column for given queries and offsets."""
    q = q.flip(0)  # a column is seen by the rows after it: from the end they are a prefix too
    right = (target - offset).masked_fill(~visible, 0).flip(0, 1).mT @ q
    return solve_rows(prefix_outer_sums(q, q, causal), right).flip(0)


def prefix_outer_sums(left: Tensor, right: Tensor, causal: bool) -> Tensor:
    """Sums of outer products [T, r, r] over the rows up to each; one of all, if not causal."""
    if not causal:
        return (left.mT @ right)[None]
    return (left[:, :, None] * right[:, None, :]).cumsum_(0)


def solve_rows(normal: Tensor, right: Tensor) -> Tensor:
    """Solve normal x = right for each row, [T, r], with a ridge where too little is seen.

    ArithmeticError where numbers are not finite.
    """
    diagonal = normal.diagonal(dim1=-2, dim2=-1)
    ridge = RIDGE * diagonal.mean().clamp_min(RIDGE_FLOOR)
    for _ in range(RIDGE_TRIES):  # float32 and a picture of lower rank than asked for
        diagonal += ridge
        root, failed = torch.linalg.cholesky_ex(normal)
        if not bool(failed.any()):
            break
        ridge = 10 * ridge
    else:
        raise ArithmeticError("the scores that are wanted are not finite")
    if len(root) == 1:
        return torch.cholesky_solve(right.mT, root[0]).mT
    return torch.cholesky_solve(right[..., None], root)[..., 0]
