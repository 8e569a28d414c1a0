"""Safe text: text of models, files and users with nothing in it that a terminal obeys.

Escape sequences, control characters, and those that change the direction, combine or are
invisible are shown as symbols and never sent: Unicode TR 36, "Unicode security considerations".
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from lab.terminal.combining_marks import compose_marks

BLANK_CODES = {0x115F, 0x1160, 0x3164, 0xFFA0}  # Hangul fillers: letters that show nothing
JOINING_CODES = (range(0x1160, 0x1200), range(0xD7B0, 0xD800))  # Hangul that joins what precedes
HIDDEN_CODES = (range(0x1BCA0, 0x1BCA4), range(0x1D173, 0x1D17B))  # shorthand and musical controls


def escape_unsafe(text: str) -> str:
    """Lines of text with a symbol for every character but newlines and printable ones.

    C0 controls become their Unicode pictures (ESC is ␛), DEL ␡, others their code point; a letter
    and its marks become the one character that they make, where there is one.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_escape_character, compose_marks(text)))


def format_side_by_side(
    pieces: Sequence[str], width: int = 80, gap: int = 3, titles: Sequence[str] = ()
) -> str:
    """Drawings in rows, as many side by side as fit into width columns; no drawing is wrapped.

    The drawings of a row end on the same line; titles, one each, stand above them.
    """
    rows: list[list[tuple[str, list[str], int]]] = []
    free_columns = 0
    for number, piece in enumerate(pieces):
        lines = escape_unsafe(piece).split("\n")
        title = escape_unsafe(titles[number]).replace("\n", " ") if titles else ""
        cell_width = max(map(display_width, [title, *lines])) + gap
        if not rows or free_columns < cell_width:
            rows.append([])
            free_columns = width + gap
        rows[-1].append((title, lines, cell_width))
        free_columns -= cell_width
    return "\n\n".join(_format_row(row) for row in rows)


def display_width(line: str) -> int:
    """Columns that a terminal needs for a safe line: two for each wide character of East Asia."""
    if line.isascii():
        return len(line)
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in line)


def _format_row(row: list[tuple[str, list[str], int]]) -> str:
    height = max(len(lines) for _, lines, _ in row)
    has_titles = any(title for title, _, _ in row)
    stacks = [
        [*([title] if has_titles else []), *([""] * (height - len(lines))), *lines]
        for title, lines, _ in row
    ]
    widths = [cell_width for _, _, cell_width in row]
    return "\n".join(
        "".join(
            part + " " * (cell_width - display_width(part))
            for part, cell_width in zip(parts, widths, strict=True)
        ).rstrip()
        for parts in zip(*stacks, strict=True)
    )


@lru_cache(maxsize=4096)
def _escape_character(character: str) -> str:
    code = ord(character)
    if character == "\n" or (character.isprintable() and not _is_combining(character)):
        return character
    if code < 32:
        return chr(0x2400 + code)
    return "\u2421" if code == 127 else f"<U+{code:04X}>"


def _is_combining(character: str) -> bool:
    """Whether a character is drawn over another, or is not drawn at all."""
    code = ord(character)
    is_invisible = code in BLANK_CODES or any(
        code in codes for codes in (*JOINING_CODES, *HIDDEN_CODES)
    )
    return is_invisible or unicodedata.category(character).startswith("M")


def escape_to_line(text: str) -> str:
    r"""A text on one line of at most 1000 characters, unprintable ones as \x and their code."""
    text = " ".join(text.split())
    return "".join(
        character if character.isprintable() else f"\\x{ord(character):02x}" for character in text
    )[:1000]


def mask_unprintable(text: str) -> str:
    """A text with "?" for each unprintable character, newlines too; its length stays."""
    return "".join(character if character.isprintable() else "?" for character in text)


def is_single_column(character: str) -> bool:
    """Whether a character is printable, takes one column and does not combine with another."""
    return (
        character.isprintable()
        and not unicodedata.category(character).startswith("M")
        and unicodedata.east_asian_width(character) not in "WF"
    )
