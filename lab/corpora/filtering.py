"""Filtering: which pieces of a collection a corpus keeps, and the count dropped by reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from lab.corpora.drawing import Drawing, clean_drawing
from lab.corpora.framing import conditional


@dataclass(frozen=True)
class Limits:
    """Limits of a corpus: the art's columns and lines, and the characters of the framed piece.

    Length counts SOL, label, SEP, art with its newlines, and EOA, so that a piece of at most
    context + 1 fits the context. ascii_only drops pieces with any character beyond printable ASCII.
    Raises ValueError for a limit below 1.
    """

    max_width: int = 80
    max_height: int = 60
    max_length: int = 2048
    ascii_only: bool = True

    def __post_init__(self) -> None:
        """Check the limits; ValueError names one below 1."""
        for name in ("max_width", "max_height", "max_length"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, not {getattr(self, name)}")


def limit_violation(piece: Drawing, limits: Limits) -> str:
    """Return why a clean piece is not admitted ("" where it is): the first reason that holds."""
    characters = piece.label + piece.art.replace("\n", "")
    if not piece.art:
        return "blank"
    if not piece.label:
        return "no label"
    if not all(character.isprintable() for character in characters):
        return "unprintable"
    if limits.ascii_only and not characters.isascii():
        return "not ASCII"
    if piece.width > limits.max_width:
        return "too wide"
    if piece.height > limits.max_height:
        return "too high"
    return "too long" if len(conditional(piece)) > limits.max_length else ""


class FilteredDrawings(NamedTuple):
    """Pieces kept, in order; the count dropped by reason; by reason the first that was dropped."""

    kept: list[Drawing]
    dropped: dict[str, int]
    first_dropped: dict[str, str]


def filter_drawings(
    pieces: Iterable[Drawing], limits: Limits, max_pieces: int | None = None
) -> FilteredDrawings:
    """Return the clean pieces that `limits` admit, in order, and what was dropped by reason.

    Of pieces whose clean art is equal, that of the first label in the alphabet stays. With
    `max_pieces`, reading stops as soon as so many are kept.
    """
    pieces_by_art: dict[str, Drawing] = {}
    drop_counts: Counter[str] = Counter()
    first_dropped: dict[str, str] = {}
    for piece in map(clean_drawing, pieces):
        if reason := limit_violation(piece, limits):
            drop_counts[reason] += 1
            first_dropped.setdefault(reason, describe_dropped(piece, reason))
            continue
        existing = pieces_by_art.setdefault(piece.art, piece)
        if existing is not piece:
            drop_counts["duplicate"] += 1
            first_dropped.setdefault("duplicate", describe_dropped(piece, "duplicate"))
            pieces_by_art[piece.art] = min(existing, piece, key=lambda drawing: drawing.label)
        if len(pieces_by_art) == max_pieces:
            break
    return FilteredDrawings(
        list(pieces_by_art.values()), dict(sorted(drop_counts.items())), first_dropped
    )


def describe_dropped(piece: Drawing, reason: str) -> str:
    """The source of a dropped piece, or its label, and the character that is to blame, if any."""
    text = piece.label + piece.art.replace("\n", "")
    culprits = {
        "unprintable": (character for character in text if not character.isprintable()),
        "not ASCII": (character for character in text if not character.isascii()),
    }
    culprit = next(iter(culprits.get(reason, ())), "")
    place = piece.source or piece.label
    return f"{place}, U+{ord(culprit):04X}" if culprit else place
