"""The assignment problem: match rows to columns one to one so that the total score is largest.

Kuhn 1955, "The Hungarian method"; Jonker & Volgenant 1987, "A shortest augmenting path algorithm
for dense and sparse linear assignment problems".
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor


def solve_assignment(score: Tensor) -> Tensor:
    """order [n] that maximises sum_i score[i, order[i]], for a square score of finite numbers.

    Shortest augmenting paths, O(n^3) with rows of numpy work; exact. ValueError for another
    shape, or for NaN and infinities.
    """
    cost = -score.detach().cpu().double().numpy()
    if cost.ndim != 2 or cost.shape[0] != cost.shape[1] or not np.isfinite(cost).all():
        raise ValueError(f"an assignment needs a square of finite scores, got {cost.shape}")
    n = len(cost)
    v = cost.min(axis=0)  # column potentials: every reduced cost starts at 0 or more
    column_of, row_of = np.full(n, -1), np.full(n, -1)
    for row, column in enumerate((cost - v).argmin(axis=1).tolist()):
        if row_of[column] < 0 and cost[row, column] <= v[column]:
            column_of[row], row_of[column] = column, row
    for free_row in np.flatnonzero(column_of < 0).tolist():
        _augment(cost, v, column_of, row_of, free_row)
    return torch.from_numpy(column_of)


def _augment(
    cost: np.ndarray, v: np.ndarray, column_of: np.ndarray, row_of: np.ndarray, start: int
) -> None:
    """Match one more row along the cheapest path of reversals; updates v and both matchings."""
    n = len(cost)
    distance, previous_row = np.full(n, np.inf), np.full(n, start)
    visited = np.zeros(n, dtype=bool)
    row, path_cost = start, 0.0
    while True:
        column = int(column_of[row])
        matched_cost = cost[row, column] - v[column] if column >= 0 else 0.0
        candidate_distance = path_cost + (cost[row] - v - matched_cost)
        improved = ~visited & (candidate_distance < distance)
        distance[improved], previous_row[improved] = candidate_distance[improved], row
        nearest = int(np.where(visited, np.inf, distance).argmin())
        path_cost = float(distance[nearest])
        if row_of[nearest] < 0:
            break
        visited[nearest] = True
        row = int(row_of[nearest])
    v[visited] += distance[visited] - path_cost
    column = nearest
    while column >= 0:
        row = int(previous_row[column])
        row_of[column] = row
        column_of[row], column = column, int(column_of[row])
        if row == start:
            break
