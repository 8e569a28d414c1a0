"""Parameter specification: the scale blocks of each kind of model, and whether rows are unit.

    ngpt      Loshchilov et al. 2024, arXiv 2410.01131: all on the hypersphere
    llama     Touvron et al. 2023, arXiv 2302.13971: free rows, RMSNorm before each branch
    sandwich  Ding et al. 2021, arXiv 2105.13290: unit rows, RMSNorm before and after each branch

All kinds have the same blocks of rows (`genotype.Layout`). Each kind's forward pass is a module of
its own; `network` selects it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class ScaleBlock:
    """A block of scales.

    width: name of the architecture's property that is their number; name: their name in an alpha
    field; owner: the block of rows that they scale ("logits": the embedding, where tied); by_row:
    one scale a row of the owner, else one a channel.
    """

    width: str
    name: str
    owner: str
    by_row: bool = False


@dataclass(frozen=True)
class ParameterSpec:
    """The scale blocks of a layer and of the whole model, in order; unit_rows: rows are unit."""

    unit_rows: bool
    layer_scales: Mapping[str, ScaleBlock]
    global_scales: Mapping[str, ScaleBlock]


NEURON_SCALES = {  # scales of feed-forward neurons
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
