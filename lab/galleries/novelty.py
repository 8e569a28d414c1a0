"""Novelty: the similarity of a drawing to its nearest training piece.

Similarity is that of Ratcliff and Obershelp 1988, "Pattern matching: the gestalt approach": twice
the characters in matching runs over the characters of both, blanks at line ends left out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np

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
    """An inverted index of training pieces: for each n-gram the pieces that hold it."""

    def __init__(self, pieces: Sequence[str]) -> None:
        self.pieces = [_trim_blanks(piece) for piece in pieces]
        postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for index, piece in enumerate(self.pieces):
            for ngram, count in _count_ngrams(piece).items():
                postings[ngram].append((index, count))
        self._postings = {ngram: np.array(pairs).T for ngram, pairs in postings.items()}

    def find_nearest(self, drawing: str) -> NearestPiece:
        """Find the most similar piece; the exact similarity is computed for the best candidates.

        ValueError where the index is empty.
        """
        if not self.pieces:
            raise ValueError("there is no training piece to compare with")
        drawing = _trim_blanks(drawing)
        best, best_index = -1.0, 0
        bounds = {i: _upper_bound(drawing, self.pieces[i]) for i in self._candidates(drawing)}
        for index in sorted(bounds, key=lambda i: -bounds[i]):
            if bounds[index] < best:
                break
            value = similarity(drawing, self.pieces[index])
            if (value, -index) > (best, -best_index):
                best, best_index = value, index
        return NearestPiece(best_index, best)

    def _candidates(self, drawing: str) -> list[int]:
        """Return the pieces that share most n-grams with a drawing, the first ones on ties."""
        shared = np.zeros(len(self.pieces), np.int64)
        for ngram, count in _count_ngrams(drawing).items():
            if ngram in self._postings:
                indices, counts = self._postings[ngram]
                shared[indices] += np.minimum(counts, count)
        rank = np.arange(len(shared)) - shared * len(shared)  # distinct: shared, then the index
        number = min(COMPARED_CANDIDATES, len(rank))
        likely = np.argpartition(rank, number - 1)[:number]
        return [int(index) for index in likely[np.argsort(rank[likely])]]


def similarity(a: str, b: str) -> float:
    """Return the share of characters in matching runs, in [0, 1]; 1 for equal drawings."""
    return SequenceMatcher(None, a, b, autojunk=False).ratio()


def _upper_bound(a: str, b: str) -> float:
    """Return the similarity that the same characters in the best order would have."""
    common = (Counter(a) & Counter(b)).total()
    return 2.0 * common / (len(a) + len(b)) if a or b else 1.0


def _trim_blanks(piece: str) -> str:
    return "\n".join(line.rstrip() for line in piece.strip("\n").split("\n"))


def _count_ngrams(piece: str) -> Counter[str]:
    dense = " ".join(piece.split())
    return Counter(dense[i : i + NGRAM_SIZE] for i in range(len(dense) - NGRAM_SIZE + 1))
