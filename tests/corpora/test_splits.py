"""Blocks are disjoint and apart; a drawing keeps its split whatever happens to the others."""

import hashlib
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.corpora.drawing import Drawing
from lab.corpora.splits import (
    assign_splits,
    contiguous_blocks,
    duplicate_key,
    fingerprint_splits,
    hash_fraction,
    near_duplicate_key,
)

CAT = r"""
 /\_/\
( o.o )
(_> ^ <_)-~-.
  jgs"""


def scribbles(count: int) -> list[Drawing]:
    draw = random.Random(0)
    return [
        Drawing("Scribble", "\n".join("".join(draw.choices("/\\|_-()<>", k=8)) for _ in range(4)))
        for _ in range(count)
    ]


@given(st.integers(2000, 10**6), st.integers(0, 20))
def test_blocks_cover_everything_but_the_gaps(length: int, gap: int) -> None:
    parts = contiguous_blocks(length, (0.90, 0.05, 0.05), gap)
    assert parts[0].start == 0
    assert parts[-1].stop == length
    assert [b.start - a.stop for a, b in zip(parts, parts[1:], strict=False)] == [gap, gap]


def test_blocks_have_their_shares() -> None:
    assert contiguous_blocks(100_000_000, gap=1024) == [
        slice(0, 90_000_000),
        slice(90_001_024, 95_000_000),
        slice(95_001_024, 100_000_000),
    ]


@given(st.integers(1, 500), st.integers(1, 500))
def test_the_length_that_is_asked_for_suffices(gap: int, least: int) -> None:
    with pytest.raises(ValueError, match="too few for the context") as error:
        contiguous_blocks(20, gap=gap, min_length=least + 1)
    needed = int(str(error.value).rsplit(" ", 1)[1].replace(",", ""))
    assert (
        min(b.stop - b.start for b in contiguous_blocks(needed, gap=gap, min_length=least + 1))
        > least
    )


def test_a_split_does_not_change_when_the_corpus_does() -> None:
    pieces = scribbles(400)
    few, all_of_them = assign_splits(pieces[:200]), assign_splits(pieces[::-1])
    assert sum(map(len, few)) == 200
    for part, whole in zip(few, all_of_them, strict=True):
        assert set(part) <= set(whole)


@pytest.mark.parametrize("key", [duplicate_key, near_duplicate_key])
def test_shares_are_90_5_5(key) -> None:
    train, select, report = (len(part) for part in assign_splits(scribbles(4000), key))
    assert train + select + report == 4000
    assert abs(train - 3600) < 80
    assert abs(select - 200) < 60
    assert abs(report - 200) < 60


def test_pieces_that_differ_in_blanks_alone_are_dealt_together() -> None:
    assert duplicate_key(Drawing("Cat", "( o )")) == duplicate_key(Drawing("Puss", "(o)"))


def test_pieces_that_differ_in_eyes_and_signature_are_dealt_together() -> None:
    other = CAT.replace("o.o", "x.x").replace("jgs", "by me")
    assert other != CAT
    assert near_duplicate_key(Drawing("Cat", CAT)) == near_duplicate_key(Drawing("Dead cat", other))


def test_pieces_without_a_telling_line_are_keyed_whole() -> None:
    assert near_duplicate_key(Drawing("Cat", "=^.^= meow")) == "=^.^=meow"


@pytest.mark.parametrize("count", range(3, 30))
def test_a_tiny_corpus_has_all_three_splits(count: int) -> None:
    parts = assign_splits(scribbles(count))
    assert all(parts)
    assert sum(map(len, parts)) == count


def test_two_drawings_are_no_corpus() -> None:
    with pytest.raises(ValueError, match="at least 3 drawings unlike each other, not 2"):
        assign_splits(scribbles(2) * 5)


def test_fractions_are_known_answers() -> None:
    digest = hashlib.sha256(b"cat").hexdigest()
    assert hash_fraction("cat") == int(digest[:12], 16) / 2**48


def test_a_fingerprint_tells_where_splits_end() -> None:
    assert fingerprint_splits([b"ab", b"c"]) != fingerprint_splits([b"a", b"bc"])
    length = (3).to_bytes(8, "big")
    assert fingerprint_splits([b"abc"]) == hashlib.sha256(length + b"abc").hexdigest()
