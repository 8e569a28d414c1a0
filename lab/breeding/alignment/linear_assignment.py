"""Linear assignment: rows matched to columns one to one so that the total score is largest.

Crouse 2016, "On implementing 2D rectangular assignment algorithms", a Jonker-Volgenant algorithm
without initialisation, as `scipy.optimize.linear_sum_assignment` has it.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor


def solve_assignment(score: Tensor) -> Tensor:
    """order [n] that maximises sum_i score[i, order[i]], for a square score of finite numbers.

    Exact, O(n^3). ValueError for another shape, or for NaN and infinities.
    """
    matrix = score.detach().cpu().double().numpy()
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not np.isfinite(matrix).all():
        raise ValueError(f"an assignment needs a square of finite scores, got {matrix.shape}")
    from scipy.optimize import linear_sum_assignment  # half a second to import

    return torch.from_numpy(linear_sum_assignment(matrix, maximize=True)[1])
