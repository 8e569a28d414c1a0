"""Opening: the text that an artist goes on from, as its framing has it, and as a shell takes it."""

from __future__ import annotations

import shlex

from lab.corpora import framing
from lab.corpora.film import FRAMES, ROWS, frame_number
from lab.corpora.vocabulary import Vocabulary

WISHES = ("cat", "the ", "The ")  # tried where nobody says what to draw


def opening(frame: str | None, vocabulary: Vocabulary, wish: str | None) -> str:
    """What an artist reads before it goes on; ValueError where it has no character for the wish.

    wish: a label (conditional), a frame's number (frame), two numbers (row: frame and line), the
    beginning of a text (None); of no use to an unconditional artist. None: one that it can read.
    """
    if frame == "unconditional":
        return framing.unconditional_prefix()
    if frame in ("frame", "row"):
        return numbered(frame, vocabulary, wish)
    known = set(vocabulary.characters) if vocabulary.kind == "characters" else None
    fits = (one for one in WISHES if known is None or set(one) <= known)
    told = next(fits, vocabulary.characters[-1]) if wish is None else wish
    text = framing.conditional_prefix(told) if frame == "conditional" else told
    if not text:
        raise ValueError("wish must say how the text begins (got '')")
    vocabulary.encode(text)
    return text


def numbered(frame: str, vocabulary: Vocabulary, wish: str | None) -> str:
    """The opening of a frame, or of a line in it."""
    known = [one for one in vocabulary.characters if FRAMES <= ord(one) < ROWS]
    numbers = (wish or str(ord(known[0]) - FRAMES)).split()
    if not 1 <= len(numbers) <= 2 or not all(one.isdigit() for one in numbers):
        raise ValueError(f"wish must be a frame's number, and a line's after it, not {wish!r}")
    label = frame_number(int(numbers[0]))
    line = int(numbers[1]) if len(numbers) == 2 else 0
    text = framing.row_prefix(label, line) if frame == "row" else framing.frame_prefix(label)
    vocabulary.encode(text)
    return text


def quoted(text: str) -> str:
    """A text as bash reads it, control and private characters included."""
    if text.isprintable():
        return shlex.quote(text)
    inner = "".join(
        one if one.isprintable() and one not in "'\\" else f"\\U{ord(one):08x}" for one in text
    )
    return f"$'{inner}'"
