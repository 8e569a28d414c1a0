"""Validity: whether a drawing is finished, fits the corpus' width and uses only its characters.

A signature is a word of two to four letters in one of the last lines of a piece. Words that sign
several training pieces count as signatures.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lab.corpora.drawing import Drawing

SIGNATURE = re.compile(r"(?<!\S)[A-Za-z]{2,4}(?!\S)")
SIGNATURE_LINES = 2  # last lines in which a signature is searched
MIN_SIGNED_PIECES = 3  # training pieces in which a signature occurs at least


@dataclass(frozen=True)
class ValidityRules:
    """The rules of a corpus' drawings: maximal columns, characters, signatures."""

    width: int
    characters: frozenset[str]
    signatures: frozenset[str]

    @classmethod
    def from_drawings(cls, pieces: Iterable[Drawing], width: int | None = None) -> ValidityRules:
        """Derive the rules of these pieces; width None: that of the widest."""
        pieces = list(pieces)
        counts = Counter(word for piece in pieces for word in set(signature_candidates(piece.art)))
        return cls(
            width or max((piece.width for piece in pieces), default=0),
            frozenset("\n").union(*(piece.art for piece in pieces)),
            frozenset(word for word, times in counts.items() if times >= MIN_SIGNED_PIECES),
        )

    def measure(self, art: str, closed: bool) -> dict[str, Any]:
        """Measure a drawing: valid (closed, fits, no strange character) and its parts."""
        width = max(map(len, art.split("\n")))
        strange = "".join(sorted(set(art) - self.characters))
        signatures = [word for word in signature_candidates(art) if word in self.signatures]
        return {
            "valid": closed and width <= self.width and not strange,
            "width": width,
            "fits": width <= self.width,
            "strange": strange,
            "signature": signatures[-1] if signatures else None,
        }


def signature_candidates(art: str) -> list[str]:
    """Return the words in a drawing's last lines that could be a signature, in order."""
    lines = [line for line in art.split("\n") if line.strip()][-SIGNATURE_LINES:]
    return [word for line in lines for word in SIGNATURE.findall(line)]
