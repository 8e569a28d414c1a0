"""Running text in a gallery: folded to a width where drawings must keep their lines."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from lab.terminal.safe_text import visible

WIDTH = 72  # columns of a text that stands alone
SHEET = 110  # columns of several side by side
NARROWEST = 24


def prose(piece: Mapping[str, Any]) -> bool:
    """Whether a gallery's line is running text; drawings have a framing, and so no null there."""
    return "framing" in piece and piece["framing"] is None


def folded(text: str, width: int = WIDTH) -> str:
    """The visible text in lines of at most width characters; its own line ends stay."""
    return "\n".join(
        part
        for line in visible(text).split("\n")
        for part in textwrap.wrap(line, width, break_on_hyphens=False) or [""]
    )


def columns(texts: Sequence[str], width: int) -> list[str]:
    """Texts folded so that all of them fit beside each other into width, and equally high."""
    room = (min(width, SHEET) + 3) // len(texts) - 3
    parts = [folded(text, max(NARROWEST, min(WIDTH, room))).split("\n") for text in texts]
    high = max(map(len, parts))
    return ["\n".join([*lines, *[""] * (high - len(lines))]) for lines in parts]
