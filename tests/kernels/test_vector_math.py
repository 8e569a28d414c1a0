"""Vector math: exp and norm beside numpy's in float64."""

from __future__ import annotations

import numpy as np

from lab.kernels.vector_math import exp_in_place, norm


def test_exp_is_right_to_float32() -> None:
    x = np.concatenate([np.linspace(-87, 87, 100_001), [0.0]]).astype(np.float32)
    wanted = np.exp(x.astype(np.float64))
    exp_in_place(x, np.empty(len(x), np.int32))
    assert float(np.abs(x / wanted - 1).max()) < 3e-7
    assert x[-1] == 1.0


def test_far_below_nothing_is_left() -> None:
    x = np.array([-1e3, -np.inf], np.float32)
    exp_in_place(x, np.empty(2, np.int32))
    assert (x >= 0).all() and x.max() < 2e-38


def test_norm_is_the_length() -> None:
    x = np.random.default_rng(0).standard_normal(1001).astype(np.float32)
    assert abs(float(norm(x)) / float(np.linalg.norm(x.astype(np.float64))) - 1) < 1e-6
