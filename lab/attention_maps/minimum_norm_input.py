"""Minimum-norm input: the shortest input from which given heads read given queries and keys.

With R the stacked maps of the chosen heads and R R^T = L L^T, u = R^T L^-T z projects to L z, and
|z|^2 is its cost from the budget D. A common shift of all keys, and a shift of a query in the null
space of the keys, only add a constant to rows of scores, to which softmax is invariant: both are
used to minimise |z|.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import torch
from torch import Tensor

from lab.attention_maps.gauge import Coupling, compute_coupling, fix_balanced_gauge
from lab.attention_maps.interfaces import HeadProjection
from lab.attention_maps.low_rank_factors import Factors

MAX_BUDGET_SHARE = (
    0.97  # share of the budget for the longest row; the rest is a margin for rounding
)


def find_minimum_norm_input(
    projections: Mapping[int, HeadProjection],
    factors_by_head: Mapping[int, Factors],
    budget: float,
    cap: float,
) -> tuple[Tensor, float, float]:
    """Find the minimum-norm u [T, D], the contrast, and the largest share of the budget.

    Each head is tried with its query bias in the null space and with it cancelled; the larger
    contrast is kept. ValueError where the biases alone exceed the budget.
    """
    head_numbers = list(factors_by_head)
    heads = [projections[number].double() for number in head_numbers]
    factors = [
        Factors(factors_by_head[number].q.double(), factors_by_head[number].k.double())
        for number in head_numbers
    ]
    root = cholesky_of_heads(heads)
    best: tuple[float, Tensor, Tensor] | None = None
    for bias_in_nullspace in (True, False):
        alpha, beta = cost_terms(heads, factors, root, bias_in_nullspace)
        contrast = largest_contrast(alpha, beta, budget)
        if best is None or contrast > best[0]:
            best = (contrast, alpha, beta)
    assert best is not None
    contrast, alpha, beta = best
    if contrast <= 0:
        raise ValueError("the biases of these heads exceed the norm budget: choose other heads")
    contrast = min(contrast, cap)
    z = contrast**0.5 * alpha - beta
    matrix = torch.cat([head.matrix for head in heads])
    u = torch.linalg.solve_triangular(root.mT, z.mT, upper=True).mT @ matrix
    return u, contrast, float(z.square().sum(1).max()) / budget


def cholesky_of_heads(heads: Iterable[HeadProjection]) -> Tensor:
    """Return the Cholesky factor L of the heads' R R^T; ValueError for dependent directions."""
    matrix = torch.cat([head.matrix for head in heads])
    root, failed = torch.linalg.cholesky_ex(matrix @ matrix.mT)
    if int(failed):
        raise ValueError("these heads do not read independent directions: choose others or fewer")
    return root


def cost_terms(
    heads: Sequence[HeadProjection],
    factors: Sequence[Factors],
    root: Tensor,
    bias_in_nullspace: bool,
) -> tuple[Tensor, Tensor]:
    """Return alpha, beta [T, 2 d n]: at contrast c the cost is |sqrt(c) alpha - beta|^2."""
    size, width = len(factors[0].q), heads[0].width
    inverse = torch.cholesky_inverse(root)
    targets, common_moves, row_moves = [], [], []
    for index, (head, head_factors) in enumerate(zip(heads, factors, strict=True)):
        start = 2 * width * index
        block = inverse[start : start + 2 * width, start : start + 2 * width]
        coupling, lq, lk = head_coupling(
            head, block, head_factors.q.shape[1], size, bias_in_nullspace
        )
        x, y = fix_balanced_gauge(head_factors, coupling, separate_budgets=False)
        key_basis = lk @ coupling.right
        targets += [head.rotate(x @ (lq @ coupling.left).mT, inverse=True)]
        targets += [head.rotate(y @ key_basis.mT, inverse=True)]
        nullspace = torch.linalg.svd(head.scale[:, None] * key_basis)[0][
            :, coupling.singular_values.numel() :
        ]
        row_moves.append(move_costs(head, nullspace, start, size, root))
        common_moves.append(move_costs(head, torch.eye(width).to(root), start + width, size, root))
    alpha = whiten(torch.cat(targets, dim=1), root)
    beta = whiten(torch.cat([head.bias for head in heads]).expand_as(alpha), root)
    moves, free = torch.cat(common_moves, dim=1), torch.cat(row_moves, dim=1)
    moves = project_out(moves, free)
    return minimise_common_move(project_out(alpha, free), moves), minimise_common_move(
        project_out(beta, free), moves
    )


