"""Swords: templates and parameters of swords, raised, in a stone or lying."""

from collections.abc import Callable
from dataclasses import dataclass

from lab.corpora.bestiary.canvas import (
    Art,
    beside,
    centre_art,
    orient_art,
    parse_template,
    repeat_tile,
    stack,
    tile_slot,
)
from lab.corpora.bestiary.subject import Subject

_UPSIDE_DOWN = str.maketrans("/\\^v'.`,", "\\/v^.',`")


@dataclass(frozen=True)
class Sword:
    """The parts of a sword; rows are given point up, E is the engraving."""

    blade: str
    length: int
    engraving: str
    guard: str
    grip: str
    pommel: str


TIPS = {
    "slim": ["^"],
    "broad": ["^", "/ \\"],
    "leaf": ["^", "/E\\", "/EEE\\"],
    "flame": ["^", "/E)"],
}
BLADES = {
    "slim": ["|E|"],
    "broad": ["| E |"],
    "leaf": ["|EEE|", "|EEE|", "\\EEE/", "|EEE|"],
    "flame": ["(EE( ", " )EE)"],
}
GUARDS = {
    "bar": ["<=====+=====>"],
    "cross": ["o---[#]---o"],
    "wings": ["\\\\--. | .--//", "`--|--'"],
    "basket": [".-=====-.", "(===|===)"],
    "plain": ["=======", "`|'"],
}
QUILLONS = {
    "bar": ("A", "|", "V"),
    "cross": ("o", "#", "o"),
    "wings": ("Y", "|", "A"),
    "basket": ("n", "{", "u"),
    "plain": ("I", "I", "I"),
}
GRIPS = {
    "wound": ("|X|", "XXXXX"),
    "smooth": ("| |", "====="),
    "leather": ("|/|", "/////"),
    "thin": ("|", "-----"),
}
EDGES = {
    "slim": ("__", '""'),
    "broad": ("_.", "\"'"),
    "leaf": ("-^", "-v"),
    "flame": ("~-", "-~"),
}
POMMELS = {"ring": "(O)", "gem": "<*>", "knob": "[#]", "drop": "o"}
STONE = parse_template(r"""
       .--'''--.
     .'  .   .  `.
    /__.___.___.__\
    """)
COMPANIONS = {
    "none": [],
    "shield": [".-----.", "|  |  |", "|--+--|", "\\  |  /", " `-.-' "],
    "round shield": [" .---. ", "/  |  \\", "|--O--|", "\\  |  /", " `---' "],
    "sparkles": ["  *", "*    ", "   . ", " *"],
    "crown": ["/\\/\\/\\", "|oooo|", "`----'"],
    "scroll": [" ______ ", "()_____)", " | ~~~ |", " | ~~  |", "()_____)"],
}


def raised_sword(sword: Sword) -> Art:
    """Upright, the point above."""
    pattern = BLADES[sword.blade]
    blade = [pattern[row % len(pattern)] for row in range(sword.length)]
    rows = [
        *TIPS[sword.blade],
        *blade,
        *GUARDS[sword.guard],
        *[GRIPS[sword.grip][0]] * 2,
        sword.pommel,
    ]
    return tile_slot(centre_art(rows), "E", sword.engraving)


def planted_sword(sword: Sword) -> Art:
    """Point down in a stone."""
    flipped = [row.translate(_UPSIDE_DOWN) for row in reversed(raised_sword(sword)[1:])]
    return stack(flipped, STONE)


def lying_sword(sword: Sword) -> Art:
    """On its side, the point to the right."""
    upper, middle, lower = QUILLONS[sword.guard]
    blade_length = 2 * sword.length + 6
    back, edge = EDGES[sword.blade]
    hilt = sword.pommel + GRIPS[sword.grip][1]
    indent = " " * len(hilt)
    return [
        f"{indent}{upper}",
        f"{indent}{middle}{repeat_tile(back, blade_length)}",
        f"{hilt}{middle}{repeat_tile(sword.engraving, blade_length)}=>",
        f"{indent}{middle}{repeat_tile(edge, blade_length)}",
        f"{indent}{lower}",
    ]


def sword(
    pose: Callable[[Sword], Art],
    blade: str,
    length: int,
    engraving: str,
    guard: str,
    grip: str,
    pommel: str,
    companion: str,
    facing: str,
) -> Art:
    """A sword and what lies beside it."""
    parts = Sword(blade, length, engraving, guard, grip, POMMELS[pommel])
    return orient_art(beside(COMPANIONS[companion], pose(parts)), facing)


SWORDS = Subject(
    "Swords",
    sword,
    {
        "pose": (raised_sword, planted_sword, lying_sword),
        "blade": tuple(BLADES),
        "length": (2, 4, 5, 6),
        "engraving": (" ", ":", "|", "=", "* ", "~"),
        "guard": tuple(GUARDS),
        "grip": tuple(GRIPS),
        "pommel": tuple(POMMELS),
        "companion": ("none", *COMPANIONS),
        "facing": ("left", "right"),
    },
)
