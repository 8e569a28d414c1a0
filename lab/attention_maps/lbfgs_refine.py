"""L-BFGS refinement: a head's queries and keys optimised on a sphere of 2 d + 1 dimensions.

Liu & Nocedal 1989, "On the limited memory BFGS method for large scale optimization".

A head's queries and keys are c = L z + b with |z|^2 <= D, and any such z has an input (see
`minimum_norm_input`): the original's problem in 1,600 numbers a position is one on a sphere in 129
dimensions. The rest of the norm is the last coordinate.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from lab.attention_maps.interfaces import HeadProjection
from lab.attention_maps.norm_constrained_lsq import rotate_query_key
from lab.attention_maps.score_targets import centre_rows, visible_entries

HISTORY = 10  # steps in the memory
DECREASE = 1e-4  # Armijo condition: share of the decrease predicted by the slope
TOLERANCE = 1e-6  # nats squared: a loss that is invisible
HALVINGS = 12  # halvings of a step before the search ends

LossAndGradient = Callable[[Tensor], tuple[float, Tensor]]
"""point -> (loss, gradient)."""


def refine_input(
    projection: HeadProjection,
    c: Tensor,
    target: Tensor,
    budget: float,
    *,
    causal: bool = True,
    steps: int = 100,
    tolerance: float = TOLERANCE,
) -> Tensor:
    """Refine queries and keys c [T, 2 d] (not rotated); return their minimum-norm u [T, D].

    The loss is `image_metrics.centred_score_loss` against the target [T, T]; the search ends
    below `tolerance`.
    """
    root = torch.linalg.cholesky(projection.matrix.double() @ projection.matrix.double().mT).to(
        target
    )
    visible = visible_entries(len(target), causal, target.device)
    goal, mask, count = (
        centre_rows(target, visible),
        visible.to(target),
        visible.sum(1, keepdim=True),
    )

    def loss_and_gradient(flat: Tensor) -> tuple[float, Tensor]:
        point = flat.view(len(target), -1)
        length = point.norm(dim=1, keepdim=True)
        unit = point / length
        c = budget**0.5 * unit[:, :-1] @ root.mT + projection.bias
        q, k = rotate_query_key(projection, c).chunk(2, dim=1)
        residual = ((q * projection.scale) @ k.mT).mul_(mask)
        residual.addcmul_(mask, residual.sum(1, keepdim=True) / count, value=-1).sub_(goal)
        loss = float(residual.flatten() @ residual.flatten() / count.sum())
        residual *= 2 * budget**0.5 / count.sum()
        gradient_c = torch.cat(
            [residual @ (k * projection.scale), residual.mT @ (q * projection.scale)], dim=1
        )
        gradient_unit = rotate_query_key(projection, gradient_c, inverse=True) @ root
        gradient_unit = torch.cat([gradient_unit, torch.zeros_like(length)], dim=1)
        radial = (gradient_unit * unit).sum(1, keepdim=True)
        return loss, ((gradient_unit - radial * unit) / length).flatten()

    z = torch.linalg.solve_triangular(root, (c - projection.bias).mT, upper=False).mT
    remaining = (budget - z.square().sum(1, keepdim=True)).clamp_min(1e-3 * budget).sqrt()
    start = torch.cat([z, remaining], dim=1) / budget**0.5
    solution = minimise_lbfgs(loss_and_gradient, start.flatten(), steps, tolerance).view(
        start.shape
    )
    z = budget**0.5 * torch.nn.functional.normalize(solution, dim=1)[:, :-1]
    return torch.linalg.solve_triangular(root.mT, z.mT, upper=True).mT @ projection.matrix


def minimise_lbfgs(
    loss_and_gradient: LossAndGradient, point: Tensor, steps: int, tolerance: float = 0.0
) -> Tensor:
    """Minimise by L-BFGS; return the point [n] after `steps` steps, or where no step improves."""
    loss, gradient = loss_and_gradient(point)
    moves, changes = list[Tensor](), list[Tensor]()
    for _ in range(steps):
        if loss < tolerance:
            return point
        direction = search_direction(gradient, moves, changes)
        directional_derivative = float(direction @ gradient)
        step_size = 1.0 if moves else 0.1 / float(gradient.norm() + 1e-30)
        for _ in range(HALVINGS):
            candidate = point + step_size * direction
            candidate_loss, candidate_gradient = loss_and_gradient(candidate)
            if candidate_loss <= loss + DECREASE * step_size * directional_derivative:
                break
            step_size /= 2
        else:
            return point
        move, change = candidate - point, candidate_gradient - gradient
        if float(move @ change) > 1e-10 * float(change @ change):
            moves, changes = [*moves, move][-HISTORY:], [*changes, change][-HISTORY:]
        point, loss, gradient = candidate, candidate_loss, candidate_gradient
    return point


def search_direction(gradient: Tensor, moves: list[Tensor], changes: list[Tensor]) -> Tensor:
    """Return minus the approximate inverse Hessian times the gradient (two-loop recursion)."""
    direction, coefficients = -gradient, []
    for move, change in zip(reversed(moves), reversed(changes), strict=True):
        coefficient = float(move @ direction) / float(move @ change)
        coefficients.append(coefficient)
        direction = direction - coefficient * change
    if moves:
        direction = direction * (float(moves[-1] @ changes[-1]) / float(changes[-1] @ changes[-1]))
    for move, change, coefficient in zip(moves, changes, reversed(coefficients), strict=True):
        direction = (
            direction + (coefficient - float(change @ direction) / float(move @ change)) * move
        )
    return direction
