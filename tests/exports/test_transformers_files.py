"""transformers' files: our reader gives the model back, and transformers our logits."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from lab.corpora.vocabulary import Vocabulary
from lab.exports import transformers_files
from lab.exports.numpy_llama import NumpyLlama
from lab.exports.to_llama import convert_to_llama
from lab.models.genotype import Genotype
from lab.models.network import forward
from tests.exports.odd import ODD


@pytest.mark.parametrize("changes", [{}, {"tied": False, "rope_base": 500.0, "head_dim": 16}])
def test_the_files_read_back_whole(
    random: Callable[..., NumpyLlama], changes: dict[str, object]
) -> None:
    model = random(**changes)
    back = transformers_files.read_transformers_files(
        transformers_files.write_transformers_files(model, ODD)
    )
    assert back.shape == model.shape
    assert all((back.arrays[name] == model.arrays[name]).all() for name in model.arrays)


def test_a_sandwich_is_refused(random: Callable[..., NumpyLlama]) -> None:
    with pytest.raises(ValueError, match="transformers has no sandwich"):
        transformers_files.write_transformers_files(random(sandwich=True), ODD)


@pytest.fixture(scope="module")
def transformers() -> object:
    """The package, whose own warnings are not ours."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("transformers", reason="pip install 'model-breeding-lab[hf]'")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("vocabulary", [ODD, Vocabulary.byte_level()], ids=["odd", "bytes"])
def test_transformers_gives_our_logits_and_our_ids(
    transformers: object, make: Callable[..., Genotype], vocabulary: Vocabulary, tmp_path: Path
) -> None:
    tied = vocabulary is ODD
    one = make(vocab_size=len(vocabulary), tied=tied, kv_heads=2, rope_base=500.0)
    for name, data in transformers_files.write_transformers_files(
        convert_to_llama(one, 64), vocabulary
    ).items():
        (tmp_path / name).write_bytes(data)
    names = ("LlamaForCausalLM", "PreTrainedTokenizerFast")  # Auto... imports half a minute more
    library = (getattr(transformers, one) for one in names)
    model, words = (part.from_pretrained(tmp_path) for part in library)
    ids = torch.from_numpy(np.random.default_rng(0).integers(0, len(vocabulary), (1, 50)))
    wanted = forward(one.architecture, one.rows, one.scales, ids)
    with torch.inference_mode():
        found = model.eval()(ids).logits
    torch.testing.assert_close(found, wanted, atol=1e-5, rtol=0)
    said = "\x02a b\n  |é█\x03" + ("" if vocabulary.kind == "bytes" else "".join(ODD.characters))
    assert words(said)["input_ids"] == vocabulary.encode(said).tolist()
    assert words.decode(vocabulary.encode(said).tolist()) == said
