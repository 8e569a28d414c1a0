"""Vector math: exponentials and norms of float32 rows, in loops that the compiler vectorizes.

Cody and Waite 1980, "Software manual for the elementary functions" (the range reduction of exp).
"""

from __future__ import annotations

import numpy as np

from lab.kernels.numba_options import compile_kernel

LOG2_E = np.float32(1.4426950408889634)
LN2_HIGH, LN2_LOW = np.float32(0.693359375), np.float32(-2.12194440e-4)
EXP_MIN = np.float32(-87.0)  # exp of less is 0
C2, C3, C4, C5, C6, C7 = (
    np.float32(value)
    for value in (0.5, 1.6666666e-1, 4.1666456e-2, 8.3334519e-3, 1.3981999e-3, 1.9875691e-4)
)


@compile_kernel
def exp_in_place(x, powers):  # type: ignore[no-untyped-def]
    """Replace x [N] float32, none above 87, by exp(x); powers [N] int32 is overwritten.

    The largest relative error is 2e-7; below -87 the result is 1.6e-38, not 0.
    """
    factors = powers.view(np.float32)
    for i in range(len(x)):
        value = max(x[i], EXP_MIN)
        n = np.floor(value * LOG2_E + np.float32(0.5))
        r = value - n * LN2_HIGH - n * LN2_LOW
        p = C7
        p = p * r + C6
        p = p * r + C5
        p = p * r + C4
        p = p * r + C3
        p = p * r + C2
        x[i] = p * r * r + r + np.float32(1.0)
        powers[i] = (np.int32(n) + np.int32(127)) << np.int32(23)
    for i in range(len(x)):
        x[i] *= factors[i]


@compile_kernel
def norm(x):  # type: ignore[no-untyped-def]
    """Return the length of x [N] float32."""
    total = np.float32(0.0)
    for i in range(len(x)):
        total += x[i] * x[i]
    return np.sqrt(total)
