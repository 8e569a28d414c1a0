"""Slerp kernel: rows interpolated along geodesics in one pass, their squared lengths with it.

Shoemake 1985, "Animating rotation with quaternion curves". Both rows are in the processor's first
cache when the child is written, so that memory is read once: two rows in, one out.
"""

from __future__ import annotations

import math

import numpy as np

from lab.kernels.numba_options import compile_kernel

LARGEST_COSINE = 1 - 1e-12  # weights beyond are those of parallel points


@compile_kernel
def interpolate_rows(a, b, t, wide_cosine, antipodal_angle, out, squares):  # type: ignore[no-untyped-def]
    """Write the point at t between rows of a and b [n, d] float32 into out; squares [2, n] too.

    t is float64, [n] or [1]. Weights are float64, from a float32 inner product; where that is below
    wide_cosine, the angle is computed in float64 too, and beyond antipodal_angle the nearer end is
    taken. squares receives <a, a> and <b, b>.
    """
    width = a.shape[1]
    for row in range(len(a)):
        x, y, child = a[row], b[row], out[row]
        xy, xx, yy = np.float32(0.0), np.float32(0.0), np.float32(0.0)
        for i in range(width):
            xy += x[i] * y[i]
            xx += x[i] * x[i]
            yy += y[i] * y[i]
        squares[0, row], squares[1, row] = xx, yy
        share = t[row] if len(t) > 1 else t[0]
        if xy < wide_cosine:
            interpolate_wide(x, y, share, antipodal_angle, child)
            continue
        omega = math.acos(min(np.float64(xy), LARGEST_COSINE))
        sine = math.sin(omega)
        x_weight = np.float32(math.sin(omega * (1 - share)) / sine)
        y_weight = np.float32(math.sin(omega * share) / sine)
        for i in range(width):
            child[i] = x_weight * x[i] + y_weight * y[i]


@compile_kernel
def interpolate_wide(x, y, share, antipodal_angle, child):  # type: ignore[no-untyped-def]
    """Write the point at a share between x and y [d], far apart, into child: float64 inside."""
    apart, together = 0.0, 0.0
    for i in range(len(x)):
        apart += (np.float64(x[i]) - np.float64(y[i])) ** 2
        together += (np.float64(x[i]) + np.float64(y[i])) ** 2
    omega = 2 * math.atan2(math.sqrt(apart), math.sqrt(together))
    if omega > antipodal_angle:
        x_weight, y_weight = (1.0, 0.0) if share < 0.5 else (0.0, 1.0)
    else:
        x_weight, y_weight = math.sin((1 - share) * omega), math.sin(share * omega)
    length = 0.0
    for i in range(len(x)):
        length += (x_weight * np.float64(x[i]) + y_weight * np.float64(y[i])) ** 2
    length = max(math.sqrt(length), 1e-12)
    for i in range(len(x)):
        child[i] = np.float32((x_weight * np.float64(x[i]) + y_weight * np.float64(y[i])) / length)
