"""Running text in a gallery: folded to a width where drawings must keep their lines."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from lab.terminal.safe_text import escape_unsafe

TEXT_WIDTH = 72  # columns of a text that stands alone
SHEET_WIDTH = 110  # columns of several side by side
MIN_WIDTH = 24


def is_running_text(piece: Mapping[str, Any]) -> bool:
    """Whether a gallery's line is running text; drawings have a framing, and so no null there."""
    return "framing" in piece and piece["framing"] is None


def fold_text(text: str, width: int = TEXT_WIDTH) -> str:
    """The visible text in lines of at most width characters; its own line ends stay."""
    return "\n".join(
        part
        for line in escape_unsafe(text).split("\n")
        for part in textwrap.wrap(line, width, break_on_hyphens=False) or [""]
    )


def fold_columns(texts: Sequence[str], width: int) -> list[str]:
    """Texts folded so that all of them fit beside each other into width, and equally high."""
    column_width = (min(width, SHEET_WIDTH) + 3) // len(texts) - 3
    parts = [
        fold_text(text, max(MIN_WIDTH, min(TEXT_WIDTH, column_width))).split("\n") for text in texts
    ]
    height = max(map(len, parts))
    return ["\n".join([*lines, *[""] * (height - len(lines))]) for lines in parts]
