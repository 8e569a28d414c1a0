"""Alpha fields: who gets which alpha."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from lab.breeding.alpha_field import GRAINS, coefficient_names, expand_alphas, name_coefficients
from lab.models.genotype import compute_layout
from tests.breeding.families import LLAMA, TINY, UNTIED

BLOCKS = compute_layout(TINY)


def at(alpha: Any, block: str) -> float:
    found = expand_alphas(TINY, alpha)
    part = (
        found.rows[BLOCKS.row_blocks[block]]
        if block in BLOCKS.row_blocks
        else found.scales[BLOCKS.scale_blocks[block]]
    )
    assert part.min() == part.max()
    return float(part[0])


def test_one_number_is_for_all() -> None:
    found = expand_alphas(TINY, 0.3)
    assert (found.rows == 0.3).all() and (found.scales == 0.3).all()
    assert len(found.rows) == TINY.num_rows and len(found.scales) == TINY.num_scales


@pytest.mark.parametrize(
    "alpha", [[0.1, 0.2, 0.3], torch.tensor([0.1, 0.2, 0.3], dtype=torch.float64)]
)
def test_a_list_is_by_layer(alpha: Any) -> None:
    assert [at(alpha, name) for name in ("embed", "s_z")] == [0.1, 0.1]
    assert at(alpha, "layers.0.attn.q") == 0.2 and at(alpha, "layers.1.mlp.alpha") == 0.3


def test_the_more_specific_name_wins() -> None:
    alpha = {"layers.1.q": 0.1, "q": 0.2, "layers.1": 0.3, "outside": 0.4, "rest": 0.5}
    assert at(alpha, "layers.1.attn.q") == 0.1
    assert at(alpha, "layers.0.attn.q") == 0.2
    assert at(alpha, "layers.1.attn.k") == 0.3
    assert at(alpha, "embed") == 0.4
    assert at(alpha, "layers.0.mlp.s_u") == 0.5


@pytest.mark.parametrize("grain", GRAINS)
def test_a_vector_reaches_every_part_in_the_order_of_its_names(grain: str) -> None:
    known = coefficient_names(UNTIED, grain)
    vector = [i / 100 for i in range(len(known))]
    found = expand_alphas(UNTIED, name_coefficients(UNTIED, vector, grain))
    values = torch.cat([found.rows, found.scales]).unique()
    assert torch.allclose(values, torch.tensor(vector).double())


def test_the_number_of_coefficients() -> None:
    assert [len(coefficient_names(TINY, grain)) for grain in GRAINS] == [1, 3, 14, 26]
    assert coefficient_names(UNTIED, "kind") == (
        "q", "k", "v", "out", "s_qk", "alpha_attn", "hidden", "gate", "mlp_out", "s_u", "s_v",
        "alpha_mlp", "embed", "logits", "s_z",
    )  # fmt: skip


def test_each_kind_has_its_own_names() -> None:
    assert coefficient_names(LLAMA, "kind") == (
        "q", "k", "v", "out", "norm_attn", "hidden", "gate", "mlp_out", "norm_mlp", "embed",
        "logits", "norm",
    )  # fmt: skip
    found = expand_alphas(LLAMA, {"norm_mlp": 0.2, "norm": 0.3, "rest": 0.1})
    blocks = compute_layout(LLAMA).scale_blocks
    assert (found.scales[blocks["layers.1.mlp.norm"]] == 0.2).all()
    assert (found.scales[blocks["norm"]] == 0.3).all() and (found.rows == 0.1).all()


@pytest.mark.parametrize(
    ("alpha", "message"),
    [
        ({"query": 0.5, "rest": 0.5}, "names no part of this model: query"),
        ({"layers.7": 0.5, "rest": 0.5}, r"no part of this model: layers\.7"),
        ({"logits": 0.5, "rest": 0.5}, "no part of this model: logits"),
        ({"q": 0.5}, r"says nothing for layers\.0\.k"),
        ([0.5, 0.5], "3 coefficients, got 2; they are outside, layers.0, layers.1$"),
        ({"layers.9.q": 0.5}, r"layers\.9\.q; it has rest, outside, layers\.0, layers\.1, q, k, "),
        (float("nan"), "must be a finite number, for rest it is nan"),
        ({"q": None, "rest": 0.5}, "must be a finite number, for q it is None"),
        ("half", "must be a number, a list by layer, or named parts, got 'half'"),
    ],
)
def test_bad_fields_are_refused(alpha: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        expand_alphas(TINY, alpha)


def test_unknown_grains_are_refused() -> None:
    with pytest.raises(ValueError, match="grain must be one of"):
        coefficient_names(TINY, "head")
