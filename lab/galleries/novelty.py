"""Novelty: the similarity of a drawing to its nearest training piece.

Similarity is that of Ratcliff and Obershelp 1988, "Pattern matching: the gestalt approach": twice
the characters in matching runs over the characters of both, blanks at line ends left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

NGRAM_SIZE = 4  # length of the n-grams by which candidates are preselected
COMPARED_CANDIDATES = 12
MEMORISED, VARIED = 0.9, 0.6


@dataclass(frozen=True)
class NearestPiece:
    """The nearest training piece of a drawing: its index and its similarity in [0, 1]."""

    index: int
    similarity: float

    @property
    def verdict(self) -> str:
        """memorised (from 0.9 on), varied (from 0.6 on) or new."""
        if self.similarity >= MEMORISED:
            return "memorised"
        return "varied" if self.similarity >= VARIED else "new"


class NoveltyIndex:
    """An index of training pieces for nearest-neighbour search."""

    def __init__(self, pieces: Sequence[str]) -> None:
        self.pieces = [_trim_blanks(piece) for piece in pieces]
        self.ngram_counts = [_count_ngrams(piece) for piece in self.pieces]

    def find_nearest(self, drawing: str) -> NearestPiece:
        """Find the most similar piece; the exact similarity is computed for the best candidates.

        ValueError where the index is empty.
        """
        if not self.pieces:
            raise ValueError("there is no training piece to compare with")
        drawing = _trim_blanks(drawing)
        ngrams = _count_ngrams(drawing)
        shared = [
            (sum((ngrams & piece_ngrams).values()), -i)
            for i, piece_ngrams in enumerate(self.ngram_counts)
        ]
        likely = [-i for _, i in sorted(shared, reverse=True)[:COMPARED_CANDIDATES]]
        measured = [(similarity(drawing, self.pieces[i]), -i) for i in likely]
        best, index = max(measured)
        return NearestPiece(-index, best)


def similarity(a: str, b: str) -> float:
    """Return the share of characters in matching runs, in [0, 1]; 1 for equal drawings."""
    return SequenceMatcher(None, a, b, autojunk=False).ratio()


def _trim_blanks(piece: str) -> str:
    return "\n".join(line.rstrip() for line in piece.strip("\n").split("\n"))


def _count_ngrams(piece: str) -> Counter[str]:
    dense = " ".join(piece.split())
    return Counter(dense[i : i + NGRAM_SIZE] for i in range(len(dense) - NGRAM_SIZE + 1))
