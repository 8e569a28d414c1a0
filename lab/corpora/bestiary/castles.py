"""Castles with towers, walls and flags."""

from collections.abc import Callable

from lab.corpora.bestiary.canvas import (
    Art,
    block,
    ground,
    paste,
    shift,
    stack,
    texture,
    turned,
    width,
)
from lab.corpora.bestiary.subject import Subject

# Every tower is nine columns wide, its flag in the middle.

BATTLEMENT = block(r"""
    n_n_n_n_n
    |_|_|_|_|
    """)
SPIRE = block(r"""
       ^
      / \
     /   \
    /_____\
    """)
DOME = block(r"""
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


def tower(cap: Art, height: int, window: str, flag: str) -> Art:
    """A tower with a window at every third floor."""
    floors = [f" |{window if row % 3 == 1 else '':^5}| " for row in range(height - 1)]
    return [*FLAGS[flag], *shift(cap, (9 - width(cap)) // 2), *floors, " |_____| "]


def curtain(bays: int, gate: str) -> Art:
    """The wall with its gate; 4 * bays + 3 columns wide."""
    inner = 4 * bays + 3
    return [
        texture("n_", inner),
        texture("_|", inner),
        f"{'.---.':^{inner}}",
        f"{f'|{gate * 3}|':_^{inner}}",
    ]


def twin(side: Art, wall: Art) -> Art:
    """A wall between two towers."""
    left = paste(side, wall, top=len(side) - len(wall), left=8)
    return paste(left, side, top=0, left=7 + width(wall))


def keep(side: Art, wall: Art) -> Art:
    """One tower behind a wall."""
    return stack(side[:-2], [f"|{row}|" for row in wall])


def outpost(side: Art, wall: Art) -> Art:
    """A tower at the end of a wall."""
    return paste(side, [row + "|" for row in wall], top=len(side) - len(wall), left=8)


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
    art = plan(tower(cap, height, window, flag), curtain(bays, gate))
    return ground(turned(art, facing), floor)


CASTLES = Subject(
    "Castles",
    castle,
    {
        "plan": (twin, keep, outpost),
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
