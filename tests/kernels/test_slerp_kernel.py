"""The slerp kernel: far apart rows in float64. Its results are tested in tests/models."""

from __future__ import annotations

import numpy as np

from lab.kernels.slerp_kernel import interpolate_wide


def test_rows_far_apart_stay_on_the_sphere() -> None:
    x = np.array([1, 0, 0], np.float32)
    y = np.array([np.cos(3.1), np.sin(3.1), 0], np.float32)
    child = np.empty(3, np.float32)
    interpolate_wide(x, y, 0.5, np.pi - 1e-3, child)
    assert np.allclose(child, [np.cos(1.55), np.sin(1.55), 0], atol=1e-5)
    assert abs(np.linalg.norm(child.astype(np.float64)) - 1) < 1e-6
