"""Two kernels, one attention: the naive one is the judge, and packed pieces do not meet."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from lab.models.causal_attention import BLOCK_SIZE, Kernel, blockwise_attention, fused_attention

LENGTHS = [1, 7, BLOCK_SIZE, BLOCK_SIZE + 1, 2 * BLOCK_SIZE + 3]


def naive(q: Tensor, k: Tensor, v: Tensor, segments: Tensor | None = None) -> Tensor:
    """One query at a time, in float64."""
    q, k, v = q.double(), k.double(), v.double()
    out = torch.zeros_like(v)
    for b in range(q.shape[0]):
        for t in range(q.shape[2]):
            seen = [s for s in range(t + 1) if segments is None or segments[b, s] == segments[b, t]]
            weights = (k[b, :, seen] @ q[b, :, t, :, None]).softmax(1)
            out[b, :, t] = (weights * v[b, :, seen]).sum(1)
    return out


def drawn(length: int, seed: int = 0) -> tuple[Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    q, k, v = (torch.randn(2, 2, length, 8, generator=generator) for _ in range(3))
    return q, k, v


def pieces(length: int) -> Tensor:
    """Two rows cut differently, the second with padding at its end."""
    at = torch.arange(length)
    return torch.stack([at // 5, torch.where(at < length * 2 // 3, at // 9, -1)])


@pytest.mark.parametrize("kernel", [blockwise_attention, fused_attention])
@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("packed", [False, True])
def test_a_kernel_is_the_naive_attention(kernel: Kernel, length: int, packed: bool) -> None:
    segments = pieces(length) if packed else None
    wanted = naive(*drawn(length), segments)
    assert float((kernel(*drawn(length), segments).double() - wanted).abs().max()) < 1e-5


@pytest.mark.parametrize("packed", [False, True])
def test_both_kernels_have_the_same_gradient(packed: bool) -> None:
    segments = pieces(BLOCK_SIZE + 9) if packed else None
    grown = []
    for kernel in (blockwise_attention, fused_attention):
        inputs = [t.requires_grad_() for t in drawn(BLOCK_SIZE + 9)]
        (kernel(*inputs, segments) ** 2).sum().backward()
        grown.append([t.grad for t in inputs])
    for one, other in zip(*grown, strict=True):
        assert one is not None and torch.allclose(one, other, atol=1e-4)


@pytest.mark.parametrize("kernel", [blockwise_attention, fused_attention])
def test_no_character_sees_what_comes_after_it(kernel: Kernel) -> None:
    q, k, v = drawn(BLOCK_SIZE + 9)
    before = kernel(q, k, v, None)
    k[:, :, 100:], v[:, :, 100:] = 9.0, 9.0
    after = kernel(q, k, v, None)
    assert torch.equal(before[:, :, :100], after[:, :, :100])
    assert not torch.equal(before[:, :, 100:], after[:, :, 100:])


@pytest.mark.parametrize("kernel", [blockwise_attention, fused_attention])
def test_padding_gives_numbers(kernel: Kernel) -> None:
    segments = torch.full((2, 20), -1)
    assert kernel(*drawn(20), segments).isfinite().all()


@pytest.mark.parametrize("packed", [False, True])
def test_what_a_compiler_sees_is_the_same(packed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    segments = pieces(BLOCK_SIZE + 9) if packed else None
    ours = blockwise_attention(*drawn(BLOCK_SIZE + 9), segments)
    monkeypatch.setattr(torch.compiler, "is_compiling", lambda: True)
    assert torch.allclose(blockwise_attention(*drawn(BLOCK_SIZE + 9), segments), ours, atol=1e-6)
