"""LLaMA conversion: a genotype as the arrays that exports are written from; not of an nGPT.

No engine puts the residual stream back on the sphere, so a true nGPT cannot be written as a LLaMA;
a sandwich, which is bred on the sphere too, can: `lab.models.sandwich`.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lab.corpora.vocabulary import Vocabulary
from lab.exports.gguf import arrays_from_gguf, write_gguf
from lab.exports.gguf_tokenizer import gguf_tokens
from lab.exports.llama_shape import Array, LlamaShape
from lab.exports.numpy_llama import NumpyLlama
from lab.models import sandwich
from lab.models.genotype import Genotype

GENOTYPE_BLOCKS = {  # ours: of the genotype; those that write to the stream are stored transposed
    "wq": "attn.q", "wk": "attn.k", "wv": "attn.v", "wo": "attn.out",
    "w1": "mlp.gate", "w2": "mlp.out", "w3": "mlp.hidden",
}  # fmt: skip


def convert_to_llama(genotype: Genotype, context: int) -> NumpyLlama:
    """A LLaMA or a sandwich as sizes and arrays; ValueError for what no engine computes."""
    a = genotype.architecture
    if a.kind == "ngpt":
        raise ValueError(
            "an nGPT has no form that llama.cpp or llama2.c runs: export it with format=hub, or "
            "train one with model=llama or model=sandwich"
        )
    if a.rope != "geometric":
        raise ValueError(f"engines know no rope={a.rope}: only format=hub can export this artist")
    shape = LlamaShape(
        dim=a.dim,
        hidden=a.ff,
        layers=a.depth,
        heads=a.heads,
        kv_heads=a.num_kv_heads,
        head_dim=a.dim_head,
        vocab=a.vocab_size,
        seq_len=context,
        rope_base=a.rope_base,
        norm_eps=a.norm_eps,
        tied=a.tied and a.kind == "llama",  # a sandwich's logits have scales of their own
        sandwich=a.kind == "sandwich",
    )
    if shape.sandwich:
        tensors = {
            name: tensor.numpy() for name, tensor in sandwich.plamo3_tensors(genotype).items()
        }
        return NumpyLlama(shape, arrays_from_gguf(shape, tensors))
    return NumpyLlama(shape, llama_arrays(genotype))


def llama_arrays(genotype: Genotype) -> dict[str, Array]:
    """The arrays of a LLaMA."""
    layout = genotype.layout
    rows = genotype.rows.detach().cpu().numpy()
    scales = genotype.effective_scales().detach().cpu().numpy()
    arrays = {
        "embedding": rows[layout.row_blocks["embed"]],
        "norm": scales[layout.scale_blocks["norm"]],
    }
    if "logits" in layout.row_blocks:
        arrays["logits"] = rows[layout.row_blocks["logits"]]
    for layer in range(genotype.architecture.depth):
        block = f"layers.{layer}."
        for name, block_name in GENOTYPE_BLOCKS.items():
            part = rows[layout.row_blocks[block + block_name]]
            arrays[f"{layer}.{name}"] = part.T if block_name.endswith(".out") else part
        for name, block_name in (("attention_norm", "attn.norm"), ("ffn_norm", "mlp.norm")):
            arrays[f"{layer}.{name}"] = scales[layout.scale_blocks[block + block_name]]
    return {name: np.ascontiguousarray(array) for name, array in arrays.items()}


def export_gguf(
    model: NumpyLlama, vocabulary: Vocabulary, name: str, description: str = ""
) -> bytes:
    """A model as llama.cpp's file, with the end that its vocabulary may lack.

    ValueError where the package gguf is missing.
    """
    tokens = gguf_tokens(vocabulary)
    return write_gguf(
        append_end_token(model) if len(tokens.texts) > len(vocabulary) else model,
        tokens,
        name,
        description,
    )


def append_end_token(model: NumpyLlama) -> NumpyLlama:
    """The model with one id more, an end that it never chooses.

    The new rows are the means of the others: a mean of logits is never the largest of them.
    """
    extended = {
        name: np.concatenate([array, array.mean(0, keepdims=True, dtype=np.float32)])
        for name, array in model.arrays.items()
        if name in ("embedding", "logits")
    }
    shape = replace(model.shape, vocab=model.shape.vocab + 1)
    return NumpyLlama(shape, dict(model.arrays) | extended)
