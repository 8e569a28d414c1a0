"""Robots: templates and parameters of robots, assembled from heads, arms, bodies and legs."""

from lab.corpora.bestiary.canvas import (
    Art,
    art_width,
    beside,
    fill_slots,
    mirror_art,
    parse_template,
    paste,
    repeat_columns,
    repeat_tile,
    stack,
)
from lab.corpora.bestiary.scenery import BIRD, NOTHING, POTTED_TULIP
from lab.corpora.bestiary.subject import Subject

# Slots: E an eye, MMM the mouth. Columns under + stretch with the size.

SQUARE_HEAD = parse_template(r"""
     +     +
    .-------.
    | E   E |
    |  MMM  |
    `-------'
    """)
ROUND_HEAD = parse_template(r"""
     +     +
     _______
    / E   E \
    |  MMM  |
    \_______/
    """)
EARED_HEAD = parse_template(r"""
      +     +
     _________
    [| E   E |]
     |  MMM  |
     |_______|
    """)
VISOR_HEAD = parse_template(r"""
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
DOWN = parse_template(r"""
      .--|
     / .-|
    d /  |
    """)
UP = parse_template(r"""
    q \  |
     \ `-|
      `--|
    """)
HIP = parse_template(r"""
      .--|
      \--|
       `-|
    """)
CLAW = parse_template(r"""
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


def robot_torso(left: Art, chest: str, right: Art, torso_width: int, belly: str) -> Art:
    """The body with an arm on each side, a belly below."""
    core = ["-" * torso_width, chest.center(torso_width), "_" * torso_width]
    upper = beside(beside(left, core, gap=0), mirror_art(right), gap=0)
    lower = [f"|{repeat_tile(belly, torso_width)}|", f"`{'-' * torso_width}'"] if belly else []
    return paste(upper, lower, top_row=3, left_column=art_width(left) - 1)


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
    face = fill_slots(repeat_columns(head, size), E=eye, MMM=mouth)
    body = robot_torso(left, chest, right, 5 + 2 * size, belly)
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
