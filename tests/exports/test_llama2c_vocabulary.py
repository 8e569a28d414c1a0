"""An artist of characters in llama2.c: it reads what the lab reads, and draws the same."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from lab.corpora.vocabulary import Vocabulary
from lab.exports import llama2c_vocabulary
from lab.exports.llama2c_tokenizer import BOS
from lab.exports.to_llama import convert_to_llama
from lab.models.genotype import Genotype
from tests.exports.odd import CONTROLS, MALTESE, ODD


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("label", ["ab \x03", "\x02ab \x03", "\x02", ""])
def test_it_draws_what_the_lab_draws(make: Callable[..., Genotype], seed: int, label: str) -> None:
    model = convert_to_llama(make(seed=seed, tied=False, kv_heads=2), 64)
    theirs, pieces = llama2c_vocabulary.convert_to_llama2c(model, ODD)
    own = ODD.encode("\x02" + label.removeprefix("\x02")).tolist()
    drawn = model.generate_greedy(own, 30, frozenset([2]))
    start, names = pieces.encode(label), llama2c_vocabulary.llama2c_ids(ODD)
    assert len(start) == len(own)  # neither BOS nor the space in front is one too many
    assert theirs.generate_greedy(start, 30, frozenset([BOS])) == [names[one] for one in drawn]


def test_the_end_of_a_drawing_is_bos(make: Callable[..., Genotype]) -> None:
    model = convert_to_llama(make(tied=False), 64)
    theirs, _ = llama2c_vocabulary.convert_to_llama2c(model, ODD)
    ids = np.array([0, 5, 6, 9, 5])
    names = np.array(llama2c_vocabulary.llama2c_ids(ODD))
    assert names[2] == BOS
    np.testing.assert_allclose(
        theirs.forward(names[ids])[:, names], model.forward(ids), atol=1e-5, rtol=0
    )


def test_silent_ids_are_never_the_likeliest(make: Callable[..., Genotype]) -> None:
    for vocabulary in (ODD, Vocabulary.byte_level(), Vocabulary(tuple("abc\n"))):
        model = convert_to_llama(make(vocab_size=len(vocabulary), seed=3), 64)
        theirs, _ = llama2c_vocabulary.convert_to_llama2c(model, vocabulary)
        logits = theirs.forward(np.arange(40) % theirs.shape.vocab)
        assert set(logits.argmax(1).tolist()) <= set(llama2c_vocabulary.llama2c_ids(vocabulary))


def test_a_text_starts_after_a_line_break(make: Callable[..., Genotype]) -> None:
    vocabulary = Vocabulary.byte_level()
    model = convert_to_llama(make(vocab_size=256), 64)
    theirs, pieces = llama2c_vocabulary.convert_to_llama2c(model, vocabulary)
    own, start = [ord(one) for one in "\na b"], pieces.encode("a b")
    np.testing.assert_allclose(
        theirs.forward(np.array(start))[:, llama2c_vocabulary.llama2c_ids(vocabulary)],
        model.forward(np.array(own)), atol=1e-5, rtol=0,
    )  # fmt: skip
    assert pieces.decode([BOS, *pieces.encode("a b")]) == "\n<s>\n a b"


@pytest.mark.parametrize("vocabulary", [ODD, MALTESE, CONTROLS, Vocabulary.byte_level()])
def test_no_two_ids_have_one_piece(make: Callable[..., Genotype], vocabulary: Vocabulary) -> None:
    model = convert_to_llama(make(vocab_size=len(vocabulary)), 64)
    _, tokenizer = llama2c_vocabulary.convert_to_llama2c(model, vocabulary)
    assert len(set(tokenizer.pieces)) == len(tokenizer.pieces)
    ids = llama2c_vocabulary.llama2c_ids(vocabulary)
    for at, character in enumerate(vocabulary.characters):
        if vocabulary.kind == "characters" and character not in (" ", "\0"):
            assert tokenizer.encode(character)[2:] in ([ids[at]], []), character


def test_unknown_characters_stay_inside_the_table(make: Callable[..., Genotype]) -> None:
    theirs, pieces = llama2c_vocabulary.convert_to_llama2c(convert_to_llama(make(), 64), ODD)
    ids = pieces.encode("z€")
    assert max(ids) < theirs.shape.vocab == len(pieces.pieces)
