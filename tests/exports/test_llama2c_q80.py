"""Q8_0: bytes that read back as they were, near the weights, in groups that fit."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from lab.exports import llama2c, llama2c_q80
from lab.exports.numpy_llama import NumpyLlama


@pytest.mark.parametrize("tied", [True, False])
def test_a_file_reads_back_byte_for_byte(random: Callable[..., NumpyLlama], tied: bool) -> None:
    data = llama2c_q80.write_q80(llama2c_q80.quantise_q80(random(tied=tied)))
    assert (
        data[:8] == b"24ka\2\0\0\0"
        and len(data) < len(llama2c.write_llama2c(random(tied=tied))) / 2
    )
    assert llama2c_q80.write_q80(llama2c_q80.read_q80(data)) == data


def test_a_weight_is_off_by_half_a_step_at_most(random: Callable[..., NumpyLlama]) -> None:
    model = random()
    near = llama2c_q80.quantise_q80(model)
    assert near.group == 16  # 32 and 48 rows' ends meet there
    for name, array in near.dequantise().arrays.items():
        off = np.abs(array - model.arrays[name]).reshape(-1, near.group)
        step = near.scales[name][:, None] if name in near.scales else np.float32(0)
        assert (off <= step * 0.5001).all()


def test_the_largest_of_a_group_is_127_and_zeros_stay(random: Callable[..., NumpyLlama]) -> None:
    model = random()
    model.arrays["0.wq"][:] = 0
    near = llama2c_q80.quantise_q80(model)
    assert not near.values["0.wq"].any() and np.isfinite(near.dequantise().arrays["0.wq"]).all()
    largest = np.abs(near.values["0.wk"].astype(int)).reshape(-1, near.group).max(1)
    assert (largest == 127).all()


def test_it_says_much_the_same(random: Callable[..., NumpyLlama]) -> None:
    model, ids = random(), np.random.default_rng(0).integers(0, 12, 30)
    near = llama2c_q80.read_q80(llama2c_q80.write_q80(llama2c_q80.quantise_q80(model))).dequantise()
    assert np.corrcoef(model.forward(ids).ravel(), near.forward(ids).ravel())[0, 1] > 0.99


def test_other_files_are_refused(random: Callable[..., NumpyLlama]) -> None:
    data = llama2c_q80.write_q80(llama2c_q80.quantise_q80(random()))
    for wrong in (llama2c.write_llama2c(random()), data[:-1], data + b"\0"):
        with pytest.raises(ValueError, match="llama2.c file"):
            llama2c_q80.read_q80(wrong)
    with pytest.raises(ValueError, match="version 2"):
        llama2c.read_llama2c(data)
