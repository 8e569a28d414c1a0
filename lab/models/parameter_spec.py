"""Anatomy: what each kind of model is made of, as data: its scales, and whether its rows are unit.

    ngpt      Loshchilov et al. 2024, arXiv 2410.01131: all on the hypersphere
    llama     Touvron et al. 2023, arXiv 2302.13971: free rows, RMSNorm before each branch
    sandwich  unit rows again, RMSNorm before and after each branch, a plain residual

All kinds have the same blocks of rows (`genotype.Layout`). What the kinds do with them is in a
module each; `network` tells which.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class ScaleBlock:
    """A block of scales.

    width: the architecture's property that says how many; name: what an alpha field calls it;
    owner: the block of rows that it goes with ("logits": the embedding, where tied); by_row: one
    scale belongs to one row of the owner, else to a channel.
    """

    width: str
    name: str
    owner: str
    by_row: bool = False


@dataclass(frozen=True)
class ParameterSpec:
    """Scale blocks of each layer and outside of the layers, in order; sphere: rows are unit."""

    unit_rows: bool
    layer_scales: Mapping[str, ScaleBlock]
    global_scales: Mapping[str, ScaleBlock]


NEURON_SCALES = {  # what an nGPT's neurons are scaled by
    "mlp.s_u": ScaleBlock("ff", "s_u", "mlp.hidden", by_row=True),
    "mlp.s_v": ScaleBlock("ff", "s_v", "mlp.gate", by_row=True),
}
TOKEN_SCALES = {"s_z": ScaleBlock("vocab_size", "s_z", "logits", by_row=True)}

PARAMETER_SPECS = {
    "ngpt": ParameterSpec(
        unit_rows=True,
        layer_scales={
            "attn.s_qk": ScaleBlock("inner", "s_qk", "attn.q", by_row=True),
            "attn.alpha": ScaleBlock("dim", "alpha_attn", "attn.out"),
            **NEURON_SCALES,
            "mlp.alpha": ScaleBlock("dim", "alpha_mlp", "mlp.out"),
        },
        global_scales=TOKEN_SCALES,
    ),
    "llama": ParameterSpec(
        unit_rows=False,
        layer_scales={
            "attn.norm": ScaleBlock("dim", "norm_attn", "attn.q"),
            "mlp.norm": ScaleBlock("dim", "norm_mlp", "mlp.gate"),
        },
        global_scales={"norm": ScaleBlock("dim", "norm", "logits")},
    ),
    "sandwich": ParameterSpec(
        unit_rows=True,
        layer_scales={
            "attn.norm_q": ScaleBlock("dim_head", "norm_q", "attn.q"),
            "attn.norm_k": ScaleBlock("dim_head", "norm_k", "attn.k"),
            "attn.gain": ScaleBlock("dim", "gain_attn", "attn.out"),
            **NEURON_SCALES,
            "mlp.gain": ScaleBlock("dim", "gain_mlp", "mlp.out"),
        },
        global_scales=TOKEN_SCALES,
    ),
}
