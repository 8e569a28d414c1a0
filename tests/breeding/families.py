"""Tiny families for the tests of breeding: related genotypes with scales that have moved."""

from __future__ import annotations

import torch

from lab.models.architecture import Architecture
from lab.models.genotype import Genotype, founder
from lab.models.hypersphere import normalize

TINY = Architecture(vocab_size=11, dim=16, depth=2, heads=3, dim_head=4, ff_expand=1.5)
UNTIED = Architecture(
    vocab_size=11, dim=16, depth=2, heads=3, dim_head=4, ff_expand=1.5, tied=False,
    value_residual=False,
)  # fmt: skip

LLAMA = Architecture(
    vocab_size=11, dim=16, depth=2, heads=4, dim_head=4, ff_expand=1.5, kind="llama", kv_heads=2,
    tied=False,
)  # fmt: skip
SANDWICH = Architecture(
    vocab_size=11, dim=16, depth=2, heads=4, dim_head=4, ff_expand=1.5, kind="sandwich", kv_heads=2
)


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def individual(architecture: Architecture = TINY, seed: int = 0) -> Genotype:
    """A founder whose scales have moved by up to 30 %."""
    drawn = founder(architecture, seeded(seed))
    jitter = torch.rand(architecture.num_scales, generator=seeded(seed + 1000)) * 0.6 + 0.7
    return Genotype(architecture, drawn.rows, drawn.scales * jitter)


def fork(parent: Genotype, seed: int, distance: float = 0.4) -> Genotype:
    """A relative of the parent: rows about `distance` radians away, scales within 20 %."""
    noise = torch.randn(parent.rows.shape, generator=seeded(seed)) / parent.architecture.dim**0.5
    jitter = torch.rand(len(parent.scales), generator=seeded(seed + 1000)) * 0.4 + 0.8
    if parent.architecture.has_unit_rows:
        rows = normalize(parent.rows + distance * noise)
    else:
        rows = parent.rows + distance * noise * parent.rows.norm(dim=-1, keepdim=True)
    return Genotype(parent.architecture, rows, parent.scales * jitter)


def trio(architecture: Architecture = TINY, seed: int = 0) -> tuple[Genotype, Genotype, Genotype]:
    """Two parents and their ancestor."""
    ancestor = individual(architecture, seed)
    return fork(ancestor, seed + 1), fork(ancestor, seed + 2), ancestor


def furthest(a: Genotype, b: Genotype) -> float:
    """The largest difference between any two numbers of a and b, scales by effective value."""
    rows = (a.rows - b.rows).abs().max()
    return float(torch.maximum(rows, (a.effective_scales() - b.effective_scales()).abs().max()))
