"""GGUF: what is written reads back as it was, under the names that llama.cpp asks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lab.corpora.vocabulary import Vocabulary
from lab.exports.gguf import gguf_tensors, read_gguf, write_gguf
from lab.exports.gguf_tokenizer import gguf_tokens
from lab.exports.numpy_llama import NumpyLlama
from lab.exports.to_llama import append_end_token, convert_to_llama
from lab.models import sandwich
from lab.models.genotype import Genotype
from tests.exports.odd import ODD

gguf = pytest.importorskip("gguf", reason="pip install 'model-breeding-lab[export]'")


@pytest.mark.parametrize("changes", [
    {}, {"tied": False, "kv_heads": 4}, {"sandwich": True}, {"sandwich": True, "tied": False},
    {"head_dim": 16, "rope_base": 500.0, "norm_eps": 1e-6},
])  # fmt: skip
def test_a_file_reads_back_whole(
    random: Callable[..., NumpyLlama], changes: dict[str, object], tmp_path: Path
) -> None:
    model = random(**changes)
    path = tmp_path / "model.gguf"
    path.write_bytes(write_gguf(model, gguf_tokens(ODD), "odd"))
    back, words = read_gguf(path)
    assert back.shape == model.shape and words == gguf_tokens(ODD)
    assert all((back.arrays[name] == model.arrays[name]).all() for name in model.arrays)


def test_llama_cpp_finds_what_it_asks_for(
    random: Callable[..., NumpyLlama], tmp_path: Path
) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(write_gguf(random(), gguf_tokens(ODD), "odd"))
    reader = gguf.GGUFReader(path)
    told = {name: field.contents() for name, field in reader.fields.items()}
    assert told["general.architecture"] == "llama"
    assert told["tokenizer.ggml.model"] == "gpt2" and told["tokenizer.ggml.pre"] == "gpt-2"
    assert told["tokenizer.ggml.add_bos_token"] is False
    assert told["tokenizer.ggml.add_space_prefix"] is False
    assert told["tokenizer.ggml.eos_token_id"] == 2
    wanted = {
        gguf.TENSOR_NAMES[one].format(bid=0) + ".weight"
        for one in gguf.MODEL_TENSORS[gguf.MODEL_ARCH.LLAMA]
    }
    assert {one.name for one in reader.tensors if not one.name.startswith("blk.1")} <= wanted


def test_a_sandwich_is_written_as_its_module_says(make: Callable[..., Genotype]) -> None:
    one = make("sandwich")
    wanted = {name: tensor.numpy() for name, tensor in sandwich.plamo3_tensors(one).items()}
    written = gguf_tensors(convert_to_llama(one, 64))
    assert {name: array.shape for name, array in written.items()} == {
        name: array.shape for name, array in wanted.items()
    }
    assert all((written[name] == wanted[name]).all() for name in wanted)


@pytest.mark.parametrize("tied", [True, False])
def test_an_added_end_is_never_chosen(random: Callable[..., NumpyLlama], tied: bool) -> None:
    model = random(tied=tied)
    grown, ids = append_end_token(model), np.arange(12)
    logits = grown.forward(ids)
    np.testing.assert_array_equal(logits[:, :12].argmax(1), logits.argmax(1))
    np.testing.assert_allclose(logits[:, :12], model.forward(ids), atol=1e-5)


def test_what_is_no_such_file_is_refused(random: Callable[..., NumpyLlama], tmp_path: Path) -> None:
    model = random()
    with pytest.raises(ValueError, match="257 tokens cannot be the ids of 12 rows"):
        write_gguf(model, gguf_tokens(Vocabulary.byte_level()), "odd")
    path = tmp_path / "other.gguf"
    out = gguf.GGUFWriter(path, "gpt2")
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()
    with pytest.raises(ValueError, match="architecture gpt2"):
        read_gguf(path)
    path.write_bytes(b"nothing of the kind")
    with pytest.raises(ValueError, match="GGUF"):
        read_gguf(path)
    assert replace(model.shape, vocab=13) == append_end_token(model).shape
