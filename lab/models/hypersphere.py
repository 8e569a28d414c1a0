"""Hypersphere: normalize, angles, geodesics (slerp), log and exp maps on the unit sphere.

Shoemake 1985, "Animating rotation with quaternion curves" (slerp);
Kahan 2006, "How futile are mindless assessments of roundoff" (the angle by atan2).

Points are unit vectors along the last axis, of any leading shape. Everything but normalize,
which also trains, is computed in float64 and returned in the dtype of the first argument.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from torch import Tensor

from lab.models import numba_slerp

PARALLEL_ANGLE = 1e-7  # radians; below it two points count as the same
ANTIPODAL_ANGLE = math.pi - 1e-3  # radians; above it the geodesic of two points has no direction
WIDE_COSINE = -0.5  # cosine of 120 degrees; above it float32 inner products give the weights
CHUNK = 1 << 17  # numbers interpolated at a time: 0.5 MB a tensor, the best of those measured


def normalize(x: Tensor) -> Tensor:
    """x / max(|x|, 1e-12) along the last axis, in x's precision; a zero vector stays zero."""
    unit: Tensor = _Normalize.apply(x)
    return unit


class _Normalize(torch.autograd.Function):
    """Normalization with its gradient (g - <y, g> y) / |x| written out, at half autograd's cost."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        """x / max(|x|, 1e-12)."""
        norm = x.norm(dim=-1, keepdim=True).clamp_min(1e-12)
        y = x / norm
        ctx.save_for_backward(y, norm)
        return y

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        """The gradient with its part along y taken out."""
        y, norm = ctx.saved_tensors
        (g,) = gradients
        return torch.addcmul(g, y, (y * g).sum(-1, keepdim=True), value=-1).div_(norm)


def angle(a: Tensor, b: Tensor) -> Tensor:
    """2 atan2(|a - b|, |a + b|) in radians, shape a.shape[:-1], float64.

    Exact near 0 and near pi, where acos of the dot product is not.
    """
    a, b = a.double(), b.double()
    return 2 * torch.atan2((a - b).norm(dim=-1), (a + b).norm(dim=-1))


def is_antipodal(a: Tensor, b: Tensor) -> Tensor:
    """True where a and b are so nearly opposite that no geodesic between them is defined."""
    return angle(a, b) > ANTIPODAL_ANGLE


def nlerp_rows(a: Tensor, b: Tensor, t: float | Tensor) -> Tensor:
    """Interpolate linearly, (1 - t) a + t b, and normalize; a where that is zero."""
    t = _as_column(t, a)
    mixed = (1 - t) * a.double() + t * b.double()
    degenerate = mixed.norm(dim=-1, keepdim=True) < 1e-12
    return normalize(torch.where(degenerate, a.double(), mixed)).to(a.dtype)


def slerp_rows(
    a: Tensor,
    b: Tensor,
    t: float | Tensor,
    out: Tensor | None = None,
    squares: Tensor | None = None,
    kernel: str = "torch",
) -> Tensor:
    """The geodesic [sin((1-t) w) a + sin(t w) b] / sin w, with w = angle(a, b).

    t is a number or a tensor of shape a.shape[:-1]; outside [0, 1] the geodesic is extended.
    Parallel points return the straight mixture; antipodal ones have no geodesic and return the
    nearer end (a for t < 1/2, else b); `is_antipodal` finds them, so that a caller can refuse them.
    out, contiguous, of the result's shape and neither a nor b, receives the result. squares,
    float32 [2, *a.shape[:-1]], receives <a, a> and <b, b>, cheap while the points are in the cache.
    kernel: torch, or numba, one pass with other last bits, for float32 on a CPU.

    Float32 points are interpolated near memory bandwidth: they are read once for their inner
    products and once for the result, with weights in float64 between. Points more than 120 degrees
    apart, and other dtypes, go through float64 from end to end. No gradients.
    """
    a, b = torch.broadcast_tensors(a.detach(), b.detach())
    if a.dtype != torch.float32 or b.dtype != torch.float32:
        result = _slerp_float64(a, b, t)
        if squares is not None:
            squares.copy_(torch.stack([(x.double() ** 2).sum(-1) for x in (a, b)]))
        return result if out is None else out.copy_(result)
    out = torch.empty_like(a, memory_format=torch.contiguous_format) if out is None else out
    width, t = a.shape[-1], torch.as_tensor(t, dtype=torch.float64, device=a.device)
    flat_t = t.expand(a.shape[:-1]).reshape(-1) if t.ndim else t
    pair = a.reshape(-1, width), b.reshape(-1, width)
    results = out.view(-1, width), None if squares is None else squares.view(2, -1)
    if kernel == "numba":
        numba_slerp.interpolate(*pair, flat_t, WIDE_COSINE, ANTIPODAL_ANGLE, *results)
    else:
        _slerp_float32(*pair, flat_t, *results)
    return out


def _slerp_float32(a: Tensor, b: Tensor, t: Tensor, out: Tensor, squares: Tensor | None) -> None:
    """Slerp of rows [n, d], t [n] or a number."""
    cosine = torch.empty(len(a), device=a.device)
    size = max(1, CHUNK // a.shape[-1]) if a.device.type == "cpu" else max(1, len(a))
    if squares is None:
        inner_products(a, b, cosine)
    else:  # the same numbers, in parts that are in the cache when they are read again
        parts = [x.split(size) for x in (a, b, cosine, squares[0], squares[1])]
        for x, y, xy, xx, yy in zip(*parts, strict=True):
            inner_products(x, y, xy)
            inner_products(x, x, xx)
            inner_products(y, y, yy)
    # weights are smooth in the cosine, so one that is off by 1e-7 does no harm; beyond its limit
    # they are those of parallel points, 1 - t and t
    omega = cosine.double().clamp_max_(1 - 1e-12).acos_()
    sine = omega.sin()
    wb = (omega * t).sin_().div_(sine).float().unsqueeze(-1)
    wa = omega.mul_(1 - t).sin_().div_(sine).float().unsqueeze(-1)
    parts = [x.split(size) for x in (a, b, wa, wb, out)]
    for x, y, x_weight, y_weight, child in zip(*parts, strict=True):
        torch.mul(x, x_weight, out=child).addcmul_(y, y_weight)
    wide = cosine < WIDE_COSINE
    if wide.any():  # sin w is short here, and needs the angle exactly
        out[wide] = _slerp_float64(a[wide], b[wide], t[wide] if t.ndim else t)


def inner_products(a: Tensor, b: Tensor, out: Tensor) -> None:
    """<a, b> of float32 rows [n, d] into out [n]; on a CPU in one pass."""
    if a.device.type == "cpu":  # torch's own takes three times as long there
        np.vecdot(a.numpy(), b.numpy(), out=out.numpy())
    else:
        torch.linalg.vecdot(a, b, out=out)


def _slerp_float64(a: Tensor, b: Tensor, t: float | Tensor) -> Tensor:
    t = _as_column(t, a)
    omega = angle(a, b).unsqueeze(-1)
    sine = omega.sin().clamp_min(1e-300)
    near, far = omega < PARALLEL_ANGLE, omega > ANTIPODAL_ANGLE
    wa = torch.where(near, 1 - t, ((1 - t) * omega).sin() / sine)
    wb = torch.where(near, t + 0 * omega, (t * omega).sin() / sine)
    wa = torch.where(far, (t < 0.5).double(), wa)
    wb = torch.where(far, (t >= 0.5).double(), wb)
    return normalize(wa * a.double() + wb * b.double()).to(a.dtype)


def tangent_rows(base: Tensor, v: Tensor) -> Tensor:
    """The part of v that is orthogonal to the point base: v - <v, base> base."""
    base64, v64 = base.double(), v.double()
    return (v64 - (v64 * base64).sum(-1, keepdim=True) * base64).to(v.dtype)


def log_map(base: Tensor, x: Tensor) -> Tensor:
    """The tangent vector at base that points to x and is as long as their angle (float64).

    Zero where x equals base. Undefined direction at the antipode: there the tangent part of x,
    however small, decides, and where it vanishes the result is zero.
    """
    omega = angle(base, x).unsqueeze(-1)
    u = tangent_rows(base.double(), x.double())
    length = u.norm(dim=-1, keepdim=True)
    return torch.where(length < 1e-12, 0.0, omega * u / length.clamp_min(1e-300))


def exp_map(base: Tensor, v: Tensor) -> Tensor:
    """Move from base along the tangent vector v by |v| radians: cos|v| base + sin|v| v/|v|."""
    v = v.double()
    length = v.norm(dim=-1, keepdim=True)
    moved = length.cos() * base.double() + torch.sinc(length / math.pi) * v
    return normalize(moved).to(base.dtype)


def parallel_transport(a: Tensor, b: Tensor, v: Tensor) -> Tensor:
    """Parallel transport of the tangent vector v from a to b along their minimal geodesic.

    v - <v, b> / (1 + <a, b>) (a + b); float64. Undefined where a and b are antipodal.
    """
    a, b, v = a.double(), b.double(), v.double()
    along = (v * b).sum(-1, keepdim=True) / (1 + (a * b).sum(-1, keepdim=True))
    return v - along * (a + b)


def _as_column(t: float | Tensor, like: Tensor) -> Tensor:
    column = torch.as_tensor(t, dtype=torch.float64, device=like.device)
    return column.unsqueeze(-1) if column.ndim else column
