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
class Block:
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
class Anatomy:
    """Scale blocks of each layer and outside of the layers, in order; sphere: rows are unit."""

    sphere: bool
    layer: Mapping[str, Block]
    outside: Mapping[str, Block]


NEURON = {  # what an nGPT's neurons are scaled by
    "mlp.s_u": Block("ff", "s_u", "mlp.hidden", by_row=True),
    "mlp.s_v": Block("ff", "s_v", "mlp.gate", by_row=True),
}
TOKEN = {"s_z": Block("vocab_size", "s_z", "logits", by_row=True)}

ANATOMIES = {
    "ngpt": Anatomy(
        sphere=True,
        layer={
            "attn.s_qk": Block("inner", "s_qk", "attn.q", by_row=True),
            "attn.alpha": Block("dim", "alpha_attn", "attn.out"),
            **NEURON,
            "mlp.alpha": Block("dim", "alpha_mlp", "mlp.out"),
        },
        outside=TOKEN,
    ),
    "llama": Anatomy(
        sphere=False,
        layer={
            "attn.norm": Block("dim", "norm_attn", "attn.q"),
            "mlp.norm": Block("dim", "norm_mlp", "mlp.gate"),
        },
        outside={"norm": Block("dim", "norm", "logits")},
    ),
    "sandwich": Anatomy(
        sphere=True,
        layer={
            "attn.norm_q": Block("dim_head", "norm_q", "attn.q"),
            "attn.norm_k": Block("dim_head", "norm_k", "attn.k"),
            "attn.gain": Block("dim", "gain_attn", "attn.out"),
            **NEURON,
            "mlp.gain": Block("dim", "gain_mlp", "mlp.out"),
        },
        outside=TOKEN,
    ),
}
