"""Drawing: one labelled piece of ASCII art, and the normal form in which a corpus holds it.

Clean art ends its lines with a newline only, has no tabs, no blanks at the end of a line, no blank
lines around it and no margin that all its lines share. Cleaning twice changes nothing more. The
margin is removed because it costs the model characters; signatures stay.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

LINE_ENDS = re.compile(r"\r*\n|\r")
TAB = 8  # columns, as in terminals and in the collections


@dataclass(frozen=True)
class Drawing:
    """A labelled piece: label, lines joined by newlines, caption and source."""

    label: str
    art: str
    caption: str = ""
    source: str = ""

    @property
    def width(self) -> int:
        """Return the characters of the longest line."""
        return max(map(len, self.art.split("\n")))

    @property
    def height(self) -> int:
        """Return the number of lines."""
        return self.art.count("\n") + 1


def clean_art(art: str) -> str:
    """Return the clean form of art ("" where it is blank)."""
    lines = [line.expandtabs(TAB).rstrip() for line in LINE_ENDS.split(art)]
    inked = [at for at, line in enumerate(lines) if line]
    if not inked:
        return ""
    lines = lines[inked[0] : inked[-1] + 1]
    margin = min(len(line) - len(line.lstrip(" ")) for line in lines if line)
    return "\n".join(line[margin:] for line in lines)


def clean_label(label: str) -> str:
    """Return the label on one line, its words separated by one blank."""
    return " ".join(label.split())


def clean_drawing(drawing: Drawing) -> Drawing:
    """Return the drawing with clean art and a clean label."""
    return replace(drawing, label=clean_label(drawing.label), art=clean_art(drawing.art))
