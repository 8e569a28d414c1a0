"""Residual steps stay on the sphere and have gradients everywhere."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from lab.models.hypersphere import angle, normalize, slerp_rows
from lab.models.residual import geodesic_residual, lerp_residual


def points(seed: int) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    x, y = (normalize(torch.randn(9, 16, generator=generator)) for _ in range(2))
    return x, y


@given(st.integers(0, 10**6), st.floats(0, 1))
def test_a_geodesic_step_with_equal_rates_is_slerp(seed: int, alpha: float) -> None:
    x, y = points(seed)
    stepped = geodesic_residual(x, y, torch.full((16,), alpha))
    assert float((stepped - slerp_rows(x, y, alpha)).abs().max()) < 1e-5


@pytest.mark.parametrize("step", [lerp_residual, geodesic_residual])
def test_a_step_ends_on_the_sphere(step: object) -> None:
    x, y = points(0)
    assert callable(step)
    norms = step(x, y, torch.linspace(0.01, 1, 16)).norm(dim=-1)
    assert float((norms - 1).abs().max()) < 1e-6


def test_a_straight_step_is_the_librarys() -> None:
    x, y = points(1)
    alpha = torch.rand(16)
    wanted = torch.nn.functional.normalize(x + alpha * (y - x), dim=-1)
    assert torch.allclose(lerp_residual(x, y, alpha), wanted, atol=1e-6)


@pytest.mark.parametrize("step", [lerp_residual, geodesic_residual])
@pytest.mark.parametrize("sign", [1, -1])
def test_gradients_are_finite_where_there_is_no_direction(step: object, sign: int) -> None:
    x = points(2)[0].requires_grad_()
    y = (sign * x).detach().requires_grad_()
    alpha = torch.full((16,), 0.3, requires_grad=True)
    assert callable(step)
    out = step(x, y, alpha)
    out.sum().backward()
    out = out.detach()
    assert float((out.norm(dim=-1) - 1).abs().max()) < 1e-6
    assert float(angle(out, x.detach()).max()) < 0.3 * math.pi
    assert all(t.grad is not None and t.grad.isfinite().all() for t in (x, y, alpha))


def test_the_gradient_of_the_geodesic_is_right() -> None:
    x, y = (normalize(torch.randn(3, 6, dtype=torch.float64)) for _ in range(2))
    alpha = torch.rand(6, dtype=torch.float64)
    inputs = tuple(t.requires_grad_() for t in (x, y, alpha))
    assert torch.autograd.gradcheck(geodesic_residual, inputs)
