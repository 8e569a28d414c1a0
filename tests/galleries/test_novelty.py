"""Novelty: laws of the similarity, and that the nearest piece is found."""

from __future__ import annotations

import random

import pytest

from lab.corpora.bestiary import draw_bestiary
from lab.galleries.novelty import (
    COMPARED_CANDIDATES,
    NearestPiece,
    NoveltyIndex,
    _count_ngrams,
    _trim_blanks,
    similarity,
)

ART = [piece.art for piece in draw_bestiary()[::40]]


def test_a_piece_is_most_like_itself() -> None:
    library = NoveltyIndex(ART)
    found = [library.find_nearest(art) for art in ART]
    assert [one.index for one in found] == list(range(len(ART)))
    assert {one.similarity for one in found} == {1.0}


def test_the_index_finds_what_a_scan_of_all_pieces_finds() -> None:
    """The pieces most alike by shared n-grams, one by one, then the exact similarity of each."""
    library, generator = NoveltyIndex(ART), random.Random(0)
    for art in [*ART, "", "x", "~" * 40]:
        lines = art.split("\n")
        generator.shuffle(lines)
        drawing = "\n".join(lines)[: generator.randint(1, 200)]
        ngrams = _count_ngrams(_trim_blanks(drawing))
        shared = [sum((ngrams & _count_ngrams(_trim_blanks(piece))).values()) for piece in ART]
        likely = sorted(range(len(ART)), key=lambda i: (-shared[i], i))[:COMPARED_CANDIDATES]
        measured = [(similarity(_trim_blanks(drawing), _trim_blanks(ART[i])), -i) for i in likely]
        value, index = max(measured)
        assert library.find_nearest(drawing) == NearestPiece(-index, value)


def test_similarity_counts_matching_characters() -> None:
    assert similarity("abcd", "abxd") == pytest.approx(2 * 3 / 8)
    assert similarity("abcd", "efgh") == 0.0


def test_one_changed_character_is_still_a_copy() -> None:
    changed = ART[3].replace(ART[3].strip()[0], "%", 1)
    nearest = NoveltyIndex(ART).find_nearest(changed)
    assert (nearest.index, nearest.verdict) == (3, "memorised")


def test_blanks_at_line_ends_are_not_novelty() -> None:
    padded = "\n".join(line + "   " for line in ART[0].split("\n"))
    assert NoveltyIndex(ART).find_nearest(padded).similarity == 1.0


@pytest.mark.parametrize(
    ("similarity", "verdict"), [(1.0, "memorised"), (0.75, "varied"), (0.2, "new")]
)
def test_verdicts(similarity: float, verdict: str) -> None:
    assert NearestPiece(0, similarity).verdict == verdict


def test_an_empty_library_is_refused() -> None:
    with pytest.raises(ValueError, match="no training piece"):
        NoveltyIndex([]).find_nearest("x")
