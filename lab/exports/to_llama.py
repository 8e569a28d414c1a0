"""Conversion: a genotype as the arrays that exports are written from; an nGPT has no such form.

No engine puts the residual stream back on the sphere, so a true nGPT cannot be written as a LLaMA;
a sandwich, which is bred on the sphere too, can: `lab.models.sandwich`.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lab.corpora.vocabulary import Vocabulary
from lab.exports.gguf import arrays, write
from lab.exports.gguf_tokenizer import tokens
from lab.exports.llama_shape import Array, Sizes
from lab.exports.numpy_llama import Llama
from lab.models import sandwich
from lab.models.genotype import Genotype

BLOCKS = {  # ours: of the genotype; those that write to the stream are stored transposed
    "wq": "attn.q", "wk": "attn.k", "wv": "attn.v", "wo": "attn.out",
    "w1": "mlp.gate", "w2": "mlp.out", "w3": "mlp.hidden",
}  # fmt: skip


def convert(genotype: Genotype, context: int) -> Llama:
    """A LLaMA or a sandwich as sizes and arrays; ValueError for what no engine computes."""
    a = genotype.architecture
    if a.kind == "ngpt":
        raise ValueError(
            "an nGPT has no form that llama.cpp or llama2.c runs: export it with format=hub, or "
            "rear one with model=llama or model=sandwich"
        )
    if a.rope != "geometric":
        raise ValueError(f"engines know no rope={a.rope}: only format=hub can export this artist")
    sizes = Sizes(
        dim=a.dim,
        hidden=a.ff,
        layers=a.depth,
        heads=a.heads,
        kv_heads=a.groups,
        head_dim=a.dim_head,
        vocab=a.vocab_size,
        seq_len=context,
        rope_base=a.rope_base,
        norm_eps=a.norm_eps,
        tied=a.tied and a.kind == "llama",  # a sandwich's logits have scales of their own
        sandwich=a.kind == "sandwich",
    )
    if sizes.sandwich:
        named = {name: one.numpy() for name, one in sandwich.tensors(genotype).items()}
        return Llama(sizes, arrays(sizes, named))
    return Llama(sizes, llama(genotype))


def llama(genotype: Genotype) -> dict[str, Array]:
    """The arrays of a LLaMA."""
    where = genotype.layout
    rows = genotype.rows.detach().cpu().numpy()
    scales = genotype.effective_scales().detach().cpu().numpy()
    found = {
        "embedding": rows[where.row_blocks["embed"]],
        "norm": scales[where.scale_blocks["norm"]],
    }
    if "logits" in where.row_blocks:
        found["logits"] = rows[where.row_blocks["logits"]]
    for layer in range(genotype.architecture.depth):
        block = f"layers.{layer}."
        for name, place in BLOCKS.items():
            part = rows[where.row_blocks[block + place]]
            found[f"{layer}.{name}"] = part.T if place.endswith(".out") else part
        for name, place in (("attention_norm", "attn.norm"), ("ffn_norm", "mlp.norm")):
            found[f"{layer}.{name}"] = scales[where.scale_blocks[block + place]]
    return {name: np.ascontiguousarray(array) for name, array in found.items()}


def gguf(model: Llama, vocabulary: Vocabulary, name: str, about: str = "") -> bytes:
    """A model as llama.cpp's file, with the end that its vocabulary may lack.

    ValueError where the package gguf is missing.
    """
    spelled = tokens(vocabulary)
    return write(
        ended(model) if len(spelled.texts) > len(vocabulary) else model, spelled, name, about
    )


def ended(model: Llama) -> Llama:
    """The model with one id more, an end that it never chooses.

    The new rows are the means of the others: a mean of logits is never the largest of them.
    """
    grown = {
        name: np.concatenate([array, array.mean(0, keepdims=True, dtype=np.float32)])
        for name, array in model.arrays.items()
        if name in ("embedding", "logits")
    }
    sizes = replace(model.sizes, vocab=model.sizes.vocab + 1)
    return Llama(sizes, dict(model.arrays) | grown)