def head_coupling(
    head: HeadProjection, inverse: Tensor, rank: int, size: int, bias_in_nullspace: bool
) -> tuple[Coupling, Tensor, Tensor]:
    """Return the coupling of a head, and L_q, L_k: roots of the mean cost of queries and keys."""
    width = head.width
    lq = average_cost_root(head, inverse[:width, :width], size)
    lk = average_cost_root(head, inverse[width:, width:], size)
    n = lq.mT @ (head.scale[:, None] * lk)
    null_query = None
    if bias_in_nullspace and rank < width:
        null_query = torch.linalg.solve_triangular(lq, head.bias[:width, None], upper=False)[:, 0]
    return compute_coupling(n, rank, null_query), lq, lk


def average_cost_root(head: HeadProjection, metric: Tensor, size: int) -> Tensor:
    """Return L with L L^T the inverse metric [d, d], averaged over all positions' rotations."""
    if head.rotary is not None:
        rotated = [head.rotate(row.expand(size, -1)) for row in torch.linalg.cholesky(metric).mT]
        metric = sum((rows.mT @ rows for rows in rotated), torch.zeros_like(metric)) / size
    return torch.linalg.cholesky(torch.linalg.inv(metric))


def move_costs(
    head: HeadProjection, vectors: Tensor, start: int, size: int, root: Tensor
) -> Tensor:
    """Return the cost of shifts of queries or keys along vectors [d, n], [T or 1, n, 2 d n']."""
    positions = 1 if head.rotary is None else size
    moves = torch.zeros(
        positions, vectors.shape[1], len(root), dtype=root.dtype, device=root.device
    )
    for index, vector in enumerate(vectors.mT):
        moves[:, index, start : start + head.width] = head.rotate(
            vector.expand(positions, -1), inverse=True
        )
    return whiten(moves, root)


def whiten(x: Tensor, root: Tensor) -> Tensor:
    """Return L^-1 x along the last dimension of x."""
    flat = x.reshape(-1, x.shape[-1])
    return torch.linalg.solve_triangular(root, flat.mT, upper=False).mT.reshape(x.shape)


def project_out(z: Tensor, free: Tensor) -> Tensor:
    """Project the free directions out of z [T, m] or [T, n, m]; free is [T or 1, n', m]."""
    if not free.shape[1]:
        return z
    basis = torch.linalg.qr(free.mT)[0]
    rows = z[:, None] if z.ndim == 2 else z
    return (rows - (rows @ basis) @ basis.mT).reshape(z.shape)


def minimise_common_move(z: Tensor, moves: Tensor) -> Tensor:
    """Shift z [T, m] by the one combination of moves [T or 1, n, m] that minimises all rows."""
    normal = (moves @ moves.mT).sum(0) * (len(z) / len(moves))
    right = (moves @ z[..., None])[..., 0].sum(0) if len(moves) > 1 else moves[0] @ z.sum(0)
    step = torch.linalg.pinv(normal, rtol=1e-10, hermitian=True) @ right
    return z - (step @ moves if len(moves) == 1 else torch.einsum("n,tnm->tm", step, moves))


def largest_contrast(alpha: Tensor, beta: Tensor, budget: float) -> float:
    """Return the largest contrast c at which |sqrt(c) alpha - beta|^2 fits the budget; or 0.

    A row of one shade (alpha 0) fits at any contrast; infinity where all rows do.
    """
    a, b = alpha.square().sum(1), (alpha * beta).sum(1)
    remaining = MAX_BUDGET_SHARE * budget - beta.square().sum(1)
    discriminant = b.square() + a * remaining
    denominator, blank = a.clamp_min(1e-30), a < 1e-30
    if bool((discriminant < 0).any()) or bool((blank & (remaining < 0)).any()):
        return 0.0
    high = ((b + discriminant.sqrt()) / denominator).masked_fill(blank, math.inf).min()
    low = ((b - discriminant.sqrt()) / denominator).masked_fill(blank, -math.inf).max()
    return float(high) ** 2 if high > max(float(low), 0.0) else 0.0
