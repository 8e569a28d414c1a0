"""Mutations: how far they go, and that they leave the sphere and their argument alone."""

from __future__ import annotations

import pytest
import torch

from lab.breeding import mutation
from lab.models import hypersphere
from lab.models.architecture import Architecture
from tests.breeding.families import furthest, individual, seeded

BROAD = Architecture(vocab_size=50, dim=64, depth=2, heads=2, dim_head=16)


def test_none_copies() -> None:
    a = individual()
    child = mutation.none(a)
    assert furthest(a, child) == 0
    child.rows.zero_()
    assert a.rows.any()


@pytest.mark.parametrize("sigma", [0.01, 0.3])
def test_a_step_is_as_long_as_sigma(sigma: float) -> None:
    a = individual(BROAD)
    child = mutation.tangent(a, sigma=sigma, generator=seeded(1))
    assert float((child.rows.double().norm(dim=-1) - 1).abs().max()) <= 1e-6
    walked = hypersphere.angle(a.rows, child.rows).square().mean().sqrt()
    assert float(walked) == pytest.approx(sigma, rel=0.02)
    assert torch.equal(a.scales, child.scales)


def test_scales_move_by_factors() -> None:
    a = individual(BROAD)
    a.scales[::2] *= -1
    child = mutation.tangent(a, sigma=0.0, scale_sigma=0.2, generator=seeded(1))
    assert float((child.scales / a.scales).log().std()) == pytest.approx(0.2, rel=0.1)
    assert torch.allclose(a.rows, child.rows, atol=1e-7)


def test_the_generator_decides() -> None:
    a = individual()
    children = [mutation.tangent(a, sigma=0.1, generator=seeded(seed)) for seed in (1, 1, 2)]
    assert furthest(children[0], children[1]) == 0 < furthest(children[0], children[2])


def test_bad_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="needs a generator"):
        mutation.tangent(individual())
    with pytest.raises(ValueError, match="must be finite and not negative"):
        mutation.tangent(individual(), sigma=-1.0, generator=seeded(0))
