"""Mutation: a random step of a child along the sphere.

Beyer & Schwefel 2002, "Evolution strategies: a comprehensive introduction" (the normal step).

A mutation is a function (genotype, *, <its parameters>, generator) -> Genotype that leaves its
argument as it is.
"""

from __future__ import annotations

import torch

from lab.breeding.geometry import require_sphere
from lab.breeding.operator_traits import mutation_operator
from lab.models import hypersphere
from lab.models.genotype import Genotype


@mutation_operator()
def none(genotype: Genotype, *, generator: torch.Generator | None = None) -> Genotype:
    """An unchanged copy."""
    return genotype.clone()


def check_sigmas(*, sigma: float, scale_sigma: float, **_: object) -> None:
    """ValueError for a step size that is negative or infinite."""
    if not (0 <= sigma < float("inf") and 0 <= scale_sigma < float("inf")):
        raise ValueError(f"sigmas must be finite and not negative, got {sigma} and {scale_sigma}")


@mutation_operator(needs_unit_rows=True, check=check_sigmas)
def tangent(
    genotype: Genotype,
    *,
    sigma: float = 0.01,
    scale_sigma: float = 0.0,
    generator: torch.Generator | None = None,
) -> Genotype:
    """exp_w(v) for each row w, v normal in its tangent space with root mean square length sigma.

    sigma in radians; scales are multiplied by exp(scale_sigma z), z normal, and keep their signs.
    ValueError for a negative or infinite sigma, or without generator.
    """
    require_sphere([genotype], "mutation=tangent", "mutation=none")
    if generator is None:
        raise ValueError("mutation draws its step: it needs a generator")
    check_sigmas(sigma=sigma, scale_sigma=scale_sigma)
    a = genotype.architecture
    rows = torch.empty_like(genotype.rows)
    for block in genotype.layout.row_blocks.values():
        w = genotype.rows[block]
        noise = torch.randn(w.shape, generator=generator).to(w.device)
        step = hypersphere.tangent_rows(w, noise.double()) * (sigma / (a.dim - 1) ** 0.5)
        rows[block] = hypersphere.exp_map(w, step)
    z = torch.randn(a.num_scales, generator=generator).to(genotype.scales.device)
    return Genotype(a, rows, genotype.scales * (scale_sigma * z).exp())
