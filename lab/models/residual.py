"""Residual update: a branch moves the stream by linear interpolation or along a geodesic.

Loshchilov et al. 2024, arXiv 2410.01131, section 2.2 (the straight step, nGPT's own).

x and y are unit vectors along the last axis, alpha [dim] the eigen learning rates of the branch.
"""

from __future__ import annotations

import torch
from torch import Tensor

from lab.models.hypersphere import normalize


def lerp_residual(x: Tensor, y: Tensor, alpha: Tensor) -> Tensor:
    """Return normalize(x + alpha (y - x)), nGPT's update."""
    return normalize(x.lerp(y, alpha))


def geodesic_residual(x: Tensor, y: Tensor, alpha: Tensor) -> Tensor:
    """Return exp_x(P_x(alpha log_x(y))), a step along the sphere; P_x projects to its tangent.

    With equal alphas this is slerp(x, y, alpha). In the working precision, since it trains; the
    angle's sine and cosine come from the vectors themselves, so no acos is differentiated.
    """
    cosine = (x * y).sum(-1, keepdim=True)
    u = y - cosine * x
    sine = u.norm(dim=-1, keepdim=True).clamp_min(1e-6)
    v = alpha * u * (torch.atan2(sine, cosine) / sine)
    v = v - (v * x).sum(-1, keepdim=True) * x
    length = v.norm(dim=-1, keepdim=True).clamp_min(1e-6)
    return normalize(length.cos() * x + length.sin() / length * v)


RESIDUAL_STEPS = {"lerp": lerp_residual, "geodesic": geodesic_residual}
