"""Individuals: an attention layer of one of the lab's own models, of any kind.

What each kind does with its stream, its queries and its keys is told in `lab/models/`.
"""

from __future__ import annotations

import torch

from lab.attention_maps.layernorm_layer import Normed, parts
from lab.attention_maps.qknorm_layer import Sphere
from lab.models import llama, ngpt
from lab.models.architecture import Architecture
from lab.models.genotype import Genotype
from lab.models.network import network
from lab.models.rotary import rotation

POSITIONS = 1024  # of rotary tables made for individuals, which have no end of their own


def layer_of(genotype: Genotype, number: int) -> Normed:
    """A layer of an individual, counted from 0."""
    a = genotype.architecture
    one = network(a).prepare(a, genotype.rows, genotype.scales, torch.float32).layers[number]
    return of_ngpt(a, one) if isinstance(one, ngpt.Layer) else of_llama(a, one)


def of_ngpt(a: Architecture, one: ngpt.Layer) -> Normed:
    """A layer that reads a unit vector; its queries and keys are normalised too, if norm_qk."""
    query, key, _ = one.qkv.view(3, a.heads, a.dim_head, a.dim)
    plain, gain = torch.ones(2, a.dim_head).to(query), torch.ones(a.dim).to(query)
    layer = Normed(
        query, key, gain, None, 0.0, centred=False, causal=True, scale=one.s_qk[:, 0],
        turns=rotation(a, POSITIONS, query.device), unit=True,
    )  # fmt: skip
    return Sphere(**parts(layer), gains=(plain[0], plain[1])) if a.norm_qk else layer


def of_llama(a: Architecture, one: llama.Layer) -> Normed:
    """A layer behind RMSNorm: LLaMA's, or a sandwich's, which normalises queries and keys."""
    query, key, _ = one.qkv.split((a.inner, a.kv_inner, a.kv_inner))
    gain = torch.ones(a.dim).to(query) if one.read_attn is None else one.read_attn
    layer = Normed(
        query.unflatten(0, (-1, a.dim_head)), key.unflatten(0, (-1, a.dim_head)), gain, None,
        a.norm_eps, centred=False, causal=True, turns=rotation(a, POSITIONS, query.device),
        scale=torch.ones(a.heads, a.dim_head).to(query),  # the softmax scale is in the queries
    )  # fmt: skip
    if one.norms is None:
        return layer
    length = a.dim_head**0.5
    gains = (length * one.norms[0], length * one.norms[1])
    return Sphere(**parts(layer), gains=gains, little=a.dim_head * a.norm_eps)
