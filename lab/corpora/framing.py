"""Framing: a drawing as one string that says where it starts, what it shows and where it ends.

    conditional    SOL label SEP art EOA        the artist draws what it is told
    unconditional  SOL art EOA                  the artist draws what it likes
    frame          SOL N art EOA                frame N of a film, N being one character
    row            SOL N R line EOA             line R of frame N: many short texts for one frame

A label or art that holds a framing character itself is refused, so that no piece can end early or
pose as two.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from lab.corpora.drawing import Drawing
from lab.corpora.film import FRAMES, row_number
from lab.corpora.vocabulary import EOA, FRAME, SEP, SOL

MARK = re.compile("[" + "".join(FRAME) + "]")


class Unframed(NamedTuple):
    """A framed text taken apart; closed: it ended with EOA, as a finished drawing does."""

    label: str | None
    art: str
    closed: bool


def conditional(drawing: Drawing) -> str:
    """Return SOL label SEP art EOA. Raises ValueError for a framing character in label or art."""
    return conditional_prefix(drawing.label) + plain(drawing.art, "art") + EOA


def unconditional(drawing: Drawing) -> str:
    """Return SOL art EOA. Raises ValueError where the art holds a framing character."""
    return unconditional_prefix() + plain(drawing.art, "art") + EOA


def frame(drawing: Drawing) -> str:
    """Return SOL N art EOA. Raises ValueError for a drawing that is no frame of a film."""
    return frame_prefix(drawing.label) + plain(drawing.art, "frame") + EOA


def row(drawing: Drawing) -> tuple[str, ...]:
    """Return SOL N R line EOA for each line R. Raises ValueError as `frame` does."""
    lines = enumerate(drawing.art.split("\n"))
    return tuple(row_prefix(drawing.label, at) + plain(line, "frame") + EOA for at, line in lines)


def frame_prefix(label: str) -> str:
    """Return SOL N, after which an artist draws frame N. Raises ValueError for another label."""
    if len(label) != 1 or ord(label) < FRAMES:
        raise ValueError(f"{label[:20]!r} is no frame's number: this framing is for corpus=frames")
    return SOL + label


def row_prefix(label: str, line: int) -> str:
    """Return SOL N R, after which an artist draws line R of frame N."""
    return frame_prefix(label) + row_number(line)


def conditional_prefix(label: str) -> str:
    """Return SOL label SEP, after which an artist draws. Raises ValueError as conditional does."""
    return SOL + plain(label, "label") + SEP


def unconditional_prefix() -> str:
    """Return SOL, after which an unconditional artist draws."""
    return SOL


def unframe(text: str) -> Unframed:
    r"""Take a framed text apart, whatever a model wrote: label and art hold no framing character.

    The leading SOL may be missing. The first SEP ends the label (None without one). Then EOA ends
    the art, closed; a further SOL or SEP, or the end of the text, ends it too, not closed.

    >>> unframe("\x02Cat\x03=^.^=\x04")
    Unframed(label='Cat', art='=^.^=', closed=True)
    """
    first, mark, rest = until_mark(text.removeprefix(SOL))
    if mark != SEP:
        return Unframed(None, first, mark == EOA)
    art, mark, _ = until_mark(rest)
    return Unframed(first, art, mark == EOA)


def until_mark(text: str) -> tuple[str, str, str]:
    """Split at the first framing character: what is before, itself ("" without one), the rest."""
    found = MARK.search(text)
    if not found:
        return text, "", ""
    return text[: found.start()], found.group(), text[found.end() :]


def plain(text: str, what: str) -> str:
    """Return the text as it is. Raises ValueError where a framing character is in it."""
    if found := MARK.search(text):
        raise ValueError(
            f"the {what} {text[:20]!r} holds the framing character {found.group()!r} "
            f"at position {found.start()}"
        )
    return text
