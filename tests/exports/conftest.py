"""Tiny artists of every kind, random but lively."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from lab.exports.llama_shape import LlamaShape
from lab.exports.numpy_llama import NumpyLlama
from lab.models.architecture import Architecture
from lab.models.genotype import Genotype, founder
from tests.exports.odd import ODD

Make = Callable[..., Genotype]


@pytest.fixture
def make() -> Make:
    """make(kind="llama", seed=0, lively=8, tied=False, ...): a founder with more to say."""

    def made(kind: str = "llama", seed: int = 0, lively: float = 8.0, **changes: Any) -> Genotype:
        tiny = {"vocab_size": len(ODD), "dim": 32, "depth": 2, "heads": 4, "dim_head": 8}
        generator = torch.Generator().manual_seed(seed)
        born = founder(Architecture(**{**tiny, **changes}, kind=kind), generator)
        rows = born.rows if born.architecture.has_unit_rows else lively * born.rows
        factors = 1 + 0.3 * torch.rand(born.scales.shape, generator=generator)
        return Genotype(born.architecture, rows, born.scales * factors)

    return made


@pytest.fixture
def random() -> Callable[..., NumpyLlama]:
    """random(dim=32, ...): a model of random arrays, of any sizes."""

    def made(**changes: Any) -> NumpyLlama:
        tiny = {"dim": 32, "hidden": 48, "layers": 2, "heads": 4, "kv_heads": 2, "head_dim": 8}
        sizes = LlamaShape(**{**tiny, "vocab": len(ODD), "seq_len": 64, **changes})
        chance = np.random.default_rng(0)
        arrays = {
            name: (0.2 * chance.standard_normal(shape) + (len(shape) == 1)).astype(np.float32)
            for name, shape in sizes.tensor_shapes().items()
        }
        return NumpyLlama(sizes, arrays)

    return made
