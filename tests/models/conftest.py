"""A tiny architecture to vary, and founders of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from lab.models.architecture import Architecture
from lab.models.genotype import Genotype, founder

Make = Callable[..., Genotype]


@pytest.fixture
def make() -> Make:
    """make(seed=0, tied=False, ...): a founder whose scales have moved off their first values."""

    def made(seed: int = 0, **changes: Any) -> Genotype:
        tiny: dict[str, Any] = {"vocab_size": 29, "dim": 32, "depth": 2, "heads": 2, "dim_head": 16}
        generator = torch.Generator().manual_seed(seed)
        born = founder(Architecture(**{**tiny, **changes}), generator)
        factors = 1 + 0.3 * torch.rand(born.scales.shape, generator=generator)
        return Genotype(born.architecture, born.rows, born.scales * factors)

    return made
