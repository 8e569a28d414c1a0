"""A tiny founder that is sure of itself, so that sampling is not a lottery of near ties."""

from __future__ import annotations

import pytest
import torch

from lab.models.architecture import Architecture
from lab.models.genotype import Genotype, founder


@pytest.fixture
def artist() -> Genotype:
    shape = Architecture(
        vocab_size=29, dim=32, depth=2, heads=2, dim_head=16, s_logit_init=20.0, alpha_init=0.4
    )
    born = founder(shape, torch.Generator().manual_seed(5))
    factors = 1 + 0.3 * torch.rand(born.scales.shape, generator=torch.Generator().manual_seed(6))
    return Genotype(shape, born.rows, born.scales * factors)
