"""The standard that a corpus sets, and what of it a drawing keeps: frame, width, characters.

A signature is what many artists end a piece with: two to four letters that stand alone in one of
its last lines. Those that sign several training pieces are known.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lab.corpora.drawing import Drawing

SIGNATURE = re.compile(r"(?<!\S)[A-Za-z]{2,4}(?!\S)")
SIGNATURE_LINES = 2  # from the last on, in which a signature is looked for
MIN_SIGNED_PIECES = 3  # training pieces that make a word a signature


@dataclass(frozen=True)
class ValidityRules:
    """What a corpus' drawings have in common: columns at most, characters, signatures."""

    width: int
    characters: frozenset[str]
    signatures: frozenset[str]

    @classmethod
    def from_drawings(cls, pieces: Iterable[Drawing], width: int | None = None) -> ValidityRules:
        """The standard of these pieces; width None: that of the widest of them."""
        pieces = list(pieces)
        counts = Counter(word for piece in pieces for word in set(signature_candidates(piece.art)))
        return cls(
            width or max((piece.width for piece in pieces), default=0),
            frozenset("\n").union(*(piece.art for piece in pieces)),
            frozenset(word for word, times in counts.items() if times >= MIN_SIGNED_PIECES),
        )

    def measure(self, art: str, closed: bool) -> dict[str, Any]:
        """valid (closed, narrow enough, no strange character), and what it is made of."""
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
    """The words in a drawing's last lines that could be a signature, in order."""
    lines = [line for line in art.split("\n") if line.strip()][-SIGNATURE_LINES:]
    return [word for line in lines for word in SIGNATURE.findall(line)]
