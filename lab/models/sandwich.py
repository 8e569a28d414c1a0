"""Sandwich transformer: unit rows with RMSNorm before and after each branch, as plamo3 runs it.

Ding et al. 2021, "CogView: mastering text-to-image generation via transformers", arXiv 2105.13290
(Sandwich-LN, norms on both sides of a branch); Loshchilov et al. 2024, arXiv 2410.01131 (unit rows,
learned scales). An nGPT normalises the stream after each branch, which no inference engine does;
here the stream is free, each branch reads it through RMSNorm, and its output is normalised and
scaled by channel:

    x = sqrt(dim) embed[id];  x += gain * rms(branch(rms(x)));  logits = s_z <rms(x) / sqrt(dim), w>

Rows are unit, as an nGPT's, so that every crossover operator on the sphere applies. Queries and
keys are normalised with gains before the rotation; rotary pairs are D / 2 apart (NeoX order).

The tensors of llama.cpp's plamo3, [out, in] (V = vocabulary, F = neurons, effective scales):

    token_embd.weight              sqrt(dim) * embed                                [V, dim]
    blk.N.attn_norm.weight         ones                                             [dim]
    blk.N.attn_qkv.weight          rows of attn.q, attn.k, attn.v, one after another
    blk.N.attn_q_norm.weight       attn.norm_q                                      [D]
    blk.N.attn_k_norm.weight       attn.norm_k                                      [D]
    blk.N.attn_output.weight       attn.out transposed                              [dim, H D]
    blk.N.post_attention_norm      attn.gain, a name without .weight                [dim]
    blk.N.ffn_norm.weight          ones                                             [dim]
    blk.N.ffn_up.weight            s_v * mlp.gate rows, then mlp.hidden rows        [2 F, dim]
    blk.N.ffn_down.weight          (s_u * mlp.out rows) transposed                  [dim, F]
    blk.N.post_ffw_norm            mlp.gain, a name without .weight                 [dim]
    output_norm.weight             ones                                             [dim]
    output.weight                  s_z / sqrt(dim) * (embed where tied, else logits) [V, dim]

rope.freq_base is rope_base, rope.dimension_count D, layer_norm_rms_epsilon norm_eps; no window.
`plamo3_tensors` returns them.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from lab.models.architecture import Architecture
from lab.models.genotype import Genotype, compute_layout
from lab.models.llama import LlamaLayer, LlamaWeights
from lab.models.llama import run as run
from lab.models.ngpt import split_blocks


def prepare(
    architecture: Architecture, rows: Tensor, scales: Tensor, dtype: torch.dtype
) -> LlamaWeights:
    """Split rows and scales into layers and fold scales into weights where possible."""
    a, blocks = architecture, compute_layout(architecture)
    weight = split_blocks(rows, blocks.row_blocks)
    scale = split_blocks(scales * blocks.multipliers().to(scales.device), blocks.scale_blocks)
    layers = []
    for layer in range(a.depth):
        attn, mlp = f"layers.{layer}.attn.", f"layers.{layer}.mlp."
        gate = scale[mlp + "s_v"][:, None] * weight[mlp + "gate"]
        layers.append(
            LlamaLayer(
                qkv=torch.cat([weight[attn + kind] for kind in "qkv"]).to(dtype),
                out=weight[attn + "out"].to(dtype),
                up=torch.cat([weight[mlp + "hidden"], gate]).to(dtype),
                down=(scale[mlp + "s_u"][:, None] * weight[mlp + "out"]).to(dtype),
                qk_norms=(scale[attn + "norm_q"] / math.sqrt(a.dim_head), scale[attn + "norm_k"]),
                attn_post_norm=scale[attn + "gain"],
                mlp_post_norm=scale[mlp + "gain"],
            )
        )
    logits = scale["s_z"][:, None] * weight["embed" if a.tied else "logits"]
    return LlamaWeights(weight["embed"] * math.sqrt(a.dim), tuple(layers), logits.to(dtype))


def plamo3_tensors(genotype: Genotype) -> dict[str, Tensor]:
    """Return a genotype's tensors by plamo3's names and in its shapes, float32."""
    a = genotype.architecture
    weights = prepare(a, genotype.rows, genotype.scales, torch.float32)
    ones = torch.ones(a.dim)
    tensors = {
        "token_embd.weight": weights.embed,
        "output_norm.weight": ones,
        "output.weight": weights.logits / math.sqrt(a.dim),
    }
    for number, layer in enumerate(weights.layers):
        assert layer.qk_norms is not None and layer.attn_post_norm is not None
        assert layer.mlp_post_norm is not None
        hidden, gate = layer.up.chunk(2)
        layer_tensors = {
            "attn_norm.weight": ones,
            "attn_qkv.weight": layer.qkv,
            "attn_q_norm.weight": layer.qk_norms[0] * math.sqrt(a.dim_head),
            "attn_k_norm.weight": layer.qk_norms[1],
            "attn_output.weight": layer.out.T,
            "post_attention_norm": layer.attn_post_norm,
            "ffn_norm.weight": ones,
            "ffn_up.weight": torch.cat([gate, hidden]),
            "ffn_down.weight": layer.down.T,
            "post_ffw_norm": layer.mlp_post_norm,
        }
        tensors |= {f"blk.{number}.{name}": tensor for name, tensor in layer_tensors.items()}
    return {name: tensor.detach().contiguous() for name, tensor in tensors.items()}
