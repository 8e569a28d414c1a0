"""Numba's pointwise operations: values and gradients beside torch's in float64."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from lab.models.architecture import Architecture
from lab.models.genotype import Genotype, founder
from lab.models.network import forward
from lab.models.numba_pointwise import NUMBA
from lab.models.pointwise import TORCH
from lab.models.rotary import rotation_table

CPU = torch.device("cpu")
SHAPE = Architecture(vocab_size=29, dim=16, depth=2, heads=2, dim_head=6)


def drawn(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def gradients(function: Callable[..., Tensor], *inputs: Tensor) -> list[Tensor]:
    """The output, and the gradients of a weighted sum of it."""
    inputs = tuple(x.clone().requires_grad_() for x in inputs)
    out = function(*inputs)
    (out * drawn(*out.shape, seed=9).to(out.dtype)).sum().backward()
    return [out.detach(), *(x.grad for x in inputs if x.grad is not None)]


def assert_near(
    operation: Callable[..., Callable[..., Tensor]], *inputs: Tensor, wide: float = 2e-6
) -> None:
    """Numba in float32 is as near to torch in float64 as float32 allows."""
    found = gradients(operation(NUMBA), *inputs)
    wanted = gradients(operation(TORCH), *(x.double() for x in inputs))
    assert len(found) == len(wanted) == len(inputs) + 1
    for ours, theirs in zip(found, wanted, strict=True):
        assert float((ours - theirs).norm() / theirs.norm()) < wide


@pytest.mark.parametrize("norm_qk", [True, False])
@pytest.mark.parametrize("packed", [True, False])
def test_heads(norm_qk: bool, packed: bool) -> None:
    positions = torch.tensor([[0, 1, 2, 0, 1], [0, 0, 1, 2, 3]]) if packed else 5

    def operation(pointwise: type[NUMBA]) -> Callable[[Tensor, Tensor], Tensor]:
        def run(qkv: Tensor, s_qk: Tensor) -> Tensor:
            table = tuple(x.to(qkv.dtype) for x in rotation_table(SHAPE, positions, CPU))
            return torch.stack(pointwise.rotate_heads(qkv, table, s_qk, norm_qk))

        return run

    assert_near(operation, drawn(2, 5, 3, 2, 6), 1 + 0.3 * drawn(2, 1, 6, seed=1))


def test_many_rows_are_summed_without_losing_bits() -> None:
    """1,000 rows of one sign: in float32, one after the other, sums would be off by 1e-5."""
    x, y = (drawn(1000, 16, seed=i).abs() for i in (0, 1))
    unit = torch.nn.functional.normalize(x, dim=-1)
    assert_near(lambda p: lambda *a: p.residual("lerp", *a), unit, y, 0.3 * drawn(16, seed=2).abs())


@pytest.mark.parametrize("kind", ["lerp", "geodesic"])
def test_residuals(kind: str) -> None:
    unit = torch.nn.functional.normalize(drawn(2, 5, 16), dim=-1)
    alpha = 0.3 * drawn(16, seed=2).abs()
    assert_near(lambda p: lambda *a: p.residual(kind, *a), unit, drawn(2, 5, 16, seed=1), alpha)


def test_swiglu() -> None:
    up = 3 * drawn(2, 5, 14)
    up[0, 0, 7:10] = torch.tensor([-80.0, 0.0, 80.0])
    assert_near(lambda p: p.swiglu, up)


@pytest.mark.parametrize("kind", ["ngpt", "llama", "sandwich"])
def test_a_whole_model(kind: str) -> None:
    genotype = founder(Architecture(**{**SHAPE.to_dict(), "kind": kind}), torch.Generator())
    ids = torch.randint(0, 29, (2, 8), generator=torch.Generator().manual_seed(0))

    def loss(pointwise: type[NUMBA]) -> tuple[Tensor, Tensor, Tensor]:
        g = Genotype(genotype.architecture, *(
            x.clone().requires_grad_() for x in (genotype.rows, genotype.scales)
        ))  # fmt: skip
        logits = forward(g.architecture, g.rows, g.scales, ids, pointwise=pointwise)
        value = torch.nn.functional.cross_entropy(logits.flatten(0, 1), ids.flatten())
        value.backward()
        return value.detach(), g.rows.grad, g.scales.grad

    for ours, theirs in zip(loss(NUMBA), loss(TORCH), strict=True):
        assert float((ours - theirs).norm() / theirs.norm()) < 2e-6
