"""Conversion: what has a form that engines run, and what has none."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from lab.exports.to_llama import convert_to_llama
from lab.models.genotype import Genotype


@pytest.mark.parametrize("tied", [True, False])
def test_a_llamas_rows_are_taken_by_name(make: Callable[..., Genotype], tied: bool) -> None:
    one = make(tied=tied, kv_heads=2)
    where, found = one.layout.row_blocks, convert_to_llama(one, 64)
    assert found.shape.tied is tied and found.shape.kv_heads == 2 and found.shape.seq_len == 64
    for name, block in {"1.w1": "mlp.gate", "1.w3": "mlp.hidden", "1.wk": "attn.k"}.items():
        np.testing.assert_array_equal(found.arrays[name], one.rows[where[f"layers.1.{block}"]])
    np.testing.assert_array_equal(found.arrays["0.w2"].T, one.rows[where["layers.0.mlp.out"]])


def test_a_sandwichs_head_is_its_own(make: Callable[..., Genotype]) -> None:
    assert not convert_to_llama(make("sandwich"), 64).shape.tied


def test_a_true_ngpt_is_refused_with_what_to_do(make: Callable[..., Genotype]) -> None:
    with pytest.raises(ValueError, match="export it with format=hub") as said:
        convert_to_llama(make("ngpt"), 64)
    assert "\n" not in str(said.value)


def test_other_rotations_are_refused(make: Callable[..., Genotype]) -> None:
    with pytest.raises(ValueError, match="rope=harmonic"):
        convert_to_llama(make(rope="harmonic"), 64)
