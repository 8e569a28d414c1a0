"""Numba slerp: tensors handed to the compiled loop of lab.kernels.slerp_kernel."""

from __future__ import annotations

import torch
from torch import Tensor

from lab.kernels.numba_options import is_numba_installed


def interpolate(
    a: Tensor,
    b: Tensor,
    t: Tensor,
    wide_cosine: float,
    antipodal_angle: float,
    out: Tensor,
    squares: Tensor | None,
) -> None:
    """Write the slerp of float32 rows a, b [n, d] at t, [n] or a number, into out [n, d].

    squares [2, n] receives <a, a> and <b, b>. ValueError on a GPU or where Numba is missing.
    """
    if not is_numba_installed():
        raise ValueError("kernel=numba needs Numba: pip install 'model-breeding-lab[fast]'")
    if a.device.type != "cpu":
        raise ValueError("kernel=numba is for a CPU")
    from lab.kernels.slerp_kernel import interpolate_rows

    squares = torch.empty(2, len(a)) if squares is None else squares
    rows = (x.contiguous().numpy() for x in (a, b))
    shares = t.reshape(-1).contiguous().numpy()
    interpolate_rows(*rows, shares, wide_cosine, antipodal_angle, out.numpy(), squares.numpy())
