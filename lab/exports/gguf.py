"""GGUF: llama.cpp's model file, written with the package gguf and read with its reader.

Gerganov et al., llama.cpp, https://github.com/ggml-org/llama.cpp (architectures `llama` and
`plamo3`: src/models); GGUF: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md.

A LLaMA is architecture `llama`, whose rotary pairs lie side by side as ours do. A sandwich is
`plamo3`: q, k, v in one matrix, gate and up in another (the gate first), the pairs of a head's
queries and keys apart, (i, i + D / 2).
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from lab.exports.gguf_tokenizer import GgufTokens, add_gguf_tokens, read_gguf_tokens
from lab.exports.llama_shape import Array, LlamaShape
from lab.exports.numpy_llama import NumpyLlama
from lab.exports.rotary_pairs import interleave_rotary_pairs, split_rotary_pairs

INSTALL_HINT = "format=gguf needs the package gguf: pip install 'model-breeding-lab[export]'"
SHARED_NAMES = {  # ours: llama.cpp's, the same in both architectures
    "attention_norm": "attn_norm.weight",
    "wo": "attn_output.weight",
    "ffn_norm": "ffn_norm.weight",
    "w2": "ffn_down.weight",
}
LLAMA_NAMES = SHARED_NAMES | {
    "wq": "attn_q.weight",
    "wk": "attn_k.weight",
    "wv": "attn_v.weight",
    "w1": "ffn_gate.weight",
    "w3": "ffn_up.weight",
}
PLAMO3_NAMES = SHARED_NAMES | {
    "q_norm": "attn_q_norm.weight",
    "k_norm": "attn_k_norm.weight",
    "attention_gain": "post_attention_norm",  # llama.cpp asks for these two without .weight
    "ffn_gain": "post_ffw_norm",
}
MODEL_NAMES = {
    "embedding": "token_embd.weight",
    "norm": "output_norm.weight",
    "logits": "output.weight",
}

SHAPE_KEYS = {  # of the fields that say a model's sizes
    "dim": "embedding_length",
    "hidden": "feed_forward_length",
    "layers": "block_count",
    "heads": "attention.head_count",
    "kv_heads": "attention.head_count_kv",
    "head_dim": "attention.key_length",
    "vocab": "vocab_size",
    "seq_len": "context_length",
    "rope_base": "rope.freq_base",
    "norm_eps": "attention.layer_norm_rms_epsilon",
}


def write_gguf(model: NumpyLlama, tokens: GgufTokens, name: str, description: str = "") -> bytes:
    """The file of a model whose ids are `tokens`; ValueError where the package is missing."""
    gguf, s = import_gguf(), model.shape
    arch = "plamo3" if s.sandwich else "llama"
    if len(tokens.texts) != s.vocab:
        raise ValueError(f"{len(tokens.texts)} tokens cannot be the ids of {s.vocab} rows")
    with tempfile.TemporaryDirectory(prefix="lab-export-") as folder:
        path = Path(folder) / "model.gguf"
        writer = gguf.GGUFWriter(path, arch)
        writer.add_name(name)
        if description:
            writer.add_description(description)
        writer.add_file_type(gguf.LlamaFileType.ALL_F32)
        writer.add_context_length(s.seq_len)
        writer.add_embedding_length(s.dim)
        writer.add_block_count(s.layers)
        writer.add_feed_forward_length(s.hidden)
        writer.add_head_count(s.heads)
        writer.add_head_count_kv(s.kv_heads)
        writer.add_key_length(s.head_dim)
        writer.add_value_length(s.head_dim)
        writer.add_rope_dimension_count(s.head_dim)
        writer.add_rope_freq_base(s.rope_base)
        writer.add_layer_norm_rms_eps(s.norm_eps)
        writer.add_vocab_size(s.vocab)
        add_gguf_tokens(writer, tokens)
        for gguf_name, array in gguf_tensors(model).items():
            writer.add_tensor(gguf_name, array)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        return path.read_bytes()


def gguf_tensors(model: NumpyLlama) -> dict[str, Array]:
    """A model's arrays under llama.cpp's names and in its order of rows."""
    s, a = model.shape, model.arrays
    tensors = {MODEL_NAMES[name]: a[name] for name in MODEL_NAMES if name in a}
    for layer in range(s.layers):
        block = f"blk.{layer}."
        for name, gguf_name in (PLAMO3_NAMES if s.sandwich else LLAMA_NAMES).items():
            tensors[block + gguf_name] = a[f"{layer}.{name}"]
        if s.sandwich:
            for name in "qk":
                gguf_name = PLAMO3_NAMES[f"{name}_norm"]
                tensors[block + gguf_name] = split_rotary_pairs(
                    tensors[block + gguf_name], s.head_dim
                )
            q, k = (split_rotary_pairs(a[f"{layer}.w{name}"], s.head_dim) for name in "qk")
            tensors[block + "attn_qkv.weight"] = np.concatenate([q, k, a[f"{layer}.wv"]])
            up = np.concatenate([a[f"{layer}.w1"], a[f"{layer}.w3"]])
            tensors[block + "ffn_up.weight"] = up
    return tensors


def read_gguf(path: Path) -> tuple[NumpyLlama, GgufTokens]:
    """Model and tokens of a file; ValueError where it is no GGUF, or not of these architectures."""
    reader = import_gguf().GGUFReader(path)
    fields = {name: field.contents() for name, field in reader.fields.items()}
    arch = fields.get("general.architecture")
    if arch not in ("llama", "plamo3"):
        raise ValueError(f"{path} is of the architecture {arch}, which is not read here")
    tensors = {tensor.name: np.array(tensor.data, np.float32) for tensor in reader.tensors}
    s = read_gguf_shape(fields, arch, "output.weight" not in tensors)
    return NumpyLlama(s, arrays_from_gguf(s, tensors)), read_gguf_tokens(fields)


def read_gguf_shape(fields: Mapping[str, Any], arch: str, tied: bool) -> LlamaShape:
    """The sizes in a file's fields."""
    values: dict[str, Any] = {name: fields[f"{arch}.{key}"] for name, key in SHAPE_KEYS.items()}
    for name in ("rope_base", "norm_eps"):  # float32 there: the shortest decimal that gives it
        values[name] = float(str(np.float32(values[name])))
    return LlamaShape(**values, tied=tied, sandwich=arch == "plamo3")


