"""Transformers files: a LLaMA as Hugging Face's LlamaForCausalLM with a character tokenizer.

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
from lab.exports.gguf_tokenizer import gpt2_byte_alphabet
from lab.exports.llama_shape import LlamaShape
from lab.exports.numpy_llama import NumpyLlama
from lab.exports.rotary_pairs import interleave_rotary_pairs, split_rotary_pairs

MODEL_NAMES = {
    "embedding": "model.embed_tokens.weight",
    "norm": "model.norm.weight",
    "logits": "lm_head.weight",
}
LAYER_NAMES = {
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


def write_transformers_files(model: NumpyLlama, vocabulary: Vocabulary) -> dict[str, bytes]:
    """The files of a folder that `LlamaForCausalLM.from_pretrained` and `AutoTokenizer` read."""
    s = model.shape
    if s.sandwich:
        raise ValueError("transformers has no sandwich: format=gguf or the lab itself runs it")
    tensors = {
        MODEL_NAMES[name]: model.arrays[name] for name in MODEL_NAMES if name in model.arrays
    }
    for layer in range(s.layers):
        for name, tensor_name in LAYER_NAMES.items():
            array = model.arrays[f"{layer}.{name}"]
            weights = split_rotary_pairs(array, s.head_dim) if name in ("wq", "wk") else array
            tensors[f"model.layers.{layer}.{tensor_name}"] = np.ascontiguousarray(weights)
    return {
        "model.safetensors": save(tensors, {"format": "pt"}),
        "config.json": _pretty_json(transformers_config(s, vocabulary)),
        "tokenizer.json": _pretty_json(transformers_tokenizer(vocabulary)),
        "tokenizer_config.json": _pretty_json(special_tokens(vocabulary) | {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "clean_up_tokenization_spaces": False,
            "model_max_length": s.seq_len,
        }),
    }  # fmt: skip


def read_transformers_files(files: Mapping[str, bytes]) -> NumpyLlama:
    """The model in such files."""
    config, tensors = json.loads(files["config.json"]), load(files["model.safetensors"])
    shape = LlamaShape(
        dim=config["hidden_size"],
        hidden=config["intermediate_size"],
        layers=config["num_hidden_layers"],
        heads=config["num_attention_heads"],
        kv_heads=config["num_key_value_heads"],
        head_dim=config["head_dim"],
        vocab=config["vocab_size"],
        seq_len=config["max_position_embeddings"],
        rope_base=config["rope_theta"],
        norm_eps=config["rms_norm_eps"],
        tied=config["tie_word_embeddings"],
    )
    arrays = {
        name: tensors[tensor_name]
        for name, tensor_name in MODEL_NAMES.items()
        if tensor_name in tensors
    }
    for layer in range(shape.layers):
        for name, tensor_name in LAYER_NAMES.items():
            array = tensors[f"model.layers.{layer}.{tensor_name}"]
            weights = (
                interleave_rotary_pairs(array, shape.head_dim) if name in ("wq", "wk") else array
            )
            arrays[f"{layer}.{name}"] = weights
    return NumpyLlama(shape, arrays)


def transformers_config(s: LlamaShape, vocabulary: Vocabulary) -> dict[str, Any]:
    """config.json; rope_theta is said twice, for transformers 4 and 5."""
    characters = vocabulary.characters
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
        "bos_token_id": characters.index(SOL)
        if "bos_token" in special_tokens(vocabulary)
        else None,
        "eos_token_id": characters.index(EOA)
        if "eos_token" in special_tokens(vocabulary)
        else None,
    }


def transformers_tokenizer(vocabulary: Vocabulary) -> dict[str, Any]:
    """tokenizer.json: every character is a token, or every byte where the vocabulary is bytes."""
    if vocabulary.kind == "bytes":
        byte_level = {"type": "ByteLevel", "add_prefix_space": False, "use_regex": False}
        byte_level["trim_offsets"] = False
        ids = {gpt2_byte_alphabet()[byte]: byte for byte in range(256)}
        model = {"type": "BPE", "vocab": ids, "merges": []}
        return _tokenizer_json(model, byte_level, byte_level)
    ids = {character: at for at, character in enumerate(vocabulary.characters)}
    model = {"type": "WordLevel", "vocab": ids, "unk_token": vocabulary.characters[0]}
    split = {"type": "Split", "pattern": {"Regex": r"[\s\S]"}, "behavior": "Isolated"}
    return _tokenizer_json(model, split | {"invert": False}, {"type": "Fuse"})


def special_tokens(vocabulary: Vocabulary) -> dict[str, str]:
    """The characters that open and close a drawing, where the vocabulary has them."""
    if vocabulary.kind == "bytes":
        return {}
    candidates = {"bos_token": SOL, "eos_token": EOA}
    return {
        name: character
        for name, character in candidates.items()
        if character in vocabulary.characters
    }


def _tokenizer_json(
    model: dict[str, Any], pre_tokenizer: dict[str, Any], decoder: dict[str, Any]
) -> dict[str, Any]:
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": None,
        "pre_tokenizer": pre_tokenizer,
        "post_processor": None,
        "decoder": decoder,
        "model": model,
    }


def _pretty_json(data: object) -> bytes:
    """JSON for people to read."""
    return (json.dumps(data, indent=2, ensure_ascii=False) + "\n").encode()
