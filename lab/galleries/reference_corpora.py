"""Reference corpora: the training pieces that an artist's drawings are compared with."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from lab.corpora.drawing_corpus import Drawing, DrawingCorpus
from lab.corpora.text_corpus import TextCorpus
from lab.galleries.novelty import NoveltyIndex
from lab.galleries.validity import ValidityRules


class ReferenceCorpora:
    """The labels, training pieces and validity rules of an artist's corpora; may be empty."""

    def __init__(self, corpora: Sequence[Any]) -> None:
        self.texts = [corpus for corpus in corpora if isinstance(corpus, TextCorpus)]
        self.drawings = [corpus for corpus in corpora if isinstance(corpus, DrawingCorpus)]
        self.labels = sorted({label for corpus in self.drawings for label in corpus.labels})
        self.pieces: list[tuple[Drawing, DrawingCorpus]] = [
            (piece, corpus) for corpus in self.drawings for piece in corpus.train
        ]

    @cached_property
    def novelty_index(self) -> NoveltyIndex:
        """The index of the training pieces."""
        return NoveltyIndex([piece.art for piece, _ in self.pieces])

    @cached_property
    def validity_rules(self) -> ValidityRules:
        """The union of the corpora's rules: largest width, all characters and signatures."""
        limits = [corpus.provenance.get("limits", {}) for corpus in self.drawings]
        width = max((int(limit.get("max_width", 0)) for limit in limits), default=0)
        return ValidityRules.from_drawings([piece for piece, _ in self.pieces], width or None)

    def measure_drawing(self, art: str, closed: bool) -> dict[str, Any]:
        """Return nearest and validity of a drawing (see `sheet`); None without corpus."""
        if not self.pieces:
            return {"nearest": None, "validity": None}
        match = self.novelty_index.find_nearest(art)
        piece, corpus = self.pieces[match.index]
        nearest = {
            "similarity": round(match.similarity, 4),
            "verdict": match.verdict,
            "label": piece.label,
        }
        if corpus.provenance.get("licence") == "MIT":  # the licence does not allow a copy
            nearest["text"] = piece.art
        return {"nearest": nearest, "validity": self.validity_rules.measure(art, closed)}
