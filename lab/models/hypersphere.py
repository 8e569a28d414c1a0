"""Geometry of the unit hypersphere: normalize, angles, geodesics, log and exp maps.

Shoemake 1985, "Animating rotation with quaternion curves" (slerp);
Kahan 2006, "How futile are mindless assessments of roundoff" (the angle by atan2).

Points are unit vectors along the last axis, of any leading shape. Everything but normalize,
which also trains, is computed in float64 and returned in the dtype of the first argument.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

PARALLEL = 1e-7  # radians; below it two points count as the same
ANTIPODAL = math.pi - 1e-3  # radians; above it the geodesic between two points has no direction
WIDE = math.sqrt(3)  # chord of 120 degrees; below it |a + b| follows from |a - b| without loss
CHUNK = 1 << 19  # numbers crossed at a time: 2 MB a tensor, the best of those measured


def normalize(x: Tensor) -> Tensor:
    """x / max(|x|, 1e-12) along the last axis, in x's precision; a zero vector stays zero."""
    unit: Tensor = _Normalize.apply(x)
    return unit


class _Normalize(torch.autograd.Function):
    """The projection, its gradient (g - <y, g> y) / |x| written out: half of autograd's work."""

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


def antipodal(a: Tensor, b: Tensor) -> Tensor:
    """True where a and b are so nearly opposite that no geodesic between them is defined."""
    return angle(a, b) > ANTIPODAL


def nlerp(a: Tensor, b: Tensor, t: float | Tensor) -> Tensor:
    """The straight line (1 - t) a + t b, put back on the sphere; a where that line meets zero."""
    t = _column(t, a)
    mixed = (1 - t) * a.double() + t * b.double()
    lost = mixed.norm(dim=-1, keepdim=True) < 1e-12
    return normalize(torch.where(lost, a.double(), mixed)).to(a.dtype)


def slerp(a: Tensor, b: Tensor, t: float | Tensor, out: Tensor | None = None) -> Tensor:
    """The geodesic [sin((1-t) w) a + sin(t w) b] / sin w, with w = angle(a, b).

    t is a number or a tensor of shape a.shape[:-1]; outside [0, 1] the geodesic is extended.
    Parallel points return the straight mixture; antipodal ones have no geodesic and return the
    nearer end (a for t < 1/2, else b): `antipodal` tells which, so that a caller can refuse them.
    out, contiguous, of the result's shape and neither a nor b, receives the result.

    Float32 points are crossed near the speed of the memory: angles and weights in float64 from
    float32 chords, some rows at a time so that the passes meet in the cache. Points more than 120
    degrees apart, and other dtypes, go through float64 from end to end. No gradients.
    """
    if a.dtype != torch.float32 or b.dtype != torch.float32:
        found = _geodesic(a, b, t)
        return found if out is None else out.copy_(found)
    a, b = torch.broadcast_tensors(a.detach(), b.detach())
    out = torch.empty_like(a, memory_format=torch.contiguous_format) if out is None else out
    t = torch.as_tensor(t, dtype=torch.float64, device=a.device)
    width, at = a.shape[-1], t.expand(a.shape[:-1]).reshape(-1)
    size = max(1, CHUNK // width)
    rows = [x.reshape(-1, width).split(size) for x in (a, b, out)]
    for x, y, child, part in zip(*rows, at.split(size), strict=True):
        _cross(x, y, part, child)
    return out


def _cross(a: Tensor, b: Tensor, t: Tensor, out: Tensor) -> None:
    """Slerp of rows [n, d] as (wa + wb) a + wb (b - a), so that b is read once."""
    chord = torch.linalg.vector_norm(torch.sub(b, a, out=out), dim=-1)
    d = chord.double().clamp_min_(1e-12)  # parallel rows get the weights' limits, 1 - t and t
    s = (4 - d * d).clamp_min_(0).sqrt_()  # |a + b|: the parallelogram law on the unit sphere
    omega = torch.atan2(d, s).mul_(2)
    sine = s.mul_(d).mul_(0.5)
    wb = (omega * t).sin_().div_(sine)
    both = omega.mul_(1 - t).sin_().div_(sine).add_(wb)
    out.mul_(wb.float().unsqueeze(-1)).addcmul_(a, both.float().unsqueeze(-1))
    wide = chord > WIDE
    if wide.any():  # here |a + b| is short and must be measured
        out[wide] = _geodesic(a[wide], b[wide], t[wide])


def _geodesic(a: Tensor, b: Tensor, t: float | Tensor) -> Tensor:
    t = _column(t, a)
    omega = angle(a, b).unsqueeze(-1)
    sine = omega.sin().clamp_min(1e-300)
    near, far = omega < PARALLEL, omega > ANTIPODAL
    wa = torch.where(near, 1 - t, ((1 - t) * omega).sin() / sine)
    wb = torch.where(near, t + 0 * omega, (t * omega).sin() / sine)
    wa = torch.where(far, (t < 0.5).double(), wa)
    wb = torch.where(far, (t >= 0.5).double(), wb)
    return normalize(wa * a.double() + wb * b.double()).to(a.dtype)


def tangent(base: Tensor, v: Tensor) -> Tensor:
    """The part of v that is orthogonal to the point base: v - <v, base> base."""
    base64, v64 = base.double(), v.double()
    return (v64 - (v64 * base64).sum(-1, keepdim=True) * base64).to(v.dtype)


def log_map(base: Tensor, x: Tensor) -> Tensor:
    """The tangent vector at base that points to x and is as long as their angle (float64).

    Zero where x equals base. Undefined direction at the antipode: there the tangent part of x,
    however small, decides, and where it vanishes the result is zero.
    """
    omega = angle(base, x).unsqueeze(-1)
    u = tangent(base.double(), x.double())
    length = u.norm(dim=-1, keepdim=True)
    return torch.where(length < 1e-12, 0.0, omega * u / length.clamp_min(1e-300))


def exp_map(base: Tensor, v: Tensor) -> Tensor:
    """Walk from base along the tangent vector v for |v| radians: cos|v| base + sin|v| v/|v|."""
    v = v.double()
    length = v.norm(dim=-1, keepdim=True)
    walked = length.cos() * base.double() + torch.sinc(length / math.pi) * v
    return normalize(walked).to(base.dtype)


def transport(a: Tensor, b: Tensor, v: Tensor) -> Tensor:
    """Parallel transport of the tangent vector v from a to b along their minimal geodesic.

    v - <v, b> / (1 + <a, b>) (a + b); float64. Undefined where a and b are antipodal.
    """
    a, b, v = a.double(), b.double(), v.double()
    along = (v * b).sum(-1, keepdim=True) / (1 + (a * b).sum(-1, keepdim=True))
    return v - along * (a + b)


def _column(t: float | Tensor, like: Tensor) -> Tensor:
    column = torch.as_tensor(t, dtype=torch.float64, device=like.device)
    return column.unsqueeze(-1) if column.ndim else column
