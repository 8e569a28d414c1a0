"""Pointwise operations: what stands between an nGPT's matrix products, by torch's operators.

`numba_pointwise` has the same by compiled loops, with other last bits. Which of the two a run
computes with is part of its configuration, never a matter of what is installed.
"""

from __future__ import annotations

from typing import Protocol

from torch import Tensor
from torch.nn import functional as F

from lab.models.hypersphere import normalize
from lab.models.residual import RESIDUAL_STEPS
from lab.models.rotary import apply_rotary


class Pointwise(Protocol):
    """The operations between the products of an nGPT."""

    def rotate_heads(
        self, qkv: Tensor, table: tuple[Tensor, Tensor], s_qk: Tensor, norm_qk: bool
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return q, k, v [B, H, T, D] of qkv [B, T, 3, H, D], queries and keys rotated."""

    def residual(self, kind: str, x: Tensor, y: Tensor, alpha: Tensor) -> Tensor:
        """Return the stream x [..., dim] moved towards normalize(y) by alpha [dim]."""

    def swiglu(self, up: Tensor) -> Tensor:
        """Return hidden times silu(gate) [..., N] of up [..., 2 N], hidden and gate."""


class TorchPointwise:
    """The operations by torch's operators, on any device and in any precision."""

    @staticmethod
    def rotate_heads(
        qkv: Tensor, table: tuple[Tensor, Tensor], s_qk: Tensor, norm_qk: bool
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return q, k, v [B, H, T, D] of qkv [B, T, 3, H, D], queries and keys rotated."""
        q, k, v = (part.transpose(1, 2) for part in qkv.unbind(2))
        q, k = apply_rotary(q, table), apply_rotary(k, table)
        if norm_qk:
            q, k = normalize(q), normalize(k)
        return q * s_qk, k, v

    @staticmethod
    def residual(kind: str, x: Tensor, y: Tensor, alpha: Tensor) -> Tensor:
        """Return the stream x [..., dim] moved towards normalize(y) by alpha [dim]."""
        return RESIDUAL_STEPS[kind](x, normalize(y), alpha)

    @staticmethod
    def swiglu(up: Tensor) -> Tensor:
        """Return hidden times silu(gate) [..., N] of up [..., 2 N], hidden and gate."""
        hidden, gate = up.chunk(2, dim=-1)
        return F.silu(gate) * hidden


TORCH = TorchPointwise()


def get_pointwise(kernels: str) -> Pointwise:
    """Return the operations by the name of their kernels: torch, or numba."""
    if kernels == "torch":
        return TORCH
    from lab.models.numba_pointwise import NUMBA  # Numba is an optional extra

    return NUMBA
