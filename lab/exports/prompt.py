"""Prompt: the text that an exported model continues, framed for the model and quoted for bash."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from lab.corpora import framing
from lab.corpora.film import FRAME_PLANE, ROW_PLANE, frame_number
from lab.corpora.vocabulary import Vocabulary

DEFAULT_WISHES = ("cat", "the ", "The ")  # the first that the vocabulary has, for wish=null
MAX_LISTED = 8  # labels listed where a wish is none of them


def build_prompt(
    framing_name: str | None, vocabulary: Vocabulary, wish: str | None, labels: Sequence[str] = ()
) -> str:
    """The prompt of an artist; ValueError where its vocabulary lacks a character of the wish.

    wish: a label (conditional), a frame's number (frame), two numbers (row: frame and line), the
    beginning of a text (no framing); ignored by an unconditional artist. None: a default. labels:
    those it was trained on, where they are known: the wish is one of them, else ValueError.
    """
    if framing_name == "unconditional":
        return framing.unconditional_prefix()
    if framing_name in ("frame", "row"):
        return build_frame_prompt(framing_name, vocabulary, wish)
    characters = set(vocabulary.characters) if vocabulary.kind == "characters" else None
    readable = (
        candidate
        for candidate in labels or DEFAULT_WISHES
        if characters is None or set(candidate) <= characters
    )
    request = next(readable, vocabulary.characters[-1]) if wish is None else wish
    if wish is not None and labels and wish not in labels:
        raise ValueError(f"it has never seen {wish}: its labels are {_format_labels(labels)}")
    text = framing.conditional_prefix(request) if framing_name == "conditional" else request
    if not text:
        raise ValueError("wish must say how the text begins (got '')")
    vocabulary.encode(text)
    return text


def _format_labels(labels: Sequence[str]) -> str:
    """Labels on a line, the first few of many."""
    shown = ", ".join(labels[:MAX_LISTED])
    return shown if len(labels) <= MAX_LISTED else f"{shown} and {len(labels) - MAX_LISTED} more"


def build_frame_prompt(framing_name: str, vocabulary: Vocabulary, wish: str | None) -> str:
    """The prompt of a frame of a film, or of a line in it."""
    frame_characters = [
        character
        for character in vocabulary.characters
        if FRAME_PLANE <= ord(character) < ROW_PLANE
    ]
    numbers = (wish or str(ord(frame_characters[0]) - FRAME_PLANE)).split()
    if not 1 <= len(numbers) <= 2 or not all(number.isdigit() for number in numbers):
        raise ValueError(f"wish must be a frame's number, and a line's after it, not {wish!r}")
    label = frame_number(int(numbers[0]))
    line = int(numbers[1]) if len(numbers) == 2 else 0
    text = framing.row_prefix(label, line) if framing_name == "row" else framing.frame_prefix(label)
    vocabulary.encode(text)
    return text


def quote_for_bash(text: str) -> str:
    """A text as bash reads it, control and private characters included."""
    if text.isprintable():
        return shlex.quote(text)
    inner = "".join(
        character
        if character.isprintable() and character not in "'\\"
        else f"\\U{ord(character):08x}"
        for character in text
    )
    return f"$'{inner}'"
