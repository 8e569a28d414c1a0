"""Castles: templates and parameters of castles with towers, walls and flags."""

from collections.abc import Callable

from lab.corpora.bestiary.canvas import (
    Art,
    add_ground,
    art_width,
    orient_art,
    parse_template,
    paste,
    repeat_tile,
    shift_right,
    stack,
)
from lab.corpora.bestiary.subject import Subject

# Every tower is nine columns wide, its flag in the middle.

BATTLEMENT = parse_template(r"""
    n_n_n_n_n
    |_|_|_|_|
    """)
SPIRE = parse_template(r"""
       ^
      / \
     /   \
    /_____\
    """)
DOME = parse_template(r"""
       .-.
     .'   `.
    (_______)
    """)
FLAGS = {
    "none": [],
    "pennant": ["    |>"],
    "banner": ["    |~~~", "    |~~~"],
    "ball": ["    o", "    |"],
}


def castle_tower(cap: Art, height: int, window: str, flag: str) -> Art:
    """A tower with a window at every third floor."""
    floors = [f" |{window if row % 3 == 1 else '':^5}| " for row in range(height - 1)]
    return [*FLAGS[flag], *shift_right(cap, (9 - art_width(cap)) // 2), *floors, " |_____| "]


def curtain_wall(bays: int, gate: str) -> Art:
    """The wall with its gate; 4 * bays + 3 columns wide."""
    inner = 4 * bays + 3
    return [
        repeat_tile("n_", inner),
        repeat_tile("_|", inner),
        f"{'.---.':^{inner}}",
        f"{f'|{gate * 3}|':_^{inner}}",
    ]


def twin_towers(side: Art, wall: Art) -> Art:
    """A wall between two towers."""
    art = paste(side, wall, top_row=len(side) - len(wall), left_column=8)
    return paste(art, side, top_row=0, left_column=7 + art_width(wall))


def castle_keep(side: Art, wall: Art) -> Art:
    """One tower behind a wall."""
    return stack(side[:-2], [f"|{row}|" for row in wall])


def outpost(side: Art, wall: Art) -> Art:
    """A tower at the end of a wall."""
    return paste(side, [row + "|" for row in wall], top_row=len(side) - len(wall), left_column=8)


def castle(
    plan: Callable[[Art, Art], Art],
    cap: Art,
    height: int,
    bays: int,
    window: str,
    flag: str,
    gate: str,
    facing: str,
    floor: str,
) -> Art:
    """A castle on its ground."""
    art = plan(castle_tower(cap, height, window, flag), curtain_wall(bays, gate))
    return add_ground(orient_art(art, facing), floor)


CASTLES = Subject(
    "Castles",
    castle,
    {
        "plan": (twin_towers, castle_keep, outpost),
        "cap": (BATTLEMENT, SPIRE, DOME),
        "height": (4, 5, 6),
        "bays": (1, 2, 3),
        "window": ("o", "#", "+", "[ ]"),
        "flag": tuple(FLAGS),
        "gate": ("#", " ", "+", "|"),
        "facing": ("left", "right"),
        "floor": ("", "_", "~", "^", '"'),
    },
)