def arrays_from_gguf(shape: LlamaShape, tensors: Mapping[str, Array]) -> dict[str, Array]:
    """Our arrays from a file's tensors; KeyError names one that it lacks."""
    s = shape
    arrays = {
        name: tensors[gguf_name] for name, gguf_name in MODEL_NAMES.items() if gguf_name in tensors
    }
    for layer in range(s.layers):
        block = f"blk.{layer}."
        for name, gguf_name in (PLAMO3_NAMES if s.sandwich else LLAMA_NAMES).items():
            arrays[f"{layer}.{name}"] = tensors[block + gguf_name]
        if s.sandwich:
            query_width, kv_width = s.heads * s.head_dim, s.kv_heads * s.head_dim
            parts = np.split(
                tensors[block + "attn_qkv.weight"], [query_width, query_width + kv_width]
            )
            arrays |= {f"{layer}.w{name}": part for name, part in zip("qkv", parts, strict=True)}
            for name in ("wq", "wk", "q_norm", "k_norm"):
                arrays[f"{layer}.{name}"] = interleave_rotary_pairs(
                    arrays[f"{layer}.{name}"], s.head_dim
                )
            w1, w3 = np.split(tensors[block + "ffn_up.weight"], 2)
            arrays |= {f"{layer}.w1": w1, f"{layer}.w3": w3}
    return arrays


def import_gguf() -> ModuleType:
    """The package gguf; ValueError in one line where it is not installed."""
    try:
        import gguf
    except ImportError:
        raise ValueError(INSTALL_HINT) from None
    return gguf
