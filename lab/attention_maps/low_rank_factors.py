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

from lab.attention_maps.score_targets import centred, one_sided, visible

RIDGE = 1e-5  # of the mean square of the factors times the rows that a position sees
FLOOR, STIFFER = 1e-9, 12  # the least mean square (of a picture of one colour), and tries
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


def factor(
    target: Tensor,
    rank: int,
    *,
    causal: bool = True,
    sweeps: int = 6,
    anchor: float = ANCHOR,
    eased: bool = True,
) -> Factors:
    """The best factors of a rank for a target [T, T] that some sweeps find; same dtype, device.

    anchor weighs column 0, the reference of `targets.linear`, whose saturated pixels are eased (see
    `one_sided`); other targets want 1 and False. ValueError for a rank beyond T.
    """
    size = target.shape[-1]
    if not 1 <= rank <= size:
        raise ValueError(f"a picture of {size} positions has ranks 1 to {size}, not {rank}")
    seen = visible(size, causal, target.device)
    weight = torch.ones(size, dtype=target.dtype, device=target.device)
    weight[0] = anchor
    q, k = beginning(target, rank, seen)
    wanted = target.masked_fill(~seen, 0)
    for _ in range(sweeps):
        q, offset = queries(wanted, k, weight, causal)
        if eased:
            wanted = one_sided(target, q @ k.mT + offset).masked_fill(~seen, 0)
        k = keys(wanted, q, offset, seen, causal)
    return Factors(q, k)


def beginning(target: Tensor, rank: int, seen: Tensor) -> tuple[Tensor, Tensor]:
    """Factors of the largest singular values of the centred target, hidden entries at 0."""
    u, s, vh = torch.linalg.svd(centred(target, seen), full_matrices=False)
    root = s[:rank].sqrt()
    return u[:, :rank] * root, vh[:rank].mT * root


def queries(wanted: Tensor, k: Tensor, weight: Tensor, causal: bool) -> tuple[Tensor, Tensor]:
    """The best query [T, r] and offset [T, 1] of each row for given keys."""
    z = torch.cat([k, torch.ones_like(k[:, :1])], dim=1)
    weighted = z * weight[:, None]
    solved = solve(sums(weighted, z, causal), wanted @ weighted)
    return solved[:, :-1], solved[:, -1:]


def keys(wanted: Tensor, q: Tensor, offset: Tensor, seen: Tensor, causal: bool) -> Tensor:
    """The best key [T, r] of each column for given queries and offsets."""
    q = q.flip(0)  # a column is seen by the rows after it: from the end they are a prefix too
    right = (wanted - offset).masked_fill(~seen, 0).flip(0, 1).mT @ q
    return solve(sums(q, q, causal), right).flip(0)


def sums(left: Tensor, right: Tensor, causal: bool) -> Tensor:
    """Sums of outer products [T, r, r] over the rows up to each; one of all, if not causal."""
    if not causal:
        return (left.mT @ right)[None]
    return (left[:, :, None] * right[:, None, :]).cumsum_(0)


def solve(normal: Tensor, right: Tensor) -> Tensor:
    """Solve normal x = right for each row, [T, r], with a ridge where too little is seen.

    ArithmeticError where numbers are not finite.
    """
    diagonal = normal.diagonal(dim1=-2, dim2=-1)
    ridge = RIDGE * diagonal.mean().clamp_min(FLOOR)
    for _ in range(STIFFER):  # float32 and a picture of lower rank than asked for
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
