"""Layers of every kind with random weights, and a picture, all small."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from lab.attention import shadows
from lab.attention.heads import Layer, angles
from lab.attention.normed import Normed
from lab.attention.sphere import layer_of
from lab.models.architecture import Architecture
from lab.models.genotype import Genotype, founder

SIZE = 64


def chance(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def normed(kind: str) -> Normed:
    """gpt2: LayerNorm, places, biases; bert: not causal; llama: RMSNorm, rotary, shared keys."""
    g, heads, width, dim = chance(), 4, 16, 192

    def drawn(*shape: int, level: float = 0.05) -> Tensor:
        return level * torch.randn(*shape, generator=g)

    gain = 0.5 + torch.rand(dim, generator=g)
    if kind == "llama":
        turns = angles(10000.0 ** -(torch.arange(0, width, 2) / width), 128)
        query, key = drawn(heads, width, dim), drawn(2, width, dim)
        return Normed(query, key, gain, None, 1e-5, False, True, turns=turns)
    query, key = drawn(heads, width, dim), drawn(heads, width, dim)
    biases = drawn(heads, width, level=0.5), drawn(heads, width, level=0.5)
    places, shift = drawn(128, dim), drawn(dim, level=0.1)
    return Normed(query, key, gain, shift, 1e-5, True, kind == "gpt2", *biases, places)


def ngpt(depth: int = 2) -> Genotype:
    shape = Architecture(40, 64, depth, 4, 16, s_logit_init=10.0)
    return founder(shape, chance())


def llama(depth: int = 2) -> Genotype:
    shape = Architecture(40, 64, depth, 4, 16, kind="llama")
    return founder(shape, chance())


LAYERS = ("gpt2", "bert", "llama", "ngpt")


@pytest.fixture(params=LAYERS)
def layer(request: pytest.FixtureRequest) -> Layer:
    return layer_of(ngpt(), 0) if request.param == "ngpt" else normed(request.param)


@pytest.fixture
def picture() -> Tensor:
    return shadows.frame(12, SIZE)
