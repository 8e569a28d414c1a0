"""Showing drawings in a terminal without obeying them.

What a model writes is hostile until proven otherwise: escape sequences, control and
direction-changing characters are shown as symbols and never sent.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence


def visible(text: str) -> str:
    """The text with every character but newlines and printable ones made visible.

    C0 controls become their Unicode pictures (ESC is ␛), DEL ␡, others their code point.
    """
    return "".join(map(_symbol, text))


def side_by_side(pieces: Sequence[str], width: int = 80, gap: int = 3) -> str:
    """Drawings in rows, as many beside each other as fit into width columns; never wraps one."""
    rows: list[list[list[str]]] = []
    room = 0
    for piece in pieces:
        lines = visible(piece).split("\n")
        needs = max(map(len, lines)) + gap
        if not rows or room < needs:
            rows.append([])
            room = width + gap
        rows[-1].append([line.ljust(needs) for line in lines])
        room -= needs
    return "\n\n".join(_row(row) for row in rows)


def _row(row: list[list[str]]) -> str:
    height = max(map(len, row))
    padded = [[" " * len(lines[0])] * (height - len(lines)) + lines for lines in row]
    return "\n".join("".join(parts).rstrip() for parts in zip(*padded, strict=True))


def _symbol(character: str) -> str:
    code = ord(character)
    if character == "\n" or (character.isprintable() and not unicodedata.combining(character)):
        return character
    if code < 32:
        return chr(0x2400 + code)
    return "\u2421" if code == 127 else f"<U+{code:04X}>"
