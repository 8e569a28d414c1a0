"""LLaMA: the forward pass over a genotype of free rows, RMSNorm, rotary positions, SwiGLU.

Touvron et al. 2023, "LLaMA: open and efficient foundation language models", arXiv 2302.13971;
Ainslie et al. 2023, "GQA", arXiv 2305.13245 (keys and values shared by groups of queries).

Meta's names for the blocks of the genotype: attn.q, k, v are wq, wk, wv; mlp.gate w1, mlp.hidden
w3; attn.out and mlp.out are wo and w2 transposed; the scales attn.norm, mlp.norm and norm are the
RMSNorm gains before attention, before the feed-forward and at the end. Rotary pairs are
interleaved, (0, 1), (2, 3), ..., as in Meta's code and in llama2.c.
Shapes: B batch, T characters, H heads, K key-value heads, D dim_head, V vocabulary.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from lab.models.architecture import Architecture
from lab.models.genotype import compute_layout
from lab.models.ngpt import Attend, split_blocks
from lab.models.pointwise import TORCH, Pointwise
from lab.models.rotary import apply_rotary, split_pairs


@dataclass(frozen=True)
class LlamaLayer:
    """The weights of one layer as the forward pass uses them; a gain of None is 1."""

    qkv: Tensor  # [(H + 2 K) D, dim], each rotary pair D / 2 apart; the softmax scale in q
    out: Tensor  # [H D, dim]
    up: Tensor  # [2 neurons, dim]: hidden, then gate
    down: Tensor  # [neurons, dim]
    attn_pre_norm: Tensor | None = None  # [dim]: the gain of the norm before the branch
    mlp_pre_norm: Tensor | None = None
    qk_norms: tuple[Tensor, Tensor] | None = None  # [D] each: the gains of norms of q and k
    attn_post_norm: Tensor | None = (
        None  # [dim]: the gain of the norm behind the branch; None: no norm
    )
    mlp_post_norm: Tensor | None = None


@dataclass(frozen=True)
class LlamaWeights:
    """The prepared weights of a genotype; logits are for a stream of unit length."""

    embed: Tensor  # [V, dim]
    layers: tuple[LlamaLayer, ...]
    logits: Tensor  # [V, dim]


def prepare(
    architecture: Architecture, rows: Tensor, scales: Tensor, dtype: torch.dtype
) -> LlamaWeights:
    """Split rows and scales into layers; the final norm's gain is folded into the logits."""
    a, blocks = architecture, compute_layout(architecture)
    weight, scale = split_blocks(rows, blocks.row_blocks), split_blocks(scales, blocks.scale_blocks)
    layers = []
    for layer in range(a.depth):
        attn, mlp = f"layers.{layer}.attn.", f"layers.{layer}.mlp."
        query = split_pairs(weight[attn + "q"], a.dim_head) / math.sqrt(a.dim_head)
        key = split_pairs(weight[attn + "k"], a.dim_head)
        layers.append(
            LlamaLayer(
                qkv=torch.cat([query, key, weight[attn + "v"]]).to(dtype),
                out=weight[attn + "out"].to(dtype),
                up=torch.cat([weight[mlp + "hidden"], weight[mlp + "gate"]]).to(dtype),
                down=weight[mlp + "out"].to(dtype),
                attn_pre_norm=scale[attn + "norm"],
                mlp_pre_norm=scale[mlp + "norm"],
            )
        )
    logits = weight["embed" if a.tied else "logits"] * (scale["norm"] * math.sqrt(a.dim))
    return LlamaWeights(weight["embed"], tuple(layers), logits.to(dtype))


def run(
    architecture: Architecture,
    weights: LlamaWeights,
    ids: Tensor,
    table: tuple[Tensor, Tensor],
    attend: Attend,
    dtype: torch.dtype,
    pointwise: Pointwise = TORCH,
) -> Tensor:
    """Compute logits [B, T, V] of ids [B, T] at the positions whose rotations are in table.

    The residual stream, norms and logits have the dtype of the embedding, products that of dtype.
    attend computes attention from q [B, H, T, D], softmax scale included, and k and v
    [B, K, T, D].
    """
    a = architecture
    widths = (a.inner, a.kv_inner, a.kv_inner)
    x = F.embedding(ids, weights.embed)
    for number, layer in enumerate(weights.layers):
        u = F.linear(_rms_norm(a, x, layer.attn_pre_norm).to(dtype), layer.qkv).to(x.dtype)
        parts = (
            projection.unflatten(-1, (-1, a.dim_head)) for projection in u.split(widths, dim=-1)
        )
        q, k, v = (part.transpose(1, 2) for part in parts)
        if layer.qk_norms is not None:
            q, k = _rms_norm(a, q, layer.qk_norms[0]), _rms_norm(a, k, layer.qk_norms[1])
        q, k = apply_rotary(q, table), apply_rotary(k, table)
        mixed = attend(number, q.to(dtype), k.to(dtype), v.to(dtype)).transpose(1, 2).flatten(2)
        y = (mixed @ layer.out).to(x.dtype)
        x = x + (y if layer.attn_post_norm is None else _rms_norm(a, y, layer.attn_post_norm))
        u = F.linear(_rms_norm(a, x, layer.mlp_pre_norm).to(dtype), layer.up)
        y = (pointwise.swiglu(u) @ layer.down).to(x.dtype)
        x = x + (y if layer.mlp_post_norm is None else _rms_norm(a, y, layer.mlp_post_norm))
    unit = _rms_norm(a, x, None) / math.sqrt(a.dim)
    return F.linear(unit.to(dtype), weights.logits).to(x.dtype)


def _rms_norm(a: Architecture, x: Tensor, gain: Tensor | None) -> Tensor:
    """gain * x / sqrt(mean x^2 + norm_eps) along the last axis."""
    return F.rms_norm(x, x.shape[-1:], gain, a.norm_eps)
