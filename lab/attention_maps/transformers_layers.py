"""Transformers layers: attention layers of Hugging Face models as LayerNorm and QK-norm layers.

Wolf et al. 2020, "Transformers: state-of-the-art natural language processing", arXiv 1910.03771.
"""

from __future__ import annotations

from typing import Any

from torch import Tensor

from lab.attention_maps.interfaces import cosines_and_sines
from lab.attention_maps.layernorm_layer import LayerNormLayer, layer_fields
from lab.attention_maps.qknorm_layer import QKNormLayer

GPT2, BERT = ("gpt2",), ("bert", "roberta")
LLAMA = ("llama", "mistral", "qwen2", "qwen3", "gemma3_text")
MAX_POSITIONS = 4096  # length of rotary tables at most


def build_hf_gpt2_layer(model: Any, number: int) -> LayerNormLayer:
    """Return a layer of GPT-2; learned positions are added before the first one only."""
    block, config = model.h[number], model.config
    if config.scale_attn_by_inverse_layer_idx or not config.scale_attn_weights:
        raise ValueError("this GPT-2 scales its scores in a way that the display does not support")
    width, heads = config.hidden_size, config.num_attention_heads
    query, key, _ = block.attn.c_attn.weight.detach().mT.split(width)
    query_bias, key_bias, _ = block.attn.c_attn.bias.detach().split(width)
    return LayerNormLayer(
        query.unflatten(0, (heads, -1)), key.unflatten(0, (heads, -1)),
        block.ln_1.weight.detach(), block.ln_1.bias.detach(), block.ln_1.eps, True, True,
        query_bias.view(heads, -1), key_bias.view(heads, -1),
        None if number else model.wpe.weight.detach(),
    )  # fmt: skip


def build_hf_bert_layer(model: Any, number: int) -> LayerNormLayer:
    """Return a layer of BERT, which reads the norm of the embeddings or of the layer before."""
    attn, heads = model.encoder.layer[number].attention.self, model.config.num_attention_heads
    norm, positions = model.embeddings.LayerNorm, None
    if number:
        norm = model.encoder.layer[number - 1].output.LayerNorm
    else:
        offset = model.config.pad_token_id + 1 if model.config.model_type == "roberta" else 0
        token_types = model.embeddings.token_type_embeddings.weight.detach()
        positions = model.embeddings.position_embeddings.weight.detach()[offset:] + token_types[0]
    return LayerNormLayer(
        attn.query.weight.detach().unflatten(0, (heads, -1)),
        attn.key.weight.detach().unflatten(0, (heads, -1)),
        norm.weight.detach(), norm.bias.detach(), norm.eps, True, bool(model.config.is_decoder),
        attn.query.bias.detach().view(heads, -1), attn.key.bias.detach().view(heads, -1), positions,
    )  # fmt: skip


def build_hf_llama_layer(model: Any, number: int) -> LayerNormLayer:
    """Return a layer of LLaMA's family: RMSNorm, rotary positions, grouped keys.

    Qwen3 and Gemma 3 normalise queries and keys too, by head. ValueError for other variants.
    """
    attn, (gain, eps) = (
        model.layers[number].self_attn,
        read_rms_norm(model.layers[number].input_layernorm),
    )
    width, rotary, attention_scaling = attn.head_dim, *read_rotary_tables(model, attn)

    def split_heads(weight: Tensor) -> Tensor:
        return weight.detach().unflatten(0, (-1, width))

    query, key = split_heads(attn.q_proj.weight), split_heads(attn.k_proj.weight)
    biases = [
        None if layer_map.bias is None else split_heads(layer_map.bias)
        for layer_map in (attn.q_proj, attn.k_proj)
    ]
    scaling = getattr(attn, "scaling", width**-0.5)
    causal = not getattr(model.config, "use_bidirectional_attention", False)
    layer = LayerNormLayer(
        query, key, gain, None, eps, False, causal, biases[0], biases[1],
        rotary=rotary, scale=query.new_full(query.shape[:2], scaling * attention_scaling**2),
    )  # fmt: skip
    if not hasattr(attn, "q_norm"):
        return layer
    (query_gain, qk_eps), (key_gain, _) = read_rms_norm(attn.q_norm), read_rms_norm(attn.k_norm)
    if len(query_gain) != width or biases[0] is not None:
        raise ValueError(
            "this model normalises biased queries, or all heads at once: it cannot be displayed"
        )
    length = width**0.5
    gains = (length * query_gain, length * key_gain)
    return QKNormLayer(**layer_fields(layer), qk_gains=gains, qk_eps=width * qk_eps)


def read_rms_norm(norm: Any) -> tuple[Tensor, float]:
    """Return the gain of an RMSNorm, which Gemma stores minus 1, and its eps."""
    weight: Tensor = norm.weight.detach()
    if "Gemma" in type(norm).__name__:
        return 1 + weight, norm.eps
    return weight, norm.variance_epsilon


def read_rotary_tables(model: Any, attn: Any) -> tuple[tuple[Tensor, Tensor], float]:
    """Return the rotary tables of an attention module, and their scaling of queries and keys.

    They end where a sliding window would begin to hide the first column. Layers of Gemma 3 have
    tables of their own.
    """
    rotary, config = model.rotary_emb, model.config
    kind = getattr(attn, "layer_type", None)
    prefix = f"{kind}_" if hasattr(rotary, f"{kind}_inv_freq") else ""
    if config.model_type == "gemma3_text" and not prefix:
        raise ValueError("Gemma 3 needs transformers 5 or later")
    window = getattr(config, "sliding_window", None) if kind != "full_attention" else None
    positions = min(config.max_position_embeddings, window or MAX_POSITIONS, MAX_POSITIONS)
    frequencies = getattr(rotary, f"{prefix}inv_freq")
    return cosines_and_sines(frequencies, positions), getattr(rotary, f"{prefix}attention_scaling")
