"""Polish: L-BFGS on all that an input can do to one head, exactly, in 2 d + 1 numbers a position.

Liu & Nocedal 1989, "On the limited memory BFGS method for large scale optimization".

The head reads z with c = L z + b, |z|^2 <= D, and any such z has an input (see `placing`): the
original's problem in 1,600 numbers a position is one on a sphere of 129. What z leaves of the
length is the last coordinate.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from lab.attention_maps.interfaces import Reading
from lab.attention_maps.norm_constrained_lsq import both
from lab.attention_maps.score_targets import centred, visible

MEMORY = 10  # steps that the method remembers
DECREASE = 1e-4  # of what the slope promises: the least that a step must bring
ENOUGH = 1e-6  # nats squared: a loss that nobody sees
HALVINGS = 12  # of a step, before the search ends

Slope = Callable[[Tensor], tuple[float, Tensor]]
"""A point -> the loss there and its gradient."""


def polish(
    reading: Reading,
    c: Tensor,
    target: Tensor,
    budget: float,
    *,
    causal: bool = True,
    steps: int = 100,
    enough: float = ENOUGH,
) -> Tensor:
    """u [T, D] without its filling, from queries and keys c [T, 2 d] (not turned) to begin with.

    The loss is `measures.loss` beside the target [T, T] in nats; the search ends below enough, so
    that steps are spent on pictures that need them.
    """
    root = torch.linalg.cholesky(reading.read.double() @ reading.read.double().mT).to(target)
    seen = visible(len(target), causal, target.device)
    goal, mask, count = centred(target, seen), seen.to(target), seen.sum(1, keepdim=True)

    def slope(flat: Tensor) -> tuple[float, Tensor]:
        point = flat.view(len(target), -1)
        length = point.norm(dim=1, keepdim=True)
        unit = point / length
        c = budget**0.5 * unit[:, :-1] @ root.mT + reading.bias
        q, k = both(reading, c).chunk(2, dim=1)
        off = ((q * reading.scale) @ k.mT).mul_(mask)
        off.addcmul_(mask, off.sum(1, keepdim=True) / count, value=-1).sub_(goal)
        loss = float(off.flatten() @ off.flatten() / count.sum())
        off *= 2 * budget**0.5 / count.sum()
        to_c = torch.cat([off @ (k * reading.scale), off.mT @ (q * reading.scale)], dim=1)
        to_unit = both(reading, to_c, back=True) @ root
        to_unit = torch.cat([to_unit, torch.zeros_like(length)], dim=1)
        along = (to_unit * unit).sum(1, keepdim=True)
        return loss, ((to_unit - along * unit) / length).flatten()

    z = torch.linalg.solve_triangular(root, (c - reading.bias).mT, upper=False).mT
    rest = (budget - z.square().sum(1, keepdim=True)).clamp_min(1e-3 * budget).sqrt()
    start = torch.cat([z, rest], dim=1) / budget**0.5
    found = descend(slope, start.flatten(), steps, enough).view(start.shape)
    z = budget**0.5 * torch.nn.functional.normalize(found, dim=1)[:, :-1]
    return torch.linalg.solve_triangular(root.mT, z.mT, upper=True).mT @ reading.read


def descend(slope: Slope, point: Tensor, steps: int, enough: float = 0.0) -> Tensor:
    """The point [n] after so many steps of L-BFGS, or where no step brings anything."""
    loss, gradient = slope(point)
    moves, changes = list[Tensor](), list[Tensor]()
    for _ in range(steps):
        if loss < enough:
            return point
        way = direction(gradient, moves, changes)
        promise = float(way @ gradient)
        size = 1.0 if moves else 0.1 / float(gradient.norm() + 1e-30)
        for _ in range(HALVINGS):
            there = point + size * way
            now, new = slope(there)
            if now <= loss + DECREASE * size * promise:
                break
            size /= 2
        else:
            return point
        move, change = there - point, new - gradient
        if float(move @ change) > 1e-10 * float(change @ change):
            moves, changes = [*moves, move][-MEMORY:], [*changes, change][-MEMORY:]
        point, loss, gradient = there, now, new
    return point


def direction(gradient: Tensor, moves: list[Tensor], changes: list[Tensor]) -> Tensor:
    """Minus the inverse curvature that the memory tells, times the gradient: the two loops."""
    way, shares = -gradient, []
    for move, change in zip(reversed(moves), reversed(changes), strict=True):
        share = float(move @ way) / float(move @ change)
        shares.append(share)
        way = way - share * change
    if moves:
        way = way * (float(moves[-1] @ changes[-1]) / float(changes[-1] @ changes[-1]))
    for move, change, share in zip(moves, changes, reversed(shares), strict=True):
        way = way + (share - float(change @ way) / float(move @ change)) * move
    return way
