"""A lesson: framed, encoded in one vocabulary, cut to the context."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from lab.corpora.batches import DrawingBatches, TextBatches
from lab.corpora.dataset import build_dataset, subsample_evenly
from lab.corpora.drawing import Drawing
from lab.corpora.drawing_corpus import DrawingCorpus
from lab.corpora.framing import conditional, unconditional
from lab.corpora.text_corpus import TextCorpus
from lab.corpora.vocabulary import EOA, SEP, SOL, Vocabulary

CAT, HAT, LONG = Drawing("cat", "=^.^="), Drawing("hat", "_/\\_"), Drawing("hedgehog", "^" * 40)
LETTERS = Vocabulary.from_texts(["acdeghot=^._/\\"], framed=True)
PIECES = DrawingCorpus("some", LETTERS, (CAT, HAT, LONG), (HAT,), (CAT, LONG), "f" * 64)
BOOK = "".join(f"line {n}\n" for n in range(100))


def text() -> TextCorpus:
    known = Vocabulary.from_texts([BOOK])
    ids = known.encode(BOOK)
    return TextCorpus("book", known, ids[:600], ids[600:700], ids[700:], "e" * 64)


def test_drawings_are_framed_and_those_too_long_left_out() -> None:
    taught = build_dataset(PIECES, conditional, 16, None)
    decoded = [taught.vocabulary.decode(ids) for ids in taught.train]
    assert decoded == [f"{SOL}cat{SEP}=^.^={EOA}", f"{SOL}hat{SEP}_/\\_{EOA}"]
    assert [len(taught.select), len(taught.report), taught.left_out] == [1, 1, 2]
    assert taught.provenance["fingerprint"] == "f" * 64 and taught.training_size == ("drawings", 2)
    assert isinstance(taught.batches(16, 2, 0), DrawingBatches)


def test_only_what_is_learned_is_wished_for() -> None:
    """A label that is longer than the context would leave no room to draw."""
    assert build_dataset(PIECES, conditional, 16, None).prompts == ["cat", "hat"]
    assert build_dataset(PIECES, unconditional, 64, None).prompts == ["cat", "hat", "hedgehog"]


def test_the_longest_piece_that_fits_has_as_many_predictions_as_the_context() -> None:
    framed = len(conditional(LONG))
    assert build_dataset(PIECES, conditional, framed - 1, None).left_out == 0
    assert build_dataset(PIECES, conditional, framed - 2, None).left_out == 2


def test_a_text_is_cut_into_windows_and_begun() -> None:
    taught = build_dataset(text(), None, 16, None)
    assert taught.training_size == ("characters", 600)
    assert {len(window) for window in taught.select} == {17} and len(taught.select) == 6
    assert all(len(wish) == 4 and wish in BOOK for wish in taught.prompts)
    assert isinstance(taught.batches(16, 2, 0), TextBatches)
    assert len(taught.training_windows(16, 5)) == 5


def test_a_parents_vocabulary_is_kept_by_character() -> None:
    """Never by index: the same character has another id in each of the two."""
    parents = Vocabulary(tuple(reversed(Vocabulary.from_texts([BOOK, "xyz"]).characters)))
    own, taught = text(), build_dataset(text(), None, 16, parents)
    assert isinstance(taught.train, np.ndarray)
    assert parents.decode(taught.train) == own.vocabulary.decode(own.train)
    assert not np.array_equal(taught.train, own.train)
    with pytest.raises(ValueError, match="the parent's vocabulary has no character"):
        build_dataset(text(), None, 16, Vocabulary.from_texts(["line 012345678"]))


def test_what_cannot_be_taught_is_refused() -> None:
    with pytest.raises(ValueError, match="no drawing of some fits into a context of 5"):
        build_dataset(PIECES, conditional, 5, None)
    with pytest.raises(ValueError, match="drawings need a framing"):
        build_dataset(PIECES, None, 16, None)
    with pytest.raises(ValueError, match="book is running text, which has no framing"):
        build_dataset(text(), conditional, 16, None)
    with pytest.raises(ValueError, match="character 'c' .* is not among the 6"):
        build_dataset(PIECES, conditional, 16, Vocabulary.from_texts(["xyz"], framed=True))


def test_spread_is_even_and_never_more_than_asked() -> None:
    take = partial(subsample_evenly, range(10))
    assert [list(take(most)) for most in (0, 1, 3, 5)] == [[], [0], [0, 3, 6], [0, 2, 4, 6, 8]]
    assert list(take(None)) == list(take(10)) == list(take(99)) == list(range(10))
