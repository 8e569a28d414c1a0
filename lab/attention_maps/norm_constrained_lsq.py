"""Least squares within a head's budget: for scores whose contrast is given, not chosen.

`placing` picks the contrast that fits; the original's target asks for its own 13 nats. Here each
position's cost |L^-1 (c - b)|^2 of its query and key c has a price, raised while it is overdrawn.
"""

from __future__ import annotations

import torch
from torch import Tensor

from lab.attention_maps.gauge import balanced
from lab.attention_maps.interfaces import Reading
from lab.attention_maps.low_rank_factors import Factors, beginning, solve, sums
from lab.attention_maps.minimum_norm_input import channel
from lab.attention_maps.score_targets import visible

PRICE = 1e-4  # of a unit of cost, at first
EDGE = 0.95  # share of the budget at which a price stays
STEEP = (0.5, 8.0)  # the least and the most that a price changes by, squared


def fit(
    reading: Reading, target: Tensor, budget: float, *, causal: bool = True, sweeps: int = 6
) -> Tensor:
    """Queries and keys [T, 2 d], not yet turned, for a target [T, T] in nats, within the budget.

    Rows of the target count up to a number; those that still cost too much are cut to the budget.
    """
    size = len(target)
    seen = visible(size, causal, target.device)
    wanted = target.masked_fill(~seen, 0)
    root = torch.linalg.cholesky(reading.read.double() @ reading.read.double().mT).to(target)
    metric = metrics(reading, root, size)
    c = opening(reading, target, seen, root)
    bias = both(reading, reading.bias.expand(size, -1))
    price = torch.full((size,), PRICE, dtype=target.dtype, device=target.device)
    scale = reading.scale
    for _ in range(sweeps):
        q, k = c.chunk(2, dim=1)
        z = torch.cat([k * scale, torch.ones_like(k[:, :1])], dim=1)
        q, offset = row_step(metric, c - bias, bias, price, z, wanted, causal)
        k = key_step(metric, torch.cat([q, k], 1) - bias, bias, price, q * scale,
                     (wanted - offset).masked_fill(~seen, 0), causal)  # fmt: skip
        c = torch.cat([q, k], dim=1)
        use = cost(metric, c - bias) / budget
        price = price * (use / EDGE).clamp(*STEEP).square()
    over = (EDGE * budget / cost(metric, c - bias)).sqrt().clamp(max=1)
    return both(reading, bias + (c - bias) * over[:, None], back=True)


def metrics(reading: Reading, root: Tensor, size: int) -> Tensor:
    """What queries and keys cost, [T or 1, 2 d, 2 d]: turn_i (R R^T)^-1 turn_i^T."""
    inverse = torch.cholesky_inverse(root)
    if reading.turns is None:
        return inverse[None]
    unit = torch.eye(len(inverse)).to(inverse)
    turns = torch.stack([both(reading, row.expand(size, -1)) for row in unit], dim=1)
    return turns.mT @ inverse @ turns


def both(reading: Reading, c: Tensor, back: bool = False) -> Tensor:
    """Queries and keys [T, 2 d] turned as their positions are, or back."""
    return torch.cat([reading.turned(part, back) for part in c.chunk(2, dim=1)], dim=1)


def opening(reading: Reading, target: Tensor, seen: Tensor, root: Tensor) -> Tensor:
    """Queries and keys [T, 2 d] to begin with: the singular values', in the cheapest gauge."""
    size, width = len(target), reading.width
    one = reading.double()
    inverse = torch.cholesky_inverse(root.double())
    through, lq, lk = channel(one, inverse, width, size, spared=False)
    factors = Factors(*beginning(target, width, seen))
    x, y = balanced(Factors(factors.q.double(), factors.k.double()), through, ends=False)
    return torch.cat([x @ (lq @ through.left).mT, y @ (lk @ through.right).mT], dim=1).to(target)


def cost(metric: Tensor, off: Tensor) -> Tensor:
    """Squared length [T] of the input that reads off [T, 2 d] beyond the biases."""
    if len(metric) == 1:
        return ((off @ metric[0]) * off).sum(1)
    return torch.einsum("ta,tab,tb->t", off, metric, off)


def row_step(
    metric: Tensor,
    off: Tensor,
    bias: Tensor,
    price: Tensor,
    z: Tensor,
    wanted: Tensor,
    causal: bool,
) -> tuple[Tensor, Tensor]:
    """The best queries [T, d] and offsets [T, 1], keys and prices being what they are."""
    width = z.shape[1] - 1
    own, cross = metric[:, :width, :width], metric[:, :width, width:]
    normal = each(sums(z, z, causal), len(z))
    normal[:, :width, :width] += price[:, None, None] * own
    right = wanted @ z
    right[:, :width] += price[:, None] * (
        times(own, bias[:, :width]) - times(cross, off[:, width:])
    )
    solved = solve(normal, right)
    return solved[:, :width], solved[:, width:]


def key_step(
    metric: Tensor,
    off: Tensor,
    bias: Tensor,
    price: Tensor,
    q: Tensor,
    wanted: Tensor,
    causal: bool,
) -> Tensor:
    """The best keys [T, d], queries and prices being what they are."""
    width = q.shape[1]
    own, cross = metric[:, width:, width:], metric[:, width:, :width]
    back = q.flip(0)
    normal = each(sums(back, back, causal), len(q))
    normal += (price[:, None, None] * own).flip(0)
    right = wanted.mT @ q
    right += price[:, None] * (times(own, bias[:, width:]) - times(cross, off[:, :width]))
    return solve(normal, right.flip(0)).flip(0)


def each(normal: Tensor, size: int) -> Tensor:
    """Matrices [T, r, r] that may be written to, where there may be one for all."""
    return normal if len(normal) == size else normal.repeat(size, 1, 1)


def times(metric: Tensor, rows: Tensor) -> Tensor:
    """metric_i rows_i, [T, d]."""
    return rows @ metric[0].mT if len(metric) == 1 else (metric @ rows[..., None])[..., 0]
