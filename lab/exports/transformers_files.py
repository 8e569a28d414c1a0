"""Hugging Face transformers' files: a LLaMA as LlamaForCausalLM, with a tokenizer of characters.

Wolf et al. 2020, "Transformers: state-of-the-art natural language processing", arXiv 1910.03771;
https://github.com/huggingface/transformers. Its rotary pairs are (i, i + D / 2): rows of q and k
change places, each head's by itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from safetensors.numpy import load, save

from lab.corpora.vocabulary import EOA, SOL, Vocabulary
from lab.exports.gguf import apart, together
from lab.exports.gguf_tokenizer import alphabet
from lab.exports.llama_shape import Sizes
from lab.exports.numpy_llama import Llama

WHOLE = {
    "embedding": "model.embed_tokens.weight",
    "norm": "model.norm.weight",
    "logits": "lm_head.weight",
}
LAYER = {
    "attention_norm": "input_layernorm.weight",
    "wq": "self_attn.q_proj.weight",
    "wk": "self_attn.k_proj.weight",
    "wv": "self_attn.v_proj.weight",
    "wo": "self_attn.o_proj.weight",
    "ffn_norm": "post_attention_layernorm.weight",
    "w1": "mlp.gate_proj.weight",
    "w2": "mlp.down_proj.weight",
    "w3": "mlp.up_proj.weight",
}


def write(model: Llama, vocabulary: Vocabulary) -> dict[str, bytes]:
    """The files of a folder that `LlamaForCausalLM.from_pretrained` and `AutoTokenizer` read."""
    s = model.sizes
    if s.sandwich:
        raise ValueError("transformers has no sandwich: format=gguf or the lab itself runs it")
    found = {WHOLE[name]: model.arrays[name] for name in WHOLE if name in model.arrays}
    for layer in range(s.layers):
        for name, place in LAYER.items():
            array = model.arrays[f"{layer}.{name}"]
            turned = apart(array, s.head_dim) if name in ("wq", "wk") else array
            found[f"model.layers.{layer}.{place}"] = np.ascontiguousarray(turned)
    return {
        "model.safetensors": save(found, {"format": "pt"}),
        "config.json": pretty(config(s, vocabulary)),
        "tokenizer.json": pretty(tokenizer(vocabulary)),
        "tokenizer_config.json": pretty(marks(vocabulary) | {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "clean_up_tokenization_spaces": False,
            "model_max_length": s.seq_len,
        }),
    }  # fmt: skip


def read(files: Mapping[str, bytes]) -> Llama:
    """The model in such files."""
    told, found = json.loads(files["config.json"]), load(files["model.safetensors"])
    sizes = Sizes(
        dim=told["hidden_size"],
        hidden=told["intermediate_size"],
        layers=told["num_hidden_layers"],
        heads=told["num_attention_heads"],
        kv_heads=told["num_key_value_heads"],
        head_dim=told["head_dim"],
        vocab=told["vocab_size"],
        seq_len=told["max_position_embeddings"],
        rope_base=told["rope_theta"],
        norm_eps=told["rms_norm_eps"],
        tied=told["tie_word_embeddings"],
    )
    arrays = {name: found[place] for name, place in WHOLE.items() if place in found}
    for layer in range(sizes.layers):
        for name, place in LAYER.items():
            array = found[f"model.layers.{layer}.{place}"]
            turned = together(array, sizes.head_dim) if name in ("wq", "wk") else array
            arrays[f"{layer}.{name}"] = turned
    return Llama(sizes, arrays)


def config(s: Sizes, vocabulary: Vocabulary) -> dict[str, Any]:
    """config.json; rope_theta is said twice, for transformers 4 and 5."""
    known = vocabulary.characters
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_size": s.dim,
        "intermediate_size": s.hidden,
        "num_hidden_layers": s.layers,
        "num_attention_heads": s.heads,
        "num_key_value_heads": s.kv_heads,
        "head_dim": s.head_dim,
        "vocab_size": s.vocab,
        "max_position_embeddings": s.seq_len,
        "rope_theta": s.rope_base,
        "rope_parameters": {"rope_type": "default", "rope_theta": s.rope_base},
        "rms_norm_eps": s.norm_eps,
        "tie_word_embeddings": s.tied,
        "hidden_act": "silu",
        "attention_bias": False,
        "mlp_bias": False,
        "torch_dtype": "float32",
        "bos_token_id": known.index(SOL) if "bos_token" in marks(vocabulary) else None,
        "eos_token_id": known.index(EOA) if "eos_token" in marks(vocabulary) else None,
    }


def tokenizer(vocabulary: Vocabulary) -> dict[str, Any]:
    """tokenizer.json: every character is a token, or every byte where the vocabulary is bytes."""
    if vocabulary.kind == "bytes":
        bytewise = {"type": "ByteLevel", "add_prefix_space": False, "use_regex": False}
        bytewise["trim_offsets"] = False
        ids = {alphabet()[byte]: byte for byte in range(256)}
        model = {"type": "BPE", "vocab": ids, "merges": []}
        return _tokenizer(model, bytewise, bytewise)
    ids = {one: at for at, one in enumerate(vocabulary.characters)}
    model = {"type": "WordLevel", "vocab": ids, "unk_token": vocabulary.characters[0]}
    each = {"type": "Split", "pattern": {"Regex": r"[\s\S]"}, "behavior": "Isolated"}
    return _tokenizer(model, each | {"invert": False}, {"type": "Fuse"})


def marks(vocabulary: Vocabulary) -> dict[str, str]:
    """The characters that open and close a drawing, where the vocabulary has them."""
    if vocabulary.kind == "bytes":
        return {}
    both = {"bos_token": SOL, "eos_token": EOA}
    return {name: one for name, one in both.items() if one in vocabulary.characters}


def _tokenizer(
    model: dict[str, Any], before: dict[str, Any], after: dict[str, Any]
) -> dict[str, Any]:
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": None,
        "pre_tokenizer": before,
        "post_processor": None,
        "decoder": after,
        "model": model,
    }


def pretty(data: object) -> bytes:
    """JSON for people to read."""
    return (json.dumps(data, indent=2, ensure_ascii=False) + "\n").encode()
