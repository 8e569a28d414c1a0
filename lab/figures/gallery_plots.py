"""Plots of a gallery: how near its pieces are to what was learned, who inherits what, the pieces.

Each takes the lines of a .samples.jsonl, as `galleries.sheet.read` returns them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from lab.figures.axes_style import BLACK, COLOURS, MARKERS, create_axes, set_title
from lab.galleries.novelty import MEMORISED, VARIED
from lab.galleries.text_wrap import fold_text, is_running_text
from lab.terminal.safe_text import escape_unsafe

LINES, COLUMNS = 24, 48  # of a piece in a contact sheet; the rest is cut


def plot_novelty(lines: Sequence[Mapping[str, Any]]) -> Any:
    """Similarity of each piece to its nearest training piece, one row an artist.

    Running text has no such piece, and is left out.
    """
    lines = [piece for piece in lines if piece["nearest"]]
    artists = list(dict.fromkeys(piece["artist"] for piece in lines))
    figure, axis = create_axes(height=1.3 + 0.45 * len(artists))
    for place, artist in enumerate(artists):
        similarities = [
            piece["nearest"]["similarity"] for piece in lines if piece["artist"] == artist
        ]
        jitter = [place + 0.3 * ((i * 0.618) % 1 - 0.5) for i in range(len(similarities))]
        axis.plot(similarities, jitter, MARKERS[place % len(MARKERS)],
                  color=COLOURS[place % len(COLOURS)], ms=4, alpha=0.7)  # fmt: skip
    for border in (VARIED, MEMORISED):
        axis.axvline(border, color=BLACK, lw=0.6, ls=":")
    axis.set_yticks(range(len(artists)), [_artist_label(artist, lines) for artist in artists])
    axis.margins(y=0.5 / max(1, len(artists)))
    axis.set_xlim(-0.02, 1.02)
    axis.set_xlabel(
        "similarity to the nearest training piece, from 0 to 1\n"
        f"(new below {VARIED}, memorised from {MEMORISED})"
    )
    set_title(axis, "New, varied, memorised")
    return figure


def plot_contact_sheet(lines: Sequence[Mapping[str, Any]], columns: int = 4) -> Any:
    """The pieces themselves, in rows, each under its artist and label."""
    rows = -(-len(lines) // columns)
    figure, grid = create_axes(rows, columns, width=2.6 * columns, height=1.9 * rows)
    cells = list(grid.flat) if rows * columns > 1 else [grid]
    for cell in cells:
        cell.set_axis_off()
    for cell, piece in zip(cells, lines, strict=False):
        cell.set_title(f"{piece['artist']}: {piece.get('label') or ''}", fontsize=7, loc="left")
        text = (
            fold_text(piece["text"], COLUMNS)
            if is_running_text(piece)
            else escape_unsafe(piece["text"])
        )
        snippet = [row[:COLUMNS] for row in text.splitlines()[:LINES]]
        size = min(6.0, 150 / max(LINES // 2, len(snippet)), 250 / max([24, *map(len, snippet)]))
        cell.text(0, 1, "\n".join(snippet), family="monospace", fontsize=size, va="top",
                  transform=cell.transAxes, parse_math=False)  # fmt: skip
    return figure


def plot_inheritance(piece: Mapping[str, Any], parents: Sequence[str]) -> Any:
    """A child's piece, each character in the colour of the parent that expected it more.

    one["inheritance"] holds, for each character of the text, the first parent's loss minus the
    second's, in nats; within a tenth of a nat both are held equal, and the character is grey.
    """
    text, leads = piece["text"], piece["inheritance"]
    rows = text.split("\n")
    widest = max([20, *map(len, rows)])
    figure, axis = create_axes(width=1.0 + 0.085 * widest, height=1.0 + 0.16 * len(rows))
    x = y = 0
    for character, lead in zip(text, leads, strict=True):
        if character == "\n":
            x, y = 0, y + 1
            continue
        colour = "0.6" if abs(lead) < 0.1 else COLOURS[int(lead > 0)]
        axis.text(x, -y, escape_unsafe(character), color=colour, family="monospace", fontsize=8,
                  ha="center", va="center", parse_math=False)  # fmt: skip
        x += 1
    for number, name in enumerate(parents[:2]):
        axis.plot([], [], "s", color=COLOURS[number], label=f"expected more by {name}")
    axis.set(xlim=(-1, widest), ylim=(-len(rows), 1))
    axis.set_axis_off()
    set_title(axis, f"{piece['artist']}: {piece.get('label') or ''}")
    figure.legend(loc="outside lower left", frameon=False)
    return figure


def count_visible_characters(piece: Mapping[str, Any]) -> int:
    """How many characters of a piece can be seen."""
    return len("".join(str(piece["text"]).split()))


def _artist_label(artist: str, lines: Sequence[Mapping[str, Any]]) -> str:
    counts = Counter(piece["nearest"]["verdict"] for piece in lines if piece["artist"] == artist)
    summary = ", ".join(
        f"{counts[word]} {word}" for word in ("memorised", "varied", "new") if counts[word]
    )
    return f"{artist}\n{summary}"
