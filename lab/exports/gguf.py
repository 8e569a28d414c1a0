"""llama.cpp's model file, GGUF: written with the package gguf, read back with its reader.

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

from lab.exports.gguf_tokenizer import Tokens
from lab.exports.llama_shape import Array, Sizes
from lab.exports.numpy_llama import Llama

INSTALL = "format=gguf needs the package gguf: pip install 'model-breeding-lab[export]'"
NAMES = {  # ours: llama.cpp's, the same in both architectures
    "attention_norm": "attn_norm.weight",
    "wo": "attn_output.weight",
    "ffn_norm": "ffn_norm.weight",
    "w2": "ffn_down.weight",
}
LLAMA = NAMES | {
    "wq": "attn_q.weight",
    "wk": "attn_k.weight",
    "wv": "attn_v.weight",
    "w1": "ffn_gate.weight",
    "w3": "ffn_up.weight",
}
PLAMO3 = NAMES | {
    "q_norm": "attn_q_norm.weight",
    "k_norm": "attn_k_norm.weight",
    "attention_gain": "post_attention_norm",  # llama.cpp asks for these two without .weight
    "ffn_gain": "post_ffw_norm",
}
WHOLE = {"embedding": "token_embd.weight", "norm": "output_norm.weight", "logits": "output.weight"}

KEYS = {  # of the fields that say a model's sizes
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


def write(model: Llama, tokens: Tokens, name: str, about: str = "") -> bytes:
    """The file of a model whose ids are `tokens`; ValueError where the package is missing."""
    gguf, s = package(), model.sizes
    arch = "plamo3" if s.sandwich else "llama"
    if len(tokens.texts) != s.vocab:
        raise ValueError(f"{len(tokens.texts)} tokens cannot be the ids of {s.vocab} rows")
    with tempfile.TemporaryDirectory(prefix="lab-export-") as folder:
        path = Path(folder) / "model.gguf"
        out = gguf.GGUFWriter(path, arch)
        out.add_name(name)
        if about:
            out.add_description(about)
        out.add_file_type(gguf.LlamaFileType.ALL_F32)
        out.add_context_length(s.seq_len)
        out.add_embedding_length(s.dim)
        out.add_block_count(s.layers)
        out.add_feed_forward_length(s.hidden)
        out.add_head_count(s.heads)
        out.add_head_count_kv(s.kv_heads)
        out.add_key_length(s.head_dim)
        out.add_value_length(s.head_dim)
        out.add_rope_dimension_count(s.head_dim)
        out.add_rope_freq_base(s.rope_base)
        out.add_layer_norm_rms_eps(s.norm_eps)
        out.add_vocab_size(s.vocab)
        add_tokens(out, tokens)
        for place, array in tensors(model).items():
            out.add_tensor(place, array)
        out.write_header_to_file()
        out.write_kv_data_to_file()
        out.write_tensors_to_file()
        out.close()
        return path.read_bytes()


def add_tokens(out: Any, tokens: Tokens) -> None:
    """The tokenizer: no merges (one that never happens: llama.cpp wants a list), nothing added."""
    out.add_tokenizer_model("gpt2")
    out.add_tokenizer_pre("gpt-2")
    out.add_token_list(list(tokens.texts))
    out.add_token_types(list(tokens.kinds))
    out.add_token_merges(["\u0100 \u0100"])
    out.add_bos_token_id(tokens.bos)
    out.add_eos_token_id(tokens.eos)
    out.add_add_bos_token(False)
    out.add_add_eos_token(False)
    out.add_add_space_prefix(False)


def tensors(model: Llama) -> dict[str, Array]:
    """A model's arrays under llama.cpp's names and in its order of rows."""
    s, a = model.sizes, model.arrays
    found = {WHOLE[name]: a[name] for name in WHOLE if name in a}
    for layer in range(s.layers):
        block = f"blk.{layer}."
        for name, place in (PLAMO3 if s.sandwich else LLAMA).items():
            found[block + place] = a[f"{layer}.{name}"]
        if s.sandwich:
            for name in "qk":
                place = PLAMO3[f"{name}_norm"]
                found[block + place] = apart(found[block + place], s.head_dim)
            q, k = (apart(a[f"{layer}.w{name}"], s.head_dim) for name in "qk")
            found[block + "attn_qkv.weight"] = np.concatenate([q, k, a[f"{layer}.wv"]])
            up = np.concatenate([a[f"{layer}.w1"], a[f"{layer}.w3"]])
            found[block + "ffn_up.weight"] = up
    return found


def read(path: Path) -> tuple[Llama, Tokens]:
    """Model and tokens of a file; ValueError where it is no GGUF, or not of these architectures."""
    reader = package().GGUFReader(path)
    told = {name: field.contents() for name, field in reader.fields.items()}
    arch = told.get("general.architecture")
    if arch not in ("llama", "plamo3"):
        raise ValueError(f"{path} is of the architecture {arch}, which is not read here")
    found = {one.name: np.array(one.data, np.float32) for one in reader.tensors}
    s = sizes(told, arch, "output.weight" not in found)
    return Llama(s, arrays(s, found)), token_list(told)


def sizes(told: Mapping[str, Any], arch: str, tied: bool) -> Sizes:
    """The sizes in a file's fields."""
    found: dict[str, Any] = {name: told[f"{arch}.{place}"] for name, place in KEYS.items()}
    for name in ("rope_base", "norm_eps"):  # float32 there: the shortest decimal that gives it
        found[name] = float(str(np.float32(found[name])))
    return Sizes(**found, tied=tied, sandwich=arch == "plamo3")


