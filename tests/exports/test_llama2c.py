"""llama2.c's files: the model that everybody has, byte for byte, and what it tells."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from lab.exports import llama2c, llama2c_tokenizer
from lab.exports.numpy_llama import NumpyLlama

DATA = os.environ.get("LAB_DATA")  # here, before a test's own folder hides it
STORIES = Path(DATA or ".").expanduser().resolve() / "llama2c"
TOLD = (
    "Zoo was a little girl named Lily. She loved to play outside in the park. One day, she saw a "
    "big, red ball. She wanted to play with it, but she didn't want to play with"
)  # llama2.c itself: ./run stories260K.bin -z tok512.bin -t 0 -i Zoo -n 60
stories = pytest.mark.skipif(
    not (STORIES / "stories260K.bin").is_file(), reason="LAB_DATA/llama2c/stories260K.bin is absent"
)


@stories
def test_the_reference_tells_what_llama2c_tells() -> None:
    model = llama2c.read_llama2c((STORIES / "stories260K.bin").read_bytes())
    words = llama2c_tokenizer.read_llama2c_tokenizer(
        (STORIES / "tok512.bin").read_bytes(), model.shape.vocab
    )
    asked = words.encode("Zoo")
    assert asked == [1, 410, 469, 347]
    assert (
        words.decode(asked + model.generate_greedy(asked, 57, frozenset([llama2c_tokenizer.BOS])))
        == TOLD
    )


@stories
def test_the_writers_make_the_same_bytes_again() -> None:
    model = (STORIES / "stories260K.bin").read_bytes()
    words = (STORIES / "tok512.bin").read_bytes()
    assert llama2c.write_llama2c(llama2c.read_llama2c(model)) == model
    assert llama2c_tokenizer.read_llama2c_tokenizer(words, 512).to_bytes() == words


@pytest.mark.parametrize("version", [0, 1])
@pytest.mark.parametrize("tied", [True, False])
def test_a_file_reads_back_whole(
    random: Callable[..., NumpyLlama], version: int, tied: bool
) -> None:
    model = random(tied=tied)
    data = llama2c.write_llama2c(model, version)
    back = llama2c.read_llama2c(data)
    assert back.shape == model.shape
    assert all((back.arrays[name] == model.arrays[name]).all() for name in model.arrays)
    assert llama2c.write_llama2c(back, version) == data


def test_the_headers_are_as_published(random: Callable[..., NumpyLlama]) -> None:
    model = random(tied=False)
    assert struct.unpack_from("<7i", llama2c.write_llama2c(model)) == (32, 48, 2, 4, 2, -12, 64)
    newer = llama2c.write_llama2c(model, 1)
    assert newer[:4] == b"24ka" and struct.unpack_from("<8iB", newer, 4) == (
        1, 32, 48, 2, 4, 2, 12, 64, 0,
    )  # fmt: skip
    first = np.frombuffer(newer, "<f4", 32, 256)
    assert (first == model.arrays["0.attention_norm"]).all()


def test_a_damaged_file_is_refused(random: Callable[..., NumpyLlama]) -> None:
    data = llama2c.write_llama2c(random())
    for wrong in (data[:-4], data + b"\0\0\0\0", data[:20], b"\0" * 300):
        with pytest.raises(ValueError, match="llama2.c"):
            llama2c.read_llama2c(wrong)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"rope_base": 500.0}, "rope_base 10000 only, not 500"),
        ({"norm_eps": 1e-6}, "norm_eps 1e-05 only, not 1e-06"),
        ({"head_dim": 16}, "4 x 16 is not 32"),
        ({"sandwich": True}, "no sandwich"),
    ],
)
def test_what_its_code_cannot_run_is_refused(
    random: Callable[..., NumpyLlama], changes: dict[str, object], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        llama2c.write_llama2c(random(**changes))
