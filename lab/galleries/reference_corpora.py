"""Reference corpora: the training pieces that an artist's drawings are compared with."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from lab.corpora.drawing_corpus import Drawing, Drawings
from lab.corpora.text_corpus import Text
from lab.galleries.novelty import Library
from lab.galleries.validity import Standard


class School:
    """What corpora teach: labels, training pieces, a standard; nothing where there are none."""

    def __init__(self, corpora: Sequence[Any]) -> None:
        self.texts = [corpus for corpus in corpora if isinstance(corpus, Text)]
        self.drawings = [corpus for corpus in corpora if isinstance(corpus, Drawings)]
        self.labels = sorted({label for corpus in self.drawings for label in corpus.labels})
        self.pieces: list[tuple[Drawing, Drawings]] = [
            (piece, corpus) for corpus in self.drawings for piece in corpus.train
        ]

    @cached_property
    def collection(self) -> Library:
        """The training pieces, ready to be compared with."""
        return Library([piece.art for piece, _ in self.pieces])

    @cached_property
    def standard(self) -> Standard:
        """The widest of the corpora's limits, all of their characters and signatures."""
        limits = [corpus.provenance.get("limits", {}) for corpus in self.drawings]
        width = max((int(limit.get("max_width", 0)) for limit in limits), default=0)
        return Standard.of([piece for piece, _ in self.pieces], width or None)

    def measures(self, art: str, closed: bool) -> dict[str, Any]:
        """nearest and validity of a drawing as `sheet` describes them; None without a corpus."""
        if not self.pieces:
            return {"nearest": None, "validity": None}
        found = self.collection.nearest(art)
        piece, corpus = self.pieces[found.index]
        nearest = {
            "similarity": round(found.similarity, 4),
            "verdict": found.verdict,
            "label": piece.label,
        }
        if corpus.provenance.get("licence") == "MIT":  # others' work is not copied
            nearest["text"] = piece.art
        return {"nearest": nearest, "validity": self.standard.measure(art, closed)}
