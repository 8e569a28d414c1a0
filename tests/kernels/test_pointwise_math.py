"""Pointwise math: edges that a model's numbers do not reach."""

from __future__ import annotations

import numpy as np

from lab.kernels import pointwise_math


def test_a_zero_vector_moves_nothing_and_makes_no_nan() -> None:
    x, y = np.eye(2, 4, dtype=np.float32), np.zeros((2, 4), np.float32)
    out, inverse = np.empty_like(x), np.empty((2, 2), np.float32)
    pointwise_math.residual_forward(x, y, np.full(4, 0.5, np.float32), out, inverse)
    assert np.allclose(out, x)
    gradients = np.empty_like(x), np.empty_like(y), np.empty(4)
    pointwise_math.residual_gradient(
        x, y, np.full(4, 0.5, np.float32), out, inverse, np.ones_like(x), *gradients
    )
    assert all(np.isfinite(gradient).all() for gradient in gradients)


def test_gates_that_overflow_exp_are_shut() -> None:
    up, out = np.array([[1, 1, -1e4, 1e4]], np.float32), np.empty((1, 2), np.float32)
    pointwise_math.swiglu_forward(up, out)
    assert abs(out[0, 0]) < 1e-30 and out[0, 1] == np.float32(1e4)
    to_up = np.empty_like(up)
    pointwise_math.swiglu_gradient(up, np.ones((1, 2), np.float32), to_up)
    assert np.isfinite(to_up).all() and abs(to_up[0, 3] - 1) < 1e-6
