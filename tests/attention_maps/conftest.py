"""Layers of every kind with random weights, and a picture, all small."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from lab.attention_maps import shadow_film
from lab.attention_maps.interfaces import AttentionLayer, cosines_and_sines
from lab.attention_maps.lab_layers import build_individual_layer
from lab.attention_maps.layernorm_layer import LayerNormLayer
from lab.attention_maps.qknorm_layer import QKNormLayer
from lab.models.architecture import Architecture
from lab.models.genotype import Genotype, founder

SIZE = 64


def chance(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def normed(kind: str) -> LayerNormLayer:
    """gpt2: LayerNorm, places, biases; bert: not causal; llama: RMSNorm, rotary, shared keys."""
    g, heads, width, dim = chance(), 4, 16, 192

    def drawn(*shape: int, level: float = 0.05) -> Tensor:
        return level * torch.randn(*shape, generator=g)

    gain = 0.5 + torch.rand(dim, generator=g)
    if kind == "llama":
        turns = cosines_and_sines(10000.0 ** -(torch.arange(0, width, 2) / width), 128)
        query, key = drawn(heads, width, dim), drawn(2, width, dim)
        return LayerNormLayer(query, key, gain, None, 1e-5, False, True, rotary=turns)
    query, key = drawn(heads, width, dim), drawn(heads, width, dim)
    biases = drawn(heads, width, level=0.5), drawn(heads, width, level=0.5)
    places, shift = drawn(128, dim), drawn(dim, level=0.1)
    return LayerNormLayer(query, key, gain, shift, 1e-5, True, kind == "gpt2", *biases, places)


def qwen(little: float = 1e-5) -> QKNormLayer:
    """The same as llama, with queries and keys normalised by head, their gains all different."""
    gains = 0.5 + torch.rand(2, 16, generator=chance(1))
    return QKNormLayer(
        **vars(normed("llama")), qk_gains=(4 * gains[0], 4 * gains[1]), qk_eps=little
    )


def individual(kind: str = "ngpt", depth: int = 2, **more: Any) -> Genotype:
    """A founder whose scales, gains among them, are not what they are at birth."""
    shape = Architecture(40, 64, depth, 4, 16, s_logit_init=10.0, kind=kind, **more)
    founded = founder(shape, chance())
    spread = 0.5 + torch.rand(len(founded.scales), generator=chance(1))
    return Genotype(shape, founded.rows, founded.scales * spread)


INDIVIDUALS: dict[str, dict[str, Any]] = {
    "ngpt": {},
    "unnormalised": {"norm_qk": False},
    "llama": {"kind": "llama"},
    "sandwich": {"kind": "sandwich"},
    "grouped": {"kind": "sandwich", "kv_heads": 2},
}
LAYERS = ("gpt2", "bert", "llama", "qwen", "ngpt", "unnormalised", "sandwich")


@pytest.fixture(params=LAYERS)
def layer(request: pytest.FixtureRequest) -> AttentionLayer:
    if request.param == "qwen":
        return qwen()
    if request.param in ("gpt2", "bert", "llama"):
        return normed(request.param)
    return build_individual_layer(individual(**INDIVIDUALS[request.param]), 0)


@pytest.fixture
def picture() -> Tensor:
    return shadow_film.render_shadow_frame(12, SIZE)
