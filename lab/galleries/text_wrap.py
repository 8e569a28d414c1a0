"""Text wrapping: running text of a gallery folded to a column width."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from lab.terminal.safe_text import escape_unsafe

TEXT_WIDTH = 72  # columns of a single text
SHEET_WIDTH = 110  # columns of several texts side by side
MIN_WIDTH = 24


def is_running_text(piece: Mapping[str, Any]) -> bool:
    """Whether a gallery's line is running text, whose framing is null."""
    return "framing" in piece and piece["framing"] is None


def fold_text(text: str, width: int = TEXT_WIDTH) -> str:
    """Fold a visible text into lines of at most width characters; line ends stay."""
    return "\n".join(
        part
        for line in escape_unsafe(text).split("\n")
        for part in textwrap.wrap(line, width, break_on_hyphens=False) or [""]
    )


def fold_columns(texts: Sequence[str], width: int) -> list[str]:
    """Fold texts so that they fit side by side into width, and pad them to equal height."""
    column_width = (min(width, SHEET_WIDTH) + 3) // len(texts) - 3
    parts = [
        fold_text(text, max(MIN_WIDTH, min(TEXT_WIDTH, column_width))).split("\n") for text in texts
    ]
    height = max(map(len, parts))
    return ["\n".join([*lines, *[""] * (height - len(lines))]) for lines in parts]
