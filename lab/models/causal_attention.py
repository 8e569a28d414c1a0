"""Causal attention: softmax attention by query blocks (fast on a CPU) or PyTorch's fused kernel.

Vaswani et al. 2017, "Attention is all you need", arXiv 1706.03762.

q, k, v are [B, H, T, D], already scaled; k and v may have fewer heads, each for a group of
neighbouring queries. segments [B, T] numbers the pieces packed into a row; a character attends
to its own piece only. Both return [B, H, T, D].
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

Kernel = Callable[[Tensor, Tensor, Tensor, Tensor | None], Tensor]
"""(q, k, v, segments) -> mixed values."""

BLOCK_SIZE = 128  # queries a block; measured best on a CPU for T from 256 to 1024


def blockwise_attention(q: Tensor, k: Tensor, v: Tensor, segments: Tensor | None = None) -> Tensor:
    """Compute softmax attention one block of queries at a time; mixed values [B, H, T, D].

    Skips the upper triangle block by block, which on a CPU is 2-3 x faster in training than the
    fused kernel, whose backward pass is slow there.
    """
    k, v = repeat_kv(k, q.shape[1]), repeat_kv(v, q.shape[1])
    masks = [attention_bias(*block, segments, q) for block in _query_blocks(q.shape[2])]
    if torch.compiler.is_compiling():  # a compiler fuses what it sees, not writes into slices
        return _traceable_attention(q, k, v, masks)
    mixed: Tensor = _BlockwiseAttention.apply(q, k, v, masks)
    return mixed


def _traceable_attention(q: Tensor, k: Tensor, v: Tensor, masks: list[Tensor]) -> Tensor:
    mixed = []
    for (start, end), mask in zip(_query_blocks(q.shape[2]), masks, strict=True):
        scores = q[:, :, start:end] @ k[:, :, :end].mT + mask
        mixed.append(scores.softmax(-1, dtype=torch.float32).to(v.dtype) @ v[:, :, :end])
    return torch.cat(mixed, dim=2)


class _BlockwiseAttention(torch.autograd.Function):
    """Blockwise attention with a gradient that is accumulated in place, block by block."""

    @staticmethod
    def forward(ctx: Any, q: Tensor, k: Tensor, v: Tensor, masks: list[Tensor]) -> Tensor:
        """Compute each block, and save its attention weights for the backward pass."""
        shape = q.shape
        q, k, v = (part.flatten(0, 1) for part in (q, k, v))
        mixed, weights = torch.empty_like(v), []
        for (start, end), mask in zip(_query_blocks(shape[2]), masks, strict=True):
            scores = (q[:, start:end] @ k[:, :end].mT).view(*shape[:2], end - start, end)
            scores += mask  # adding -inf costs half of what masked_fill does
            block = scores.softmax(-1, dtype=torch.float32).to(v.dtype).flatten(0, 1)
            torch.bmm(block, v[:, :end], out=mixed[:, start:end])
            weights.append(block)
        ctx.save_for_backward(q, k, v, *weights)
        return mixed.view(shape)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:
        """Accumulate the gradient of each block into its keys and values."""
        q, k, v, *weights = ctx.saved_tensors
        (g,) = gradients
        shape, g = g.shape, g.flatten(0, 1)
        grad_q, grad_k, grad_v = torch.empty_like(q), torch.zeros_like(k), torch.zeros_like(v)
        for (start, end), block in zip(_query_blocks(shape[2]), weights, strict=True):
            grad_v[:, :end].baddbmm_(block.mT, g[:, start:end])
            grad_scores = g[:, start:end] @ v[:, :end].mT
            grad_scores = torch._softmax_backward_data(grad_scores, block, -1, block.dtype)
            torch.bmm(grad_scores, k[:, :end], out=grad_q[:, start:end])
            grad_k[:, :end].baddbmm_(grad_scores.mT, q[:, start:end])
        return grad_q.view(shape), grad_k.view(shape), grad_v.view(shape), None


def _query_blocks(length: int) -> list[tuple[int, int]]:
    return [(start, min(start + BLOCK_SIZE, length)) for start in range(0, length, BLOCK_SIZE)]


def fused_attention(q: Tensor, k: Tensor, v: Tensor, segments: Tensor | None = None) -> Tensor:
    """Compute the same by `scaled_dot_product_attention`, PyTorch's kernel for a GPU."""
    sdpa = torch.nn.functional.scaled_dot_product_attention
    k, v = repeat_kv(k, q.shape[1]), repeat_kv(v, q.shape[1])
    if segments is None:
        return sdpa(q, k, v, is_causal=True, scale=1.0)
    return sdpa(q, k, v, attn_mask=attention_bias(0, q.shape[2], segments, q), scale=1.0)


KERNELS: dict[str, Kernel] = {"blocks": blockwise_attention, "fused": fused_attention}


def repeat_kv(x: Tensor, heads: int) -> Tensor:
    """Repeat keys or values [B, K, T, D] for groups of query heads: [B, heads, T, D]."""
    if x.shape[1] == heads:
        return x
    repeated = x.unsqueeze(2).expand(-1, -1, heads // x.shape[1], -1, -1)
    return repeated.flatten(1, 2)


def attention_bias(start: int, end: int, segments: Tensor | None, like: Tensor) -> Tensor:
    """Return the additive mask of queries start..end: -inf at later characters and other pieces.

    Shape [end - start, end], or [B, 1, end - start, end] with segments; dtype and device of like.
    """
    masked = torch.ones(end - start, end, dtype=torch.bool, device=like.device).triu(start + 1)
    if segments is not None:
        masked = (masked | (segments[:, start:end, None] != segments[:, None, :end])).unsqueeze(1)
    return torch.zeros((), dtype=like.dtype, device=like.device).masked_fill(masked, float("-inf"))