def arrays(sizes: Sizes, found: Mapping[str, Array]) -> dict[str, Array]:
    """Our arrays from a file's tensors; KeyError names one that it lacks."""
    s = sizes
    ours = {name: found[place] for name, place in WHOLE.items() if place in found}
    for layer in range(s.layers):
        block = f"blk.{layer}."
        for name, place in (PLAMO3 if s.sandwich else LLAMA).items():
            ours[f"{layer}.{name}"] = found[block + place]
        if s.sandwich:
            wide, narrow = s.heads * s.head_dim, s.kv_heads * s.head_dim
            parts = np.split(found[block + "attn_qkv.weight"], [wide, wide + narrow])
            ours |= {f"{layer}.w{name}": part for name, part in zip("qkv", parts, strict=True)}
            for name in ("wq", "wk", "q_norm", "k_norm"):
                ours[f"{layer}.{name}"] = together(ours[f"{layer}.{name}"], s.head_dim)
            w1, w3 = np.split(found[block + "ffn_up.weight"], 2)
            ours |= {f"{layer}.w1": w1, f"{layer}.w3": w3}
    return ours


def token_list(told: Mapping[str, Any]) -> Tokens:
    """The tokens in a file's fields."""
    key = "tokenizer.ggml."
    return Tokens(
        tuple(told[key + "tokens"]),
        tuple(told[key + "token_type"]),
        int(told[key + "bos_token_id"]),
        int(told[key + "eos_token_id"]),
    )


def apart(rows: Array, head_dim: int) -> Array:
    """Rows whose pairs (2 i, 2 i + 1) lie apart instead, (i, i + D / 2), in each head."""
    return rows.reshape(-1, head_dim // 2, 2, *rows.shape[1:]).swapaxes(1, 2).reshape(rows.shape)


def together(rows: Array, head_dim: int) -> Array:
    """What `apart` made, put back."""
    return rows.reshape(-1, 2, head_dim // 2, *rows.shape[1:]).swapaxes(1, 2).reshape(rows.shape)


def package() -> ModuleType:
    """The package gguf; ValueError in one line where it is not installed."""
    try:
        import gguf
    except ImportError:
        raise ValueError(INSTALL) from None
    return gguf
