"""LLaMA's forward pass against a plain one written from the papers, head by head."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from lab.models import causal_attention
from lab.models.architecture import Architecture
from lab.models.genotype import Genotype, compute_layout, founder
from lab.models.network import forward

SHAPE: dict[str, Any] = {
    "kind": "llama", "vocab_size": 29, "dim": 32, "depth": 2, "heads": 4, "dim_head": 8,
    "neurons": 40, "tied": False,
}  # fmt: skip
VARIANTS: list[dict[str, Any]] = [
    {}, {"kv_heads": 2}, {"kv_heads": 1, "tied": True}, {"norm_eps": 1e-3, "rope_base": 500.0},
    {"dim_head": 6},
]  # fmt: skip
IDS = torch.randint(29, (3, 40), generator=torch.Generator().manual_seed(1))


def born(seed: int = 0, **changes: Any) -> Genotype:
    """A founder whose weights are large enough to matter, and whose gains have moved."""
    generator = torch.Generator().manual_seed(seed)
    first = founder(Architecture(**{**SHAPE, **changes}), generator)
    gains = 1 + 0.5 * torch.rand(first.scales.shape, generator=generator)
    return Genotype(first.architecture, first.rows * 15, first.scales * gains)


def logits(one: Genotype, ids: Tensor = IDS, **how: Any) -> Tensor:
    return forward(one.architecture, one.rows, one.scales, ids, **how)


def by_the_papers(one: Genotype, ids: Tensor) -> Tensor:
    """Logits of ids [T] in float64: complex rotations, one head at a time, no batch."""
    a, rows, scales = one.architecture, one.layout.row_blocks, one.layout.scale_blocks
    w = {name: one.rows[block].double() for name, block in rows.items()}
    g = {name: one.scales[block].double() for name, block in scales.items()}

    def norm(x: Tensor, gain: Tensor) -> Tensor:
        return x / (x.square().mean(-1, keepdim=True) + a.norm_eps).sqrt() * gain

    speeds = a.rope_base ** (-torch.arange(0, a.dim_head, 2).double() / a.dim_head)
    angles = torch.outer(torch.arange(len(ids)).double(), speeds)
    turns = torch.polar(torch.ones_like(angles), angles)

    def turned(x: Tensor) -> Tensor:
        pairs = torch.view_as_complex(x.unflatten(-1, (-1, 2)).contiguous())
        return torch.view_as_real(pairs * turns).flatten(-2)

    x = w["embed"][ids]
    later = torch.ones(len(ids), len(ids), dtype=torch.bool).triu(1)
    for layer in range(a.depth):
        attn, mlp = f"layers.{layer}.attn.", f"layers.{layer}.mlp."
        u = norm(x, g[attn + "norm"])
        for head in range(a.heads):
            mine = slice(head * a.dim_head, (head + 1) * a.dim_head)
            group = head // (a.heads // a.num_kv_heads)
            its = slice(group * a.dim_head, (group + 1) * a.dim_head)
            q, k = turned(u @ w[attn + "q"][mine].T), turned(u @ w[attn + "k"][its].T)
            scores = (q @ k.T / a.dim_head**0.5).masked_fill(later, -torch.inf)
            x = x + scores.softmax(-1) @ (u @ w[attn + "v"][its].T) @ w[attn + "out"][mine]
        u = norm(x, g[mlp + "norm"])
        gate = u @ w[mlp + "gate"].T
        x = x + (gate * gate.sigmoid() * (u @ w[mlp + "hidden"].T)) @ w[mlp + "out"]
    return norm(x, g["norm"]) @ w["embed" if a.tied else "logits"].T


@pytest.mark.parametrize(
    "kernel", [causal_attention.blockwise_attention, causal_attention.fused_attention]
)
@pytest.mark.parametrize("changes", VARIANTS, ids=str)
def test_logits_are_the_papers(changes: dict[str, Any], kernel: causal_attention.Kernel) -> None:
    one = born(**changes)
    found = logits(one, kernel=kernel)
    for ids, row in zip(IDS, found, strict=True):
        wanted = by_the_papers(one, ids)
        assert float((row - wanted).abs().max() / wanted.abs().max()) < 1e-5
    assert float(found.std()) > 0.5  # and they say something


@pytest.mark.parametrize("changes", [{}, {"kv_heads": 2}], ids=str)
def test_gradients_are_the_papers(changes: dict[str, Any]) -> None:
    one, found = born(**changes), []
    weight = torch.randn(40, 29, generator=torch.Generator().manual_seed(2))
    for way in (
        lambda other: logits(other, IDS[:1])[0],
        lambda other: by_the_papers(other, IDS[0]),
    ):
        rows, scales = one.rows.clone().requires_grad_(), one.scales.clone().requires_grad_()
        (way(Genotype(one.architecture, rows, scales)) * weight).sum().backward()
        found.append(torch.cat([rows.grad.flatten(), scales.grad]))  # type: ignore[union-attr]
    assert float((found[0] - found[1]).norm() / found[1].norm()) < 1e-5


def test_no_character_sees_what_comes_after_it() -> None:
    one, later = born(kv_heads=2), IDS.clone()
    later[:, 25:] = (later[:, 25:] + 1) % 29
    assert torch.equal(logits(one)[:, :25], logits(one, later)[:, :25])


def test_packed_pieces_are_what_they_are_alone() -> None:
    one = born(kv_heads=2)
    segments = torch.tensor([[0] * 13 + [1] * 27]).expand(3, -1)
    packed = logits(one, segments=segments)
    assert torch.allclose(packed[:, :13], logits(one, IDS[:, :13]), atol=1e-4)
    assert torch.allclose(packed[:, 13:], logits(one, IDS[:, 13:]), atol=1e-4)


def test_bfloat16_is_close() -> None:
    one = born()
    exact, rounded = logits(one), logits(one, dtype=torch.bfloat16)
    assert rounded.dtype == torch.float32
    assert float((rounded - exact).norm() / exact.norm()) < 0.05


def test_the_original_has_as_many_parameters_as_was_counted() -> None:
    """Hidden 256, ffn 512, 4 layers of 4 heads, 1,753 tokens, untied."""
    a = Architecture(1753, 256, 4, 4, 64, kind="llama", neurons=512, tied=False)
    assert a.num_parameters == 3_521_280


def test_it_is_born_as_is_usual() -> None:
    one = founder(
        Architecture(**{**SHAPE, "dim": 256, "depth": 8}), torch.Generator().manual_seed(0)
    )
    for name, block in compute_layout(one.architecture).row_blocks.items():
        wanted = 0.02 / (16**0.5 if name.endswith(".out") else 1)
        assert float(one.rows[block].std()) == pytest.approx(wanted, rel=0.1)
    assert (one.scales == 1).all()


def test_fewer_keys_than_queries_are_fewer_rows() -> None:
    few, many = born(kv_heads=1).architecture, born().architecture
    assert many.num_rows - few.num_rows == few.depth * 2 * 3 * few.dim_head
    with pytest.raises(ValueError, match="kv_heads must divide heads, 4, got 3"):
        Architecture(**{**SHAPE, "kv_heads": 3})
    with pytest.raises(ValueError, match="an ngpt has a key head for every query head"):
        Architecture(**{**SHAPE, "kind": "ngpt", "kv_heads": 2})
