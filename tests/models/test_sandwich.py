"""The sandwich against plamo3's graph, fed with the tensors that an engine would read."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from lab.models.architecture import Architecture
from lab.models.genotype import Genotype, founder
from lab.models.network import forward
from lab.models.sandwich import plamo3_tensors

SHAPE: dict[str, Any] = {
    "kind": "sandwich", "vocab_size": 29, "dim": 32, "depth": 2, "heads": 4, "dim_head": 8,
    "s_logit_init": 10.0,
}  # fmt: skip
VARIANTS: list[dict[str, Any]] = [{}, {"tied": False}, {"kv_heads": 2}, {"norm_eps": 1e-3}]
IDS = torch.randint(29, (40,), generator=torch.Generator().manual_seed(1))


def born(**changes: Any) -> Genotype:
    generator = torch.Generator().manual_seed(0)
    first = founder(Architecture(**{**SHAPE, **changes}), generator)
    moved = 1 + 0.5 * torch.rand(first.scales.shape, generator=generator)
    return Genotype(first.architecture, first.rows, first.scales * moved)


def plamo3(a: Architecture, w: dict[str, Tensor], ids: Tensor) -> Tensor:
    """llama.cpp's graph of plamo3 in float64: [out, in] weights, NeoX rotations, plain residual."""
    w = {name: tensor.double() for name, tensor in w.items()}

    def norm(x: Tensor, gain: Tensor) -> Tensor:
        return F.rms_norm(x, x.shape[-1:], gain, a.norm_eps)

    speeds = a.rope_base ** (-torch.arange(0, a.dim_head, 2).double() / a.dim_head)
    angles = torch.outer(torch.arange(len(ids)).double(), speeds)[:, None]

    def turned(x: Tensor) -> Tensor:
        x1, x2 = x.chunk(2, dim=-1)
        cosine, sine = angles.cos(), angles.sin()
        return torch.cat([x1 * cosine - x2 * sine, x2 * cosine + x1 * sine], dim=-1)

    x = w["token_embd.weight"][ids]
    later = torch.ones(len(ids), len(ids), dtype=torch.bool).triu(1)
    for n in range(a.depth):
        t = {name.removeprefix(f"blk.{n}."): one for name, one in w.items() if f"blk.{n}." in name}
        qkv = norm(x, t["attn_norm.weight"]) @ t["attn_qkv.weight"].T
        heads = [one.unflatten(-1, (-1, a.dim_head)) for one in qkv.split(
            [a.inner, a.kv_inner, a.kv_inner], dim=-1)]  # fmt: skip
        q = turned(norm(heads[0], t["attn_q_norm.weight"]))
        k = turned(norm(heads[1], t["attn_k_norm.weight"]))
        k, v = (one.repeat_interleave(a.heads // a.num_kv_heads, 1) for one in (k, heads[2]))
        scores = torch.einsum("qhd,khd->hqk", q, k) / a.dim_head**0.5
        seen = scores.masked_fill(later, -torch.inf).softmax(-1)
        mixed = torch.einsum("hqk,khd->qhd", seen, v).flatten(1)
        x = x + norm(mixed @ t["attn_output.weight"].T, t["post_attention_norm"])
        gate, up = (norm(x, t["ffn_norm.weight"]) @ t["ffn_up.weight"].T).chunk(2, dim=-1)
        x = x + norm((F.silu(gate) * up) @ t["ffn_down.weight"].T, t["post_ffw_norm"])
    return norm(x, w["output_norm.weight"]) @ w["output.weight"].T


@pytest.mark.parametrize("changes", VARIANTS, ids=str)
def test_plamo3_computes_it_exactly(changes: dict[str, Any]) -> None:
    one = born(**changes)
    found = forward(one.architecture, one.rows, one.scales, IDS[None])[0]
    wanted = plamo3(one.architecture, plamo3_tensors(one), IDS)
    assert float((found - wanted).abs().max()) < 1e-5 * float(wanted.abs().max())
    assert float(found.std()) > 0.5


def test_only_norms_are_no_matrices() -> None:
    shapes = {name: one.ndim for name, one in plamo3_tensors(born()).items()}
    assert all((ndim == 1) == ("norm" in name) for name, ndim in shapes.items())
    assert sum(one.numel() for one in plamo3_tensors(born(tied=False)).values()) > 0


def test_rows_are_born_on_the_sphere_and_the_stream_near_it() -> None:
    one = born()
    assert torch.allclose(one.rows.norm(dim=-1), torch.ones(len(one.rows)), atol=1e-6)
    assert float(plamo3_tensors(one)["token_embd.weight"].square().mean()) == pytest.approx(
        1, rel=1e-5
    )
    assert float(plamo3_tensors(one)["blk.0.post_ffw_norm"].mean()) == pytest.approx(
        1.25 / 2, rel=0.1
    )
