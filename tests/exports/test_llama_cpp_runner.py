"""A real llama.cpp runs our files: `make engine`, then `make test-engine`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lab.corpora.film import frame_number
from lab.corpora.vocabulary import FRAMING_CHARACTERS, Vocabulary
from lab.exports import gguf, llama_cpp_runner
from lab.exports.byte_pair_tokenizer import BytePairTokenizer
from lab.exports.gguf_tokenizer import gguf_prompt, gguf_tokens
from lab.exports.llama_cpp_runner import NO_ENGINE, EngineComparison, LlamaCppEngine, softmax
from lab.exports.numpy_llama import NumpyLlama
from lab.exports.to_llama import convert_to_llama
from lab.models.genotype import Genotype
from tests.exports.odd import CONTROLS, MALTESE, ODD

FOUND = llama_cpp_runner.engines()
FILM = Vocabulary((*FRAMING_CHARACTERS, "\n", ".", "@", *map(frame_number, range(1745))))
installed = pytest.mark.skipif(not FOUND, reason=NO_ENGINE)


def shown(one: LlamaCppEngine) -> str:
    return one.name


@pytest.mark.engine
@installed
@pytest.mark.parametrize("one", FOUND, ids=shown)
@pytest.mark.parametrize("kind", ["llama", "sandwich"])
def test_it_computes_what_we_compute(
    make: Callable[..., Genotype], kind: str, one: LlamaCppEngine, tmp_path: Path
) -> None:
    changes = {"kv_heads": 2, "tied": False} if kind == "llama" else {"kv_heads": 4}
    genotype = make(kind, lively=4, vocab_size=len(FILM), dim=64, dim_head=16, **changes)
    model, path = convert_to_llama(genotype, 512), tmp_path / "model.gguf"
    path.write_bytes(gguf.write_gguf(model, gguf_tokens(FILM), kind))
    start = FILM.encode("\x02" + frame_number(1350)).tolist()
    said = model.generate_greedy(start, 100, frozenset([2]))
    ids = np.random.default_rng(0).integers(3, len(FILM), 200)
    proof = llama_cpp_runner.compare_engine(
        one, path, "<bos>1350", start, said if len(said) == 100 else [*said, 2],
        ids.tolist(), model.forward(ids),
    )  # fmt: skip
    assert proof.matches, proof
    assert proof.logits is None or proof.logits <= 1e-5


@pytest.mark.engine
@installed
@pytest.mark.parametrize("one", FOUND, ids=shown)
def test_it_cuts_every_prompt_as_we_do(
    random: Callable[..., NumpyLlama], one: LlamaCppEngine, tmp_path: Path
) -> None:
    """All 1,745 numbers behind one another, each a token; then everything odd."""
    vocabularies = (FILM, ODD, Vocabulary.byte_level(), MALTESE, CONTROLS)
    for number, vocabulary in enumerate(vocabularies):
        text = "a b\n |é█ " * 3
        if vocabulary is FILM:
            text = "".join(f"\x02{frame_number(one)}.@\n\x04" for one in range(1745))
        elif vocabulary is ODD:
            text = "\x02" + "".join(ODD.characters[3:]) + text + "\x03\x04"
        elif vocabulary in (MALTESE, CONTROLS):
            text = "".join(vocabulary.characters * 2 + vocabulary.characters[::-1]).strip("\0")
        spelled = gguf_tokens(vocabulary)
        path = tmp_path / f"{number}.gguf"
        path.write_bytes(gguf.write_gguf(random(vocab=len(spelled.texts)), spelled, "odd"))
        said = llama_cpp_runner.query_engine(
            one, model=str(path), prompt=gguf_prompt(text, vocabulary), start=[0], count=1, ids=[0],
            vocab=len(spelled.texts), context=64,
        )  # fmt: skip
        assert said["tokens"] == vocabulary.encode(text).tolist()
        assert BytePairTokenizer(spelled).encode(gguf_prompt(text, vocabulary)) == said["tokens"]


def test_an_engine_that_fails_is_named(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="false failed"):
        llama_cpp_runner.query_engine(LlamaCppEngine("false", ("false",)), model="x")


def test_engines_are_looked_for_in_one_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LAB_ENGINES", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert llama_cpp_runner.engines() == []
    for name in ("node", "python/bin/python"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(0o755)
    (tmp_path / "node_modules" / "node-llama-cpp").mkdir(parents=True)
    assert [one.name for one in llama_cpp_runner.engines()] == [
        "llama-cpp-python",
        "node-llama-cpp",
    ]


@pytest.mark.parametrize(
    ("changes", "holds"),
    [
        ({}, True),
        ({"logits": 2e-5}, False),
        ({"logits": 2e-5, "largest": 3.0}, True),
        ({"greedy": 9}, False),
        ({"prompt": False}, False),
        ({"logits": None}, True),
        ({"logits": None, "probabilities": 2e-5, "largest": 3.0}, False),
    ],
)
def test_a_proof_holds_where_all_agrees(changes: dict[str, Any], holds: bool) -> None:
    plain: dict[str, Any] = {"prompt": True, "greedy": 10, "of": 10, "logits": 1e-6}
    plain |= {"probabilities": 1e-7, "largest": 0.5}
    assert EngineComparison(engine="x", **{**plain, **changes}).matches is holds


def test_probabilities_add_up() -> None:
    found = softmax(np.array([[1000.0, 0.0], [1.0, 1.0]], np.float32))
    np.testing.assert_allclose(found, [[1, 0], [0.5, 0.5]])
