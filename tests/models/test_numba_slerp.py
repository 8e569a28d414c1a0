"""Slerp in float32, by torch and by Numba, against float64, at angles from none to opposite."""

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


KERNELS = pytest.mark.parametrize("kernel", ["torch", "numba"])


@KERNELS
@pytest.mark.parametrize("degrees", [0, 1e-4, 0.01, 1, 20, 90, 119, 121, 179])
@pytest.mark.parametrize("t", [-0.4, 0.0, 0.3, 1.0, 1.4])
def test_float32_agrees_with_float64(degrees: float, t: float, kernel: str) -> None:
    b = at_angle(degrees)
    child = slerp_rows(A, b, t, kernel=kernel)
    exact = slerp_rows(normalize(A.double()), normalize(b.double()), t)
    assert float((child - exact).abs().max()) < 3e-7 * (1 if degrees < 179 else 30)
    assert float((child.double().norm(dim=-1) - 1).abs().max()) < 1e-6


@KERNELS
@pytest.mark.parametrize("degrees", [0.0, 20.0, 100.0, 150.0])
def test_the_ends_are_the_points(degrees: float, kernel: str) -> None:
    b = at_angle(degrees)
    assert torch.allclose(slerp_rows(A, b, 0.0, kernel=kernel), A, atol=1e-7)
    assert torch.allclose(slerp_rows(A, b, 1.0, kernel=kernel), b, atol=1e-7)


@KERNELS
@pytest.mark.parametrize("t", [0.3, 0.7])
def test_opposite_points_give_the_nearer_end(kernel: str, t: float) -> None:
    child = slerp_rows(A, -A, t, kernel=kernel)
    assert torch.allclose(child, A if t < 0.5 else -A, atol=1e-6)


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


@KERNELS
def test_what_is_not_a_number_stays_so(kernel: str) -> None:
    a = A.clone()
    a[3, 0] = math.nan
    child = slerp_rows(a, at_angle(30), 0.5, kernel=kernel)
    assert child[3].isnan().any() and child[[0, 1, 2, 4]].isfinite().all()


def test_squares_are_measured_on_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hypersphere, "CHUNK", 64 * 7)
    a, b = 2 * A, at_angle(30)
    for dtype in (torch.float32, torch.float64):
        squares = torch.empty(2, len(A))
        child = slerp_rows(a.to(dtype), b.to(dtype), 0.3, squares=squares)
        assert torch.equal(child, slerp_rows(a.to(dtype), b.to(dtype), 0.3))
        assert torch.allclose(squares, torch.tensor([[4.0], [1.0]]).expand(2, len(A)))


@KERNELS
def test_the_ends_are_exact(kernel: str) -> None:
    b = at_angle(30)
    assert torch.equal(slerp_rows(A, b, 0.0, kernel=kernel), A)
    assert torch.equal(slerp_rows(A, b, 1.0, kernel=kernel), b)


def test_numba_has_the_same_shapes_and_squares() -> None:
    t, b, squares = torch.linspace(-0.2, 1.2, 40), at_angle(30), torch.empty(2, 4, 10)
    whole = slerp_rows(A, b, t, kernel="numba")
    shapes = A.view(4, 10, 64), b.view(4, 10, 64), t.view(4, 10)
    child = slerp_rows(*shapes, kernel="numba", squares=squares)
    assert torch.equal(child.view(40, 64), whole)
    assert torch.allclose(squares, torch.ones(2, 4, 10))
    assert torch.equal(slerp_rows(A[0], b[0], float(t[0]), kernel="numba"), whole[0])


def test_a_missing_numba_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lab.models.numba_slerp.is_numba_installed", lambda: False)
    with pytest.raises(ValueError, match="pip install"):
        slerp_rows(A, at_angle(30), 0.5, kernel="numba")
