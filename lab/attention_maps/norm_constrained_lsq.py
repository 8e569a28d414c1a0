"""Norm-constrained least squares: scores fitted at fixed contrast within an input's norm budget.

`minimum_norm_input` chooses the contrast that fits; the original's target requires 13 nats. Here
each position's cost |L^-1 (c - b)|^2 of its query and key c has a Lagrange multiplier (price),
raised while the cost exceeds the budget (Boyd & Vandenberghe 2004, section 5).
"""

from __future__ import annotations

import torch
from torch import Tensor

from lab.attention_maps.gauge import fix_balanced_gauge
from lab.attention_maps.interfaces import HeadProjection
from lab.attention_maps.low_rank_factors import (
    Factors,
    initial_factors,
    prefix_outer_sums,
    solve_rows,
)
from lab.attention_maps.minimum_norm_input import head_coupling
from lab.attention_maps.score_targets import visible_entries

INITIAL_PRICE = 1e-4  # initial price of a unit of cost
TARGET_USAGE = 0.95  # share of the budget at which a price is constant
PRICE_FACTOR_RANGE = (0.5, 8.0)  # bounds of the squared factor of a price change


def fit_within_budget(
    projection: HeadProjection,
    target: Tensor,
    budget: float,
    *,
    causal: bool = True,
    sweeps: int = 6,
) -> Tensor:
    """Fit queries and keys [T, 2 d], not rotated, to a target [T, T] in nats within the budget.

    Rows of the target count up to a constant; rows that still cost too much are scaled down.
    """
    size = len(target)
    visible = visible_entries(size, causal, target.device)
    masked_target = target.masked_fill(~visible, 0)
    root = torch.linalg.cholesky(projection.matrix.double() @ projection.matrix.double().mT).to(
        target
    )
    metric = cost_metrics(projection, root, size)
    c = initial_queries_keys(projection, target, visible, root)
    bias = rotate_query_key(projection, projection.bias.expand(size, -1))
    price = torch.full((size,), INITIAL_PRICE, dtype=target.dtype, device=target.device)
    scale = projection.scale
    for _ in range(sweeps):
        q, k = c.chunk(2, dim=1)
        z = torch.cat([k * scale, torch.ones_like(k[:, :1])], dim=1)
        q, offset = query_step(metric, c - bias, bias, price, z, masked_target, causal)
        k = key_step(metric, torch.cat([q, k], 1) - bias, bias, price, q * scale,
                     (masked_target - offset).masked_fill(~visible, 0), causal)  # fmt: skip
        c = torch.cat([q, k], dim=1)
        usage = projection_cost(metric, c - bias) / budget
        price = price * (usage / TARGET_USAGE).clamp(*PRICE_FACTOR_RANGE).square()
    shrink = (TARGET_USAGE * budget / projection_cost(metric, c - bias)).sqrt().clamp(max=1)
    return rotate_query_key(projection, bias + (c - bias) * shrink[:, None], inverse=True)


def cost_metrics(projection: HeadProjection, root: Tensor, size: int) -> Tensor:
    """Return the metrics of queries and keys, [T or 1, 2 d, 2 d]: rotated inverses of R R^T."""
    inverse = torch.cholesky_inverse(root)
    if projection.rotary is None:
        return inverse[None]
    unit = torch.eye(len(inverse)).to(inverse)
    rotations = torch.stack(
        [rotate_query_key(projection, row.expand(size, -1)) for row in unit], dim=1
    )
    return rotations.mT @ inverse @ rotations


def rotate_query_key(projection: HeadProjection, c: Tensor, inverse: bool = False) -> Tensor:
    """Rotate queries and keys [T, 2 d] by their positions, or back."""
    return torch.cat([projection.rotate(part, inverse) for part in c.chunk(2, dim=1)], dim=1)


def initial_queries_keys(
    projection: HeadProjection, target: Tensor, visible: Tensor, root: Tensor
) -> Tensor:
    """Return initial queries and keys [T, 2 d] from singular values, in the cheapest gauge."""
    size, width = len(target), projection.width
    projection64 = projection.double()
    inverse = torch.cholesky_inverse(root.double())
    coupling, lq, lk = head_coupling(projection64, inverse, width, size, bias_in_nullspace=False)
    factors = Factors(*initial_factors(target, width, visible))
    x, y = fix_balanced_gauge(
        Factors(factors.q.double(), factors.k.double()), coupling, separate_budgets=False
    )
    return torch.cat([x @ (lq @ coupling.left).mT, y @ (lk @ coupling.right).mT], dim=1).to(target)


def projection_cost(metric: Tensor, excess: Tensor) -> Tensor:
    """Return the squared norm [T] of the inputs that project to excess [T, 2 d]."""
    if len(metric) == 1:
        return ((excess @ metric[0]) * excess).sum(1)
    return torch.einsum("ta,tab,tb->t", excess, metric, excess)


def query_step(
    metric: Tensor,
    excess: Tensor,
    bias: Tensor,
    price: Tensor,
    z: Tensor,
    target: Tensor,
    causal: bool,
) -> tuple[Tensor, Tensor]:
    """Solve for queries [T, d] and offsets [T, 1] at given keys and prices."""
    width = z.shape[1] - 1
    query_block, cross_block = metric[:, :width, :width], metric[:, :width, width:]
    normal = expand_matrices(prefix_outer_sums(z, z, causal), len(z))
    normal[:, :width, :width] += price[:, None, None] * query_block
    right = target @ z
    right[:, :width] += price[:, None] * (
        apply_metric(query_block, bias[:, :width]) - apply_metric(cross_block, excess[:, width:])
    )
    solution = solve_rows(normal, right)
    return solution[:, :width], solution[:, width:]


def key_step(
    metric: Tensor,
    excess: Tensor,
    bias: Tensor,
    price: Tensor,
    q: Tensor,
    target: Tensor,
    causal: bool,
) -> Tensor:
    """Solve for keys [T, d] at given queries and prices."""
    width = q.shape[1]
    key_block, cross_block = metric[:, width:, width:], metric[:, width:, :width]
    reversed_q = q.flip(0)
    normal = expand_matrices(prefix_outer_sums(reversed_q, reversed_q, causal), len(q))
    normal += (price[:, None, None] * key_block).flip(0)
    right = target.mT @ q
    right += price[:, None] * (
        apply_metric(key_block, bias[:, width:]) - apply_metric(cross_block, excess[:, :width])
    )
    return solve_rows(normal, right.flip(0)).flip(0)


def expand_matrices(normal: Tensor, size: int) -> Tensor:
    """Return writable matrices [T, r, r] of one shared or T matrices."""
    return normal if len(normal) == size else normal.repeat(size, 1, 1)


def apply_metric(metric: Tensor, rows: Tensor) -> Tensor:
    """Return metric_i rows_i, [T, d]."""
    return rows @ metric[0].mT if len(metric) == 1 else (metric @ rows[..., None])[..., 0]
