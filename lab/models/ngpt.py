"""nGPT: the forward pass of the normalized transformer over a genotype.

Loshchilov et al. 2024, "nGPT: normalized transformer on the hypersphere", arXiv 2410.01131;
lucidrains, nGPT-pytorch 0.2.16, https://github.com/lucidrains/nGPT-pytorch.

Also the only module that imports nGPT_pytorch. Shapes: B batch, T characters, H heads,
D dim_head, V vocabulary.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lab.models.architecture import Architecture
from lab.models.genotype import compute_layout
from lab.models.hypersphere import normalize
from lab.models.pointwise import TORCH, Pointwise
from lab.models.rotary import split_pairs

Attend = Callable[[int, Tensor, Tensor, Tensor], Tensor]
"""(layer, q, k, v), each [B, H, T, D] and q already scaled -> mixed values [B, H, T, D].

With grouped queries, which nGPT lacks, k and v have fewer heads.
"""


@dataclass(frozen=True)
class NgptLayer:
    """The weights of one layer as the forward pass uses them; s_u and s_v are folded in."""

    qkv: Tensor  # [3 H D, dim], q and k with their rotary pairs apart: see `rotary.split_pairs`
    s_qk: Tensor  # [H, 1, D] likewise, the softmax scale sqrt(D) included
    out: Tensor  # [H D, dim]
    alpha_attn: Tensor  # [dim]
    up: Tensor  # [2 neurons, dim]: hidden, then gate
    down: Tensor  # [neurons, dim]
    alpha_mlp: Tensor  # [dim]


@dataclass(frozen=True)
class NgptWeights:
    """The prepared weights of a genotype, for the forward pass and for decoders."""

    embed: Tensor  # [V, dim]
    layers: tuple[NgptLayer, ...]
    logits: Tensor  # [V, dim], s_z folded in


def prepare(
    architecture: Architecture, rows: Tensor, scales: Tensor, dtype: torch.dtype
) -> NgptWeights:
    """Split rows and scales into layers and fold scales into weights where possible.

    Scaling a weight costs a fraction of scaling the activations, of which there are many more.
    """
    a, blocks = architecture, compute_layout(architecture)
    weight = split_blocks(rows, blocks.row_blocks)
    scale = split_blocks(scales * blocks.multipliers().to(scales.device), blocks.scale_blocks)
    layers = []
    for layer in range(a.depth):
        attn, mlp = f"layers.{layer}.attn.", f"layers.{layer}.mlp."
        query, key = (split_pairs(weight[attn + kind], a.dim_head) for kind in "qk")
        s_qk = split_pairs(scale[attn + "s_qk"] * math.sqrt(a.dim_head), a.dim_head)
        gate = (scale[mlp + "s_v"] * math.sqrt(a.dim))[:, None] * weight[mlp + "gate"]
        layers.append(
            NgptLayer(
                qkv=torch.cat([query, key, weight[attn + "v"]]).to(dtype),
                s_qk=s_qk.view(a.heads, 1, a.dim_head),
                out=weight[attn + "out"].to(dtype),
                alpha_attn=scale[attn + "alpha"],
                up=torch.cat([weight[mlp + "hidden"], gate]).to(dtype),
                down=(scale[mlp + "s_u"][:, None] * weight[mlp + "out"]).to(dtype),
                alpha_mlp=scale[mlp + "alpha"],
            )
        )
    logits = scale["s_z"][:, None] * weight["embed" if a.tied else "logits"]
    return NgptWeights(weight["embed"], tuple(layers), logits.to(dtype))


def run(
    architecture: Architecture,
    weights: NgptWeights,
    ids: Tensor,
    table: tuple[Tensor, Tensor],
    attend: Attend,
    dtype: torch.dtype,
    pointwise: Pointwise = TORCH,
) -> Tensor:
    """Compute logits [B, T, V] of ids [B, T] at the positions whose rotations are in table.

    The residual stream, norms and logits have the dtype of the embedding, products that of dtype.
    attend computes attention: causal in training, over a KV cache in decoding.
    """
    a = architecture
    # F.embedding, not embed[ids]: the gradient of indexing is summed in another order every run
    x = F.embedding(ids, weights.embed)
    first_values: Tensor | None = None
    for number, layer in enumerate(weights.layers):
        qkv = F.linear(x.to(dtype), layer.qkv).to(x.dtype).unflatten(-1, (3, a.heads, a.dim_head))
        q, k, v = pointwise.rotate_heads(qkv, table, layer.s_qk, a.norm_qk)
        if first_values is None:
            first_values = v
        elif a.value_residual:
            v = 0.5 * (v + first_values)
        mixed = attend(number, q.to(dtype), k.to(dtype), v.to(dtype)).transpose(1, 2).flatten(2)
        x = pointwise.residual(a.residual, x, (mixed @ layer.out).to(x.dtype), layer.alpha_attn)
        neurons = pointwise.swiglu(F.linear(x.to(dtype), layer.up))
        x = pointwise.residual(a.residual, x, (neurons @ layer.down).to(x.dtype), layer.alpha_mlp)
    return F.linear(x.to(dtype), weights.logits).to(x.dtype)


def normalize_in_place(rows: Tensor) -> None:
    """Normalize the rows in place: the retraction after an optimizer step."""
    with torch.no_grad():
        rows.copy_(normalize(rows))


def load_ngpt_pytorch() -> ModuleType:
    """Import nGPT-pytorch and repair it: it defines __eq__ without __hash__, which modules need."""
    module = importlib.import_module("nGPT_pytorch.nGPT")
    for name in ("Scale", "NormLinear", "Attention", "FeedForward", "nGPT"):
        getattr(module, name).__hash__ = nn.Module.__hash__
    return module


def split_blocks(flat: Tensor, blocks: Mapping[str, slice]) -> dict[str, Tensor]:
    """Split rows or scales into blocks by name.

    Not slices: the gradient of a split is one concatenation, not a full-size sum a block.
    """
    sizes = [block.stop - block.start for block in blocks.values()]
    return dict(zip(blocks, flat.split(sizes), strict=True))
