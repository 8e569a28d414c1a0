"""Muon: PyTorch's own matrix by matrix, orthogonal steps, and the same bits when resumed."""

from __future__ import annotations

import io
from functools import partial
from typing import Any

import pytest
import torch

from lab.training.learner import Averaging, Learner
from lab.training.muon import Muon, orthogonalize
from lab.training.optimizers import muon
from tests.training.conftest import CPU, tiny

RATES: dict[str, Any] = {"lr": 0.02, "momentum": 0.9, "betas": (0.9, 0.99), "eps": 1e-8}
BLOCKS = [slice(5, 13), slice(13, 21), slice(21, 45)]  # of 50 rows: 8, 8 and 24 of them


def drawn(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("shape", [(3, 8, 16), (2, 24, 16), (1, 16, 16)])
def test_what_is_followed_is_nearly_orthogonal(shape: tuple[int, ...]) -> None:
    u, s, v = torch.linalg.svd(drawn(*shape), full_matrices=False)
    found = orthogonalize(drawn(*shape))
    values = torch.linalg.svdvals(found)
    assert values.min() > 0.3 and values.max() < 1.3
    kept = u.mT @ found @ v.mT
    assert torch.allclose(kept, torch.diag_embed(kept.diagonal(dim1=1, dim2=2)), atol=1e-3)


def test_a_step_is_pytorchs_own_and_adams_for_the_rest() -> None:
    rows, scales = drawn(50, 16).requires_grad_(), drawn(7, seed=1).requires_grad_()
    theirs = [rows[block].detach().clone().requires_grad_() for block in BLOCKS]
    rest = [rows[:5].detach().clone(), rows[45:].detach().clone(), scales.detach().clone()]
    rest = [one.requires_grad_() for one in rest]
    told = {"lr": 0.02, "weight_decay": 0.0, "momentum": 0.9}
    peers = [torch.optim.Muon([one], adjust_lr_fn="match_rms_adamw", **told) for one in theirs]
    adam, ours = (
        torch.optim.Adam(rest, lr=0.02, betas=(0.9, 0.99)),
        Muon([rows, scales], BLOCKS, **RATES),
    )
    start = rows.detach().clone()
    for step in range(3):
        rows.grad, scales.grad = drawn(50, 16, seed=step + 2), drawn(7, seed=step + 9)
        for one, block in zip(theirs, BLOCKS, strict=True):
            one.grad = rows.grad[block].clone()
        for one, gradient in zip(rest, (rows.grad[:5], rows.grad[45:], scales.grad), strict=True):
            one.grad = gradient.clone()
        for optimizer in (*peers, adam, ours):
            optimizer.step()
    for one, part in zip(rest, (rows[:5], rows[45:], scales), strict=True):
        assert torch.allclose(one, part, atol=1e-6)
    for one, block in zip(theirs, BLOCKS, strict=True):  # theirs multiplies in bfloat16
        apart, moved = (one - rows[block]).detach(), (one - start[block]).detach()
        assert float(apart.norm() / moved.norm()) < 0.05


@pytest.mark.parametrize("kind", ["ngpt", "llama", "sandwich"])
def test_it_resumes_bit_for_bit(batches: Any, kind: str) -> None:
    def learner() -> Learner:
        make = partial(muon, lr=3e-3, momentum=0.95, beta1=0.9, beta2=0.99, eps=1e-8)
        return Learner(tiny(kind=kind), make, CPU, Averaging(0.9, 3, 2))

    def bits(one: Learner) -> bytes:
        return one.rows.detach().numpy().tobytes() + one.scales.detach().numpy().tobytes()

    straight, stream, how = learner(), batches(), {"factor": 0.7, "clip": 1.0, "accumulate": 1}
    for _ in range(4):
        straight.step(stream.next(), **how)
    stopped, stream, file = learner(), batches(), io.BytesIO()
    for _ in range(2):
        stopped.step(stream.next(), **how)
    torch.save(stopped.state(), file)
    file.seek(0)
    again = learner()
    again.restore(torch.load(file, weights_only=True))
    for _ in range(2):
        again.step(stream.next(), **how)
    assert bits(again) == bits(straight) != bits(stopped)


def test_rows_are_on_the_sphere_after_a_step(batches: Any) -> None:
    make = partial(muon, lr=3e-3, momentum=0.95, beta1=0.9, beta2=0.99, eps=1e-8)
    one = Learner(tiny(), make, CPU, Averaging(0.9, 3, 2))
    one.step(batches().next(), factor=1.0, clip=1.0, accumulate=1)
    assert torch.allclose(one.rows.norm(dim=-1), torch.ones(len(one.rows)), atol=1e-6)
