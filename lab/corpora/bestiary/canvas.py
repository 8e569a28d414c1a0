"""Canvas: functions that fill, mirror, paste and stack drawings made of rows of characters.

A drawing is a list of rows; blank space on the right is implied. Nothing here is
random and nothing changes its arguments.
"""

import re
from textwrap import dedent

Art = list[str]

_LEFT, _RIGHT = "(<[{/`bp", ")>]}\\'dq"
_SWAP = str.maketrans(_LEFT + _RIGHT, _RIGHT + _LEFT)


def parse_template(text: str) -> Art:
    """The rows of a triple-quoted template, without its indentation and its outer newlines."""
    return dedent(text).strip("\n").split("\n")


def art_width(art: Art) -> int:
    """The length of the longest row."""
    return max(map(len, art), default=0)


def pad_rows(art: Art) -> Art:
    """The same rows, all filled with blanks to the width of the drawing."""
    return [row.ljust(art_width(art)) for row in art]


def mirror_art(art: Art) -> Art:
    """Left becomes right: rows reversed, and each ( < [ { / ` b p traded for its partner.

    mirror_art(mirror_art(art)) == pad_rows(art).
    """
    return [row[::-1].translate(_SWAP) for row in pad_rows(art)]


def orient_art(art: Art, facing: str) -> Art:
    """The drawing as it is for facing "left" (templates look left), else its mirror image."""
    return art if facing == "left" else mirror_art(art)


def mirror_halves(half: Art, middle: Art) -> Art:
    """A symmetric drawing: the left half, the middle column, the left half mirrored."""
    return beside(beside(half, middle, gap=0), mirror_art(half), gap=0)


def fill_slots(art: Art, **slots: str) -> Art:
    """Replace each slot, a run of capitals in the template, by a text of the same length.

    Raises ValueError if a text would change the alignment.
    """
    for slot, text in slots.items():
        if len(slot) != len(text):
            raise ValueError(f"slot {slot} holds {len(slot)} characters, not {text!r}")
    names = re.compile("|".join(sorted(slots, key=len, reverse=True)))
    return [names.sub(lambda match: slots[match.group()], row) for row in art]


def tile_slot(art: Art, slot: str, tile: str) -> Art:
    """Replace each character `slot` by the tile's, turned round on every other row like bricks."""
    tiles = [tile if number % 2 == 0 else tile[::-1] for number in range(len(art))]
    return [
        "".join(t[i % len(t)] if c == slot else c for i, c in enumerate(row))
        for row, t in zip(art, tiles, strict=True)
    ]


def repeat_columns(template: Art, times: int) -> Art:
    """Repeat columns: the first row is a ruler, and each column under a "+" appears `times` times.

    The ruler itself is not part of the drawing. times = 0 removes those columns; a ruler with any
    other mark repeats nothing.
    """
    ruler, *art = pad_rows(template)
    counts = [times if mark == "+" else 1 for mark in ruler]
    return ["".join(c * n for c, n in zip(row, counts, strict=True)) for row in art]


def repeat_row(art: Art, row: int, times: int) -> Art:
    """Repeat one row `times` times; times = 0 removes it."""
    return art[:row] + [art[row]] * times + art[row + 1 :]


def repeat_tile(tile: str, length: int) -> str:
    """The tile repeated and cut to a length."""
    return (tile * length)[:length]


def shift_right(art: Art, columns: int) -> Art:
    """Move right by some columns."""
    return [" " * columns + row for row in art]


def stack(*parts: Art) -> Art:
    """Put drawings under each other, centred on the widest (half a column goes left)."""
    widest = max(map(art_width, parts), default=0)
    return [row for part in parts for row in shift_right(part, (widest - art_width(part)) // 2)]


def centre_art(rows: Art) -> Art:
    """Centre every row on the widest (half a column goes left)."""
    return stack(*([row] for row in rows))


def beside(left: Art, right: Art, gap: int = 1) -> Art:
    """Put two drawings side by side, standing on the same floor."""
    height = max(len(left), len(right))
    raised = [""] * (height - len(left)) + left
    column = art_width(left) + gap
    ends = [""] * (height - len(right)) + right
    return [a.ljust(column) + b for a, b in zip(raised, ends, strict=True)]


def hang_beside(left: Art, right: Art, gap: int = 1) -> Art:
    """Put two drawings side by side, hanging from the same height."""
    return beside(left[::-1], right[::-1], gap)[::-1]


def paste(behind: Art, front: Art, top_row: int, left_column: int) -> Art:
    """Lay one drawing on another; a row hides what is behind it from its first to its last mark."""
    rows = behind + [""] * (top_row + len(front) - len(behind))
    for number, row in enumerate(front, start=top_row):
        mark = row.strip()
        if mark:
            start = left_column + len(row) - len(row.lstrip())
            under = rows[number].ljust(start + len(mark))
            rows[number] = under[:start] + mark + under[start + len(mark) :]
    return rows


def add_ground(art: Art, tile: str, margin: int = 1) -> Art:
    """Stand a drawing on a line of repeated tiles that reaches past both sides; "" for none."""
    if not tile:
        return art
    return [*shift_right(art, margin), repeat_tile(tile, art_width(art) + 2 * margin)]


def trim_art(art: Art) -> str:
    """The piece: no blank margin on any side, no trailing blanks, rows joined by newlines."""
    return "\n".join(row.rstrip() for row in dedent("\n".join(art)).strip("\n").split("\n"))
