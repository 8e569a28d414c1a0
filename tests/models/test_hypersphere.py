"""Laws of the sphere: unit norms, end points, inverse maps, gradients."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from lab.models.hypersphere import (
    ANTIPODAL_ANGLE,
    angle,
    exp_map,
    is_antipodal,
    log_map,
    nlerp_rows,
    normalize,
    parallel_transport,
    slerp_rows,
    tangent_rows,
)

SEEDS = st.integers(0, 10**6)


def points(
    seed: int, count: int = 7, width: int = 16, dtype: torch.dtype = torch.float32
) -> Tensor:
    drawn = torch.randn(count, width, generator=torch.Generator().manual_seed(seed))
    return normalize(drawn.double()).to(dtype)


def turned(at: float, dtype: torch.dtype = torch.float64) -> Tensor:
    """The point of a circle at an angle."""
    return torch.tensor([[math.cos(at), math.sin(at), 0.0, 0.0]], dtype=torch.float64).to(dtype)


def test_normalize_gives_unit_rows_and_leaves_zero() -> None:
    x = torch.randn(5, 8) * 100
    assert torch.allclose(normalize(x).norm(dim=-1), torch.ones(5))
    assert torch.equal(normalize(torch.zeros(2, 8)), torch.zeros(2, 8))


def test_the_gradient_of_normalize_is_autograds() -> None:
    x = torch.randn(4, 6, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(normalize, (x,))


@pytest.mark.parametrize("exact", [0.0, 1e-12, 1e-7, 1e-3, 1.0, math.pi / 2, 3.0, math.pi - 1e-9])
def test_angle_is_exact_near_zero_and_near_pi(exact: float) -> None:
    assert float(angle(turned(0.0), turned(exact))) == pytest.approx(exact, rel=1e-6, abs=1e-15)


def test_angle_has_no_axis_of_its_own() -> None:
    assert angle(points(0), points(1)).shape == (7,)


@given(SEEDS, st.floats(-0.5, 1.5))
def test_slerp_stays_on_the_sphere_and_cuts_the_angle(seed: int, t: float) -> None:
    a, b = points(seed, dtype=torch.float64), points(seed + 1, dtype=torch.float64)
    between = slerp_rows(a, b, t)
    assert torch.allclose(between.norm(dim=-1), torch.ones(7, dtype=torch.float64))
    walked = abs(t) * angle(a, b)  # past half a turn, the other way round is shorter
    shorter = torch.minimum(walked, 2 * math.pi - walked)
    assert torch.allclose(angle(a, between), shorter, atol=1e-9)


@given(SEEDS, st.floats(0, 1))
def test_the_fast_slerp_is_the_exact_one(seed: int, t: float) -> None:
    a, b = points(seed), points(seed + 1)
    exact = slerp_rows(a.double(), b.double(), t)
    assert float((slerp_rows(a, b, t).double() - exact).abs().max()) < 1e-6


@pytest.mark.parametrize("mixture", [slerp_rows, nlerp_rows])
def test_ends_return_the_parents(mixture: object) -> None:
    a, b = points(3), points(4)
    assert callable(mixture)
    assert float((mixture(a, b, 0.0) - a).abs().max()) < 2e-7
    assert float((mixture(a, b, 1.0) - b).abs().max()) < 2e-7


def test_slerp_of_a_point_with_itself_is_that_point() -> None:
    a = points(5)
    assert float((slerp_rows(a, a, 0.3) - a).abs().max()) < 1e-7


def test_slerp_takes_one_t_a_row() -> None:
    a, b, t = points(6), points(7), torch.linspace(0, 1, 7)
    rows = [slerp_rows(a[i : i + 1], b[i : i + 1], float(t[i])) for i in range(7)]
    assert torch.allclose(slerp_rows(a, b, t), torch.cat(rows), atol=1e-6)


def test_slerp_writes_where_it_is_told() -> None:
    a, b, out = points(6), points(7), torch.empty(7, 16)
    assert slerp_rows(a, b, 0.4, out=out) is out
    assert torch.equal(out, slerp_rows(a, b, 0.4))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize(("t", "nearer"), [(0.3, 0), (0.5, 1), (0.9, 1)])
def test_antipodal_points_return_the_nearer_end(dtype: torch.dtype, t: float, nearer: int) -> None:
    ends = (turned(0.0, dtype), turned(math.pi, dtype))
    assert is_antipodal(*ends).all()
    assert torch.allclose(slerp_rows(*ends, t), ends[nearer], atol=1e-6)


def test_antipodal_starts_where_it_says() -> None:
    assert is_antipodal(turned(0.0), turned(ANTIPODAL_ANGLE + 1e-6)).all()
    assert not is_antipodal(turned(0.0), turned(ANTIPODAL_ANGLE - 1e-6)).any()


def test_nlerp_of_opposites_returns_the_first() -> None:
    a = turned(0.0)
    assert torch.equal(nlerp_rows(a, -a, 0.5), a)


@given(SEEDS)
def test_log_and_exp_are_inverse(seed: int) -> None:
    base, x = points(seed, dtype=torch.float64), points(seed + 1, dtype=torch.float64)
    v = log_map(base, x)
    assert torch.allclose(v.norm(dim=-1), angle(base, x))
    assert torch.allclose((v * base).sum(-1), torch.zeros(7, dtype=torch.float64), atol=1e-12)
    assert torch.allclose(exp_map(base, v), x, atol=1e-9)


@pytest.mark.parametrize("length", [0.0, 1e-9, 0.3, 2.0, 100.0])
def test_where_exp_map_arrives_is_on_the_sphere_even_from_a_point_beside_it(length: float) -> None:
    base = torch.tensor([[3.0, 4.0, 0.0]], dtype=torch.float64) / 5 * 1.001
    direction = torch.tensor([[4.0, -3.0, 0.0]], dtype=torch.float64) / 5
    norm = exp_map(base, length * direction).norm(dim=-1)
    assert torch.allclose(norm, torch.ones(1, dtype=torch.float64), atol=1e-12)


def test_log_is_zero_at_its_base() -> None:
    a = points(8)
    assert float(log_map(a, a).abs().max()) < 1e-6
    assert torch.equal(log_map(turned(0.0), -turned(0.0)), torch.zeros(1, 4, dtype=torch.float64))


@given(SEEDS)
def test_transport_keeps_length_and_reaches_the_other_tangent_space(seed: int) -> None:
    a, b, v = (points(seed + i, dtype=torch.float64) for i in range(3))
    v = tangent_rows(a, v)
    moved = parallel_transport(a, b, v)
    assert torch.allclose(moved.norm(dim=-1), v.norm(dim=-1), atol=1e-9)
    assert torch.allclose((moved * b).sum(-1), torch.zeros(7, dtype=torch.float64), atol=1e-9)


def test_transport_carries_the_geodesics_direction_along() -> None:
    a, b = points(9, dtype=torch.float64), points(10, dtype=torch.float64)
    assert torch.allclose(parallel_transport(a, b, log_map(a, b)), -log_map(b, a), atol=1e-9)
