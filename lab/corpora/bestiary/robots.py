"""Robots, assembled from heads, arms, bodies and legs."""

from lab.corpora.bestiary.canvas import (
    Art,
    beside,
    block,
    fill,
    mirror,
    paste,
    stack,
    texture,
    widen,
    width,
)
from lab.corpora.bestiary.scenery import BIRD, NOTHING, POTTED_TULIP
from lab.corpora.bestiary.subject import Subject

# Slots: E an eye, MMM the mouth. Columns under + stretch with the size.

SQUARE_HEAD = block(r"""
     +     +
    .-------.
    | E   E |
    |  MMM  |
    `-------'
    """)
ROUND_HEAD = block(r"""
     +     +
     _______
    / E   E \
    |  MMM  |
    \_______/
    """)
EARED_HEAD = block(r"""
      +     +
     _________
    [| E   E |]
     |  MMM  |
     |_______|
    """)
VISOR_HEAD = block(r"""
       +   +
    ._________.
    |.-------.|
    ||E     E||
    |`--MMM--'|
    """)
ANTENNAS = {
    "none": [],
    "ball": ["o", "|"],
    "pair": ["o   o", " \\ / "],
    "dish": ["\\_/", " | "],
    "bulb": ["(*)"],
}
DOWN = block(r"""
      .--|
     / .-|
    d /  |
    """)
UP = block(r"""
    q \  |
     \ `-|
      `--|
    """)
HIP = block(r"""
      .--|
      \--|
       `-|
    """)
CLAW = block(r"""
    _____|
    >____|
         |
    """)
LEGS = {
    "straight": ["| | | |", "|_| |_|"],
    "boots": ["||   ||", "[_] [_]"],
    "wheels": ["(o)=(o)=(o)"],
    "hover": ["\\_____/", " ' ' ' "],
    "spring": ["/   \\", "\\   /", "/_ _\\"],
}


def trunk(left: Art, chest: str, right: Art, wide: int, belly: str) -> Art:
    """The body with an arm on each side, a belly below."""
    core = ["-" * wide, chest.center(wide), "_" * wide]
    upper = beside(beside(left, core, gap=0), mirror(right), gap=0)
    lower = [f"|{texture(belly, wide)}|", f"`{'-' * wide}'"] if belly else []
    return paste(upper, lower, top=3, left=width(left) - 1)


def robot(
    head: Art,
    size: int,
    antenna: str,
    eye: str,
    mouth: str,
    left: Art,
    right: Art,
    chest: str,
    belly: str,
    legs: str,
    friend: Art,
) -> Art:
    """A robot, each arm in its own pose, and a friend."""
    face = fill(widen(head, size), E=eye, MMM=mouth)
    body = trunk(left, chest, right, 5 + 2 * size, belly)
    return beside(stack(ANTENNAS[antenna], face, body, LEGS[legs]), friend)


ROBOTS = Subject(
    "Robots",
    robot,
    {
        "head": (SQUARE_HEAD, ROUND_HEAD, EARED_HEAD, VISOR_HEAD),
        "size": (1, 2, 3),
        "antenna": tuple(ANTENNAS),
        "eye": ("o", "O", "^", "-", "*", "#"),
        "mouth": ("===", "[_]", "\\_/", "vvv", "---"),
        "left": (DOWN, UP, HIP, CLAW),
        "right": (DOWN, UP, HIP, CLAW),
        "chest": ("(*)", "[#]", ":::", "<3 ", "101"),
        "belly": ("", "", "=", "# ", "o ", "|"),
        "legs": tuple(LEGS),
        "friend": (NOTHING, NOTHING, BIRD, POTTED_TULIP, ["[o o]_", "`d  d "]),
    },
)
