"""Plots of a gallery: how near its pieces are to what was learned, who inherits what, the pieces.

Each takes the lines of a .samples.jsonl, as `galleries.sheet.read` returns them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from lab.figures.axes_style import BLACK, CYCLE, SHAPES, axes, title
from lab.galleries.novelty import MEMORISED, VARIED
from lab.galleries.text_wrap import folded, prose
from lab.terminal.safe_text import visible

LINES, COLUMNS = 24, 48  # of a piece in a contact sheet; the rest is cut


def novelty(lines: Sequence[Mapping[str, Any]]) -> Any:
    """Similarity of each piece to its nearest training piece, one row an artist.

    Running text has no such piece, and is left out.
    """
    lines = [one for one in lines if one["nearest"]]
    artists = list(dict.fromkeys(one["artist"] for one in lines))
    figure, axis = axes(height=1.3 + 0.45 * len(artists))
    for place, artist in enumerate(artists):
        mine = [one["nearest"]["similarity"] for one in lines if one["artist"] == artist]
        jitter = [place + 0.3 * ((i * 0.618) % 1 - 0.5) for i in range(len(mine))]
        axis.plot(mine, jitter, SHAPES[place % len(SHAPES)],
                  color=CYCLE[place % len(CYCLE)], ms=4, alpha=0.7)  # fmt: skip
    for border in (VARIED, MEMORISED):
        axis.axvline(border, color=BLACK, lw=0.6, ls=":")
    axis.set_yticks(range(len(artists)), [_counted(artist, lines) for artist in artists])
    axis.margins(y=0.5 / max(1, len(artists)))
    axis.set_xlim(-0.02, 1.02)
    axis.set_xlabel(
        "similarity to the nearest training piece, from 0 to 1\n"
        f"(new below {VARIED}, memorised from {MEMORISED})"
    )
    title(axis, "New, varied, memorised")
    return figure


def contact_sheet(lines: Sequence[Mapping[str, Any]], columns: int = 4) -> Any:
    """The pieces themselves, in rows, each under its artist and label."""
    rows = -(-len(lines) // columns)
    figure, grid = axes(rows, columns, width=2.6 * columns, height=1.9 * rows)
    cells = list(grid.flat) if rows * columns > 1 else [grid]
    for cell in cells:
        cell.set_axis_off()
    for cell, one in zip(cells, lines, strict=False):
        cell.set_title(f"{one['artist']}: {one.get('label') or ''}", fontsize=7, loc="left")
        text = folded(one["text"], COLUMNS) if prose(one) else visible(one["text"])
        shown = [row[:COLUMNS] for row in text.splitlines()[:LINES]]
        size = min(6.0, 150 / max(LINES // 2, len(shown)), 250 / max([24, *map(len, shown)]))
        cell.text(0, 1, "\n".join(shown), family="monospace", fontsize=size, va="top",
                  transform=cell.transAxes, parse_math=False)  # fmt: skip
    return figure


def inheritance(one: Mapping[str, Any], parents: Sequence[str]) -> Any:
    """A child's piece, each character in the colour of the parent that expected it more.

    one["inheritance"] holds, for each character of the text, the first parent's loss minus the
    second's, in nats; within a tenth of a nat both are held equal, and the character is grey.
    """
    text, leads = one["text"], one["inheritance"]
    rows = text.split("\n")
    widest = max([20, *map(len, rows)])
    figure, axis = axes(width=1.0 + 0.085 * widest, height=1.0 + 0.16 * len(rows))
    x = y = 0
    for character, lead in zip(text, leads, strict=True):
        if character == "\n":
            x, y = 0, y + 1
            continue
        colour = "0.6" if abs(lead) < 0.1 else CYCLE[int(lead > 0)]
        axis.text(x, -y, visible(character), color=colour, family="monospace", fontsize=8,
                  ha="center", va="center", parse_math=False)  # fmt: skip
        x += 1
    for number, name in enumerate(parents[:2]):
        axis.plot([], [], "s", color=CYCLE[number], label=f"expected more by {name}")
    axis.set(xlim=(-1, widest), ylim=(-len(rows), 1))
    axis.set_axis_off()
    title(axis, f"{one['artist']}: {one.get('label') or ''}")
    figure.legend(loc="outside lower left", frameon=False)
    return figure


def ink(one: Mapping[str, Any]) -> int:
    """How many characters of a piece can be seen."""
    return len("".join(str(one["text"]).split()))


def _counted(artist: str, lines: Sequence[Mapping[str, Any]]) -> str:
    mine = Counter(one["nearest"]["verdict"] for one in lines if one["artist"] == artist)
    said = ", ".join(
        f"{mine[word]} {word}" for word in ("memorised", "varied", "new") if mine[word]
    )
    return f"{artist}\n{said}"
