"""Numba pointwise operations: an nGPT's, with gradients, by the compiled loops of lab.kernels.

Float32 on a CPU, in one thread. The largest difference from torch's operators is that of another
order of summation: see tests/models/test_numba_pointwise.py.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from lab.kernels import pointwise_math
from lab.models.hypersphere import normalize
from lab.models.residual import RESIDUAL_STEPS


class _RotateHeads(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, qkv: Tensor, cosine: Tensor, sine: Tensor, s_qk: Tensor,
                norm_qk: bool) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
        batch, length, _, heads, width = qkv.shape
        q, k, v = (torch.empty(batch, heads, length, width) for _ in range(3))
        inverse = torch.empty(2, batch, heads, length)
        qkv = qkv.contiguous()
        pointwise_math.rotate_heads(
            *_arrays(qkv, cosine, sine, s_qk), norm_qk, *_arrays(q, k, v, inverse)
        )
        ctx.save_for_backward(qkv, cosine, sine, s_qk, inverse)
        ctx.norm_qk = norm_qk
        return q, k, v

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        qkv, cosine, sine, s_qk, inverse = ctx.saved_tensors
        grad_qkv, grad_s = torch.empty_like(qkv), np.empty(s_qk.shape)
        pointwise_math.rotate_heads_gradient(
            *_arrays(qkv, cosine, sine, s_qk), ctx.norm_qk, *_arrays(inverse, *gradients, grad_qkv),
            grad_s,
        )  # fmt: skip
        return grad_qkv, None, None, torch.from_numpy(grad_s).float(), None


class _Residual(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, y: Tensor, alpha: Tensor) -> Tensor:
        x, y = x.contiguous(), y.contiguous()
        out, inverse = torch.empty_like(x), torch.empty(2, len(x))
        pointwise_math.residual_forward(*_arrays(x, y, alpha, out, inverse))
        ctx.save_for_backward(x, y, alpha, out, inverse)
        return out

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        x, y, alpha, out, inverse = ctx.saved_tensors
        grad_x, grad_y, grad_alpha = torch.empty_like(x), torch.empty_like(y), np.empty(len(alpha))
        pointwise_math.residual_gradient(
            *_arrays(x, y, alpha, out, inverse, *gradients, grad_x, grad_y), grad_alpha
        )
        return grad_x, grad_y, torch.from_numpy(grad_alpha).float()


class _Swiglu(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, up: Tensor) -> Tensor:
        up = up.contiguous()
        out = torch.empty(len(up), up.shape[1] // 2)
        pointwise_math.swiglu_forward(*_arrays(up, out))
        ctx.save_for_backward(up)
        return out

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        (up,) = ctx.saved_tensors
        grad_up = torch.empty_like(up)
        pointwise_math.swiglu_gradient(*_arrays(up, *gradients, grad_up))
        return grad_up


class NumbaPointwise:
    """The operations of `pointwise.Pointwise` by compiled loops."""

    @staticmethod
    def rotate_heads(
        qkv: Tensor, table: tuple[Tensor, Tensor], s_qk: Tensor, norm_qk: bool
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return q, k, v [B, H, T, D] of qkv [B, T, 3, H, D], queries and keys rotated."""
        cosine, sine = (part.reshape(-1, *part.shape[-2:]) for part in table)  # [1 or B, T, D / 2]
        heads = s_qk.reshape(qkv.shape[3:])
        q, k, v = _RotateHeads.apply(qkv, cosine, sine, heads, norm_qk)
        return q, k, v

    @staticmethod
    def residual(kind: str, x: Tensor, y: Tensor, alpha: Tensor) -> Tensor:
        """Return the stream x [..., dim] moved towards normalize(y) by alpha [dim]."""
        if kind != "lerp":
            return RESIDUAL_STEPS[kind](x, normalize(y), alpha)
        moved: Tensor = _Residual.apply(x.flatten(0, -2), y.flatten(0, -2), alpha)
        return moved.view(x.shape)

    @staticmethod
    def swiglu(up: Tensor) -> Tensor:
        """Return hidden times silu(gate) [..., N] of up [..., 2 N], hidden and gate."""
        neurons: Tensor = _Swiglu.apply(up.flatten(0, -2))
        return neurons.view(*up.shape[:-1], -1)


def _arrays(*tensors: Tensor) -> tuple[np.ndarray, ...]:
    return tuple(tensor.detach().contiguous().numpy() for tensor in tensors)


NUMBA = NumbaPointwise()
