"""Framing: a drawing as one string with start, label and end delimiters.

    conditional    SOL label SEP art EOA        the artist draws the label
    unconditional  SOL art EOA                  the artist draws freely
    frame          SOL N art EOA                frame N of a film, N being one character
    row            SOL N R line EOA             line R of frame N: one text a line

A label or art that holds a framing character itself is refused, so that no piece can end early or
be parsed as two.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from lab.corpora.drawing import Drawing
from lab.corpora.film import FRAME_PLANE, row_number
from lab.corpora.vocabulary import EOA, FRAMING_CHARACTERS, SEP, SOL

FRAMING_CHARACTER = re.compile("[" + "".join(FRAMING_CHARACTERS) + "]")


class FramingMismatch(ValueError):
    """A framing that a corpus cannot have: drawings need one, text has none, films their own."""


class UnframedText(NamedTuple):
    """The parts of a framed text; closed: it ended with EOA, as a finished drawing does."""

    label: str | None
    art: str
    closed: bool


def conditional(drawing: Drawing) -> str:
    """Return SOL label SEP art EOA. Raises ValueError for a framing character in label or art."""
    return conditional_prefix(drawing.label) + check_no_framing(drawing.art, "art") + EOA


def unconditional(drawing: Drawing) -> str:
    """Return SOL art EOA. Raises ValueError where the art holds a framing character."""
    return unconditional_prefix() + check_no_framing(drawing.art, "art") + EOA


def frame(drawing: Drawing) -> str:
    """Return SOL N art EOA. Raises ValueError for a drawing that is no frame of a film."""
    return frame_prefix(drawing.label) + check_no_framing(drawing.art, "frame") + EOA


def row(drawing: Drawing) -> tuple[str, ...]:
    """Return SOL N R line EOA for each line R. Raises ValueError as `frame` does."""
    lines = enumerate(drawing.art.split("\n"))
    return tuple(
        row_prefix(drawing.label, row_index) + check_no_framing(line, "frame") + EOA
        for row_index, line in lines
    )


def frame_prefix(label: str) -> str:
    """Return SOL N, after which an artist draws frame N. Raises ValueError for another label."""
    if len(label) != 1 or ord(label) < FRAME_PLANE:
        raise FramingMismatch(
            f"{label[:20]!r} is no frame's number: this framing is for corpus=frames"
        )
    return SOL + label


def row_prefix(label: str, line: int) -> str:
    """Return SOL N R, after which an artist draws line R of frame N."""
    return frame_prefix(label) + row_number(line)


def conditional_prefix(label: str) -> str:
    """Return SOL label SEP, after which an artist draws. Raises ValueError as conditional does."""
    return SOL + check_no_framing(label, "label") + SEP


def unconditional_prefix() -> str:
    """Return SOL, after which an unconditional artist draws."""
    return SOL


def unframe(text: str) -> UnframedText:
    r"""Parse a framed text, whatever a model wrote: label and art hold no framing character.

    The leading SOL may be missing. The first SEP ends the label (None without one). Then EOA ends
    the art, closed; a further SOL or SEP, or the end of the text, ends it too, not closed.

    >>> unframe("\x02Cat\x03=^.^=\x04")
    UnframedText(label='Cat', art='=^.^=', closed=True)
    """
    first, mark, rest = split_at_framing_character(text.removeprefix(SOL))
    if mark != SEP:
        return UnframedText(None, first, mark == EOA)
    art, mark, _ = split_at_framing_character(rest)
    return UnframedText(first, art, mark == EOA)


def split_at_framing_character(text: str) -> tuple[str, str, str]:
    """Split at the first framing character: what is before, itself ("" without one), the rest."""
    match = FRAMING_CHARACTER.search(text)
    if not match:
        return text, "", ""
    return text[: match.start()], match.group(), text[match.end() :]


def check_no_framing(text: str, description: str) -> str:
    """Return the text unchanged. Raises ValueError where a framing character is in it."""
    if match := FRAMING_CHARACTER.search(text):
        raise ValueError(
            f"the {description} {text[:20]!r} holds the framing character {match.group()!r} "
            f"at position {match.start()}"
        )
    return text


# A framing by the name that a birth certificate has: every choice of conf/framing but none.
FRAMINGS: dict[str, Callable[[Drawing], str | tuple[str, ...]]] = {
    "conditional": conditional,
    "unconditional": unconditional,
    "frame": frame,
    "row": row,
}
