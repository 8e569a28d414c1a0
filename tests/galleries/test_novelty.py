"""Novelty: laws of the similarity, and that the nearest piece is found."""

from __future__ import annotations

import pytest

from lab.corpora.bestiary import draw_bestiary
from lab.galleries.novelty import NearestPiece, NoveltyIndex, similarity

ART = [piece.art for piece in draw_bestiary()[::40]]


def test_a_piece_is_most_like_itself() -> None:
    library = NoveltyIndex(ART)
    found = [library.find_nearest(art) for art in ART]
    assert [one.index for one in found] == list(range(len(ART)))
    assert {one.similarity for one in found} == {1.0}


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
