"""Lab layers: an attention layer of one of the lab's own models, of any kind.

The forward pass of each kind is in `lab/models/`.
"""

from __future__ import annotations

import torch

from lab.attention_maps.layernorm_layer import LayerNormLayer, layer_fields
from lab.attention_maps.qknorm_layer import QKNormLayer
from lab.models import llama, ngpt
from lab.models.architecture import Architecture
from lab.models.genotype import Genotype
from lab.models.network import get_network
from lab.models.rotary import rotation_table

POSITIONS = 1024  # of rotary tables, which individuals do not limit


def build_individual_layer(genotype: Genotype, number: int) -> LayerNormLayer:
    """Return a layer of an individual, counted from 0."""
    a = genotype.architecture
    weights = (
        get_network(a).prepare(a, genotype.rows, genotype.scales, torch.float32).layers[number]
    )
    return (
        build_ngpt_layer(a, weights)
        if isinstance(weights, ngpt.NgptLayer)
        else build_llama_layer(a, weights)
    )


def build_ngpt_layer(a: Architecture, weights: ngpt.NgptLayer) -> LayerNormLayer:
    """Return a layer of an nGPT: unit input; queries and keys normalised if norm_qk."""
    query, key, _ = weights.qkv.view(3, a.heads, a.dim_head, a.dim)
    unit_gains, gain = torch.ones(2, a.dim_head).to(query), torch.ones(a.dim).to(query)
    layer = LayerNormLayer(
        query, key, gain, None, 0.0, centred=False, causal=True, scale=weights.s_qk[:, 0],
        rotary=rotation_table(a, POSITIONS, query.device), unit_norm=True,
    )  # fmt: skip
    return (
        QKNormLayer(**layer_fields(layer), qk_gains=(unit_gains[0], unit_gains[1]))
        if a.norm_qk
        else layer
    )


def build_llama_layer(a: Architecture, weights: llama.LlamaLayer) -> LayerNormLayer:
    """Return a layer behind RMSNorm: LLaMA's, or a sandwich's with QK normalisation."""
    query, key, _ = weights.qkv.split((a.inner, a.kv_inner, a.kv_inner))
    gain = torch.ones(a.dim).to(query) if weights.attn_pre_norm is None else weights.attn_pre_norm
    layer = LayerNormLayer(
        query.unflatten(0, (-1, a.dim_head)), key.unflatten(0, (-1, a.dim_head)), gain, None,
        a.norm_eps, centred=False, causal=True, rotary=rotation_table(a, POSITIONS, query.device),
        scale=torch.ones(a.heads, a.dim_head).to(query),  # the softmax scale is in the queries
    )  # fmt: skip
    if weights.qk_norms is None:
        return layer
    length = a.dim_head**0.5
    gains = (length * weights.qk_norms[0], length * weights.qk_norms[1])
    return QKNormLayer(**layer_fields(layer), qk_gains=gains, qk_eps=a.dim_head * a.norm_eps)
