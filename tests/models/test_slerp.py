"""Slerp's fast path against float64 from end to end, at angles from nothing to opposite."""

from __future__ import annotations

import math

import pytest
import torch

from lab.models import hypersphere
from lab.models.hypersphere import normalize, slerp_rows

GENERATOR = torch.Generator().manual_seed(0)
A = normalize(torch.randn(40, 64, generator=GENERATOR))


def at_angle(degrees: float) -> torch.Tensor:
    """Points at that angle from A, float32."""
    aside = normalize(hypersphere.tangent_rows(A.double(), A.flip(0).double()))
    radians = math.radians(degrees)
    return (math.cos(radians) * A.double() + math.sin(radians) * aside).float()


@pytest.mark.parametrize("degrees", [0, 1e-4, 0.01, 1, 20, 90, 119, 121, 179])
@pytest.mark.parametrize("t", [-0.4, 0.0, 0.3, 1.0, 1.4])
def test_float32_agrees_with_float64(degrees: float, t: float) -> None:
    b = at_angle(degrees)
    child = slerp_rows(A, b, t)
    exact = slerp_rows(normalize(A.double()), normalize(b.double()), t)
    assert float((child - exact).abs().max()) < 3e-7 * (1 if degrees < 179 else 30)
    assert float((child.double().norm(dim=-1) - 1).abs().max()) < 1e-6


@pytest.mark.parametrize("degrees", [0.0, 20.0, 100.0, 150.0])
def test_the_ends_are_the_points(degrees: float) -> None:
    b = at_angle(degrees)
    assert torch.allclose(slerp_rows(A, b, 0.0), A, atol=1e-7)
    assert torch.allclose(slerp_rows(A, b, 1.0), b, atol=1e-7)


def test_every_point_has_its_own_t_across_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    t, b = torch.linspace(-0.2, 1.2, 40), at_angle(30)
    whole = slerp_rows(A, b, t)
    monkeypatch.setattr(hypersphere, "CHUNK", 64 * 7)
    assert torch.equal(slerp_rows(A, b, t), whole)
    assert torch.equal(
        slerp_rows(A.view(4, 10, 64), b.view(4, 10, 64), t.view(4, 10)).view(40, 64), whole
    )
    assert torch.equal(slerp_rows(A[0], b[0], float(t[0])), whole[0])


def test_out_receives_the_result() -> None:
    out = torch.empty_like(A)
    assert slerp_rows(A, at_angle(30), 0.3, out=out) is out
    assert torch.equal(out, slerp_rows(A, at_angle(30), 0.3))


def test_what_is_not_a_number_stays_so() -> None:
    a = A.clone()
    a[3, 0] = math.nan
    child = slerp_rows(a, at_angle(30), 0.5)
    assert child[3].isnan().any() and child[[0, 1, 2, 4]].isfinite().all()


def test_squares_are_measured_on_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hypersphere, "CHUNK", 64 * 7)
    a, b = 2 * A, at_angle(30)
    for dtype in (torch.float32, torch.float64):
        squares = torch.empty(2, len(A))
        child = slerp_rows(a.to(dtype), b.to(dtype), 0.3, squares=squares)
        assert torch.equal(child, slerp_rows(a.to(dtype), b.to(dtype), 0.3))
        assert torch.allclose(squares, torch.tensor([[4.0], [1.0]]).expand(2, len(A)))


def test_the_ends_are_exact() -> None:
    b = at_angle(30)
    assert torch.equal(slerp_rows(A, b, 0.0), A) and torch.equal(slerp_rows(A, b, 1.0), b)
