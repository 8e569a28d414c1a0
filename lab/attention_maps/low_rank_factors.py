"""Low-rank factors: queries and keys fitted to target scores by alternating least squares.

Alternating least squares on a causal mask. The normal matrix of row i is a sum over its
visible keys, and row i + 1 sees one more: all of them are one prefix sum.
Zhou et al. 2008, "Large-scale parallel collaborative filtering for the Netflix prize".

Row i is fitted up to a constant, to which softmax is invariant: an offset, solved for as the
coefficient of a key dimension that is always 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from lab.attention_maps.score_targets import centre_rows, relax_saturated_target, visible_entries

RIDGE = 1e-5  # relative to the mean square of the factors times the visible rows
RIDGE_FLOOR, RIDGE_TRIES = 1e-9, 12  # least mean square (of a picture of one colour), and attempts
ANCHOR = 16.0  # weight of an error in the reference column, which shifts its whole row


@dataclass(frozen=True)
class Factors:
    """Queries and keys [T, r]; their products are scores up to a constant per row."""

    q: Tensor
    k: Tensor

    @property
    def scores(self) -> Tensor:
        """Return all products, [T, T]."""
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
    """Fit factors of a rank to a target [T, T] by some sweeps; same dtype and device.

    anchor weights column 0, the reference of `linear_target`, whose saturated pixels are relaxed
    (see `relax_saturated_target`); other targets take 1 and False. ValueError for a rank beyond T.
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
    """Return factors of the leading singular values of the centred target, masked entries 0."""
    u, s, vh = torch.linalg.svd(centre_rows(target, visible), full_matrices=False)
    root = s[:rank].sqrt()
    return u[:, :rank] * root, vh[:rank].mT * root


def fit_queries(target: Tensor, k: Tensor, weight: Tensor, causal: bool) -> tuple[Tensor, Tensor]:
    """Solve for the query [T, r] and offset [T, 1] of each row for given keys."""
    z = torch.cat([k, torch.ones_like(k[:, :1])], dim=1)
    weighted = z * weight[:, None]
    solution = solve_rows(prefix_outer_sums(weighted, z, causal), target @ weighted)
    return solution[:, :-1], solution[:, -1:]


def fit_keys(target: Tensor, q: Tensor, offset: Tensor, visible: Tensor, causal: bool) -> Tensor:
    """Solve for the key [T, r] of each column for given queries and offsets."""
    q = q.flip(0)  # a column is visible to the rows after it: a prefix sum from the end
    right = (target - offset).masked_fill(~visible, 0).flip(0, 1).mT @ q
    return solve_rows(prefix_outer_sums(q, q, causal), right).flip(0)


def prefix_outer_sums(left: Tensor, right: Tensor, causal: bool) -> Tensor:
    """Return prefix sums of outer products [T, r, r]; the total sum, if not causal."""
    if not causal:
        return (left.mT @ right)[None]
    return (left[:, :, None] * right[:, None, :]).cumsum_(0)


def solve_rows(normal: Tensor, right: Tensor) -> Tensor:
    """Solve normal x = right for each row, [T, r], with a ridge for underdetermined rows.

    ArithmeticError where numbers are not finite.
    """
    diagonal = normal.diagonal(dim1=-2, dim2=-1)
    ridge = RIDGE * diagonal.mean().clamp_min(RIDGE_FLOOR)
    for _ in range(RIDGE_TRIES):  # float32, and a picture of lower rank than requested
        diagonal += ridge
        root, failed = torch.linalg.cholesky_ex(normal)
        if not bool(failed.any()):
            break
        ridge = 10 * ridge
    else:
        raise ArithmeticError("the target scores are not finite")
    if len(root) == 1:
        return torch.cholesky_solve(right.mT, root[0]).mT
    return torch.cholesky_solve(right[..., None], root)[..., 0]
