"""Crawlers: templates and parameters of snakes and snails."""

from collections.abc import Callable
from itertools import chain

from lab.corpora.bestiary.canvas import (
    Art,
    add_ground,
    beside,
    centre_art,
    fill_slots,
    orient_art,
    parse_template,
    repeat_columns,
    shift_right,
    tile_slot,
)
from lab.corpora.bestiary.scenery import NOTHING, STONE, TUFT
from lab.corpora.bestiary.subject import Subject

# --- snakes: E the eye, T the tongue, S the skin; `length` humps, rings or turns ----------------

TURN = parse_template(r"""
      .-'||
     (SSSSS`.
      `-.SSSS)
         ||.'
    """)
CLIMBER = parse_template(r"""
       __||
      /E S`.
     T`-.SSS)
         ||.'
    """)


def slithering_snake(length: int) -> Art:
    """From the side, humps of a body two characters thick."""
    return [
        "     " + r"  .-.  " * length,
        "     " + r" /SSS\ " * length,
        "  __ " + "/SS.SS\\" * length,
        " /E SS" + r"S/ \SSS" * length + "-.",
        r"T\____" + r"/   \__" * length + "__>",
    ]


def coiled_snake(length: int) -> Art:
    """The head raised over a pile of rings."""
    face = [".---.", "/ E E \\", "\\   /", "|T|", "|S|", ".--'S`--."]
    rings = [
        (f"({'S' * ring_width})", f"`{'-' * ring_width}'") for ring_width in (9, 13, 17)[:length]
    ]
    return centre_art([*face, *chain.from_iterable(rings)])


def climbing_snake(length: int) -> Art:
    """Wound round a pole."""
    return [*shift_right(["||"], 5), *CLIMBER, *(TURN * (length - 1)), *shift_right(["||"], 5)]


def snake(
    pose: Callable[[int], Art],
    length: int,
    eye: str,
    tongue: str,
    skin: str,
    rest: Art,
    facing: str,
    floor: str,
) -> Art:
    """A snake that slithers, rests in coils or climbs."""
    art = tile_slot(fill_slots(pose(length), E=eye, T=tongue), "S", skin)
    return add_ground(orient_art(beside(art, rest, gap=2), facing), floor)


SNAKES = Subject(
    "Snakes",
    snake,
    {
        "pose": (slithering_snake, coiled_snake, climbing_snake),
        "length": (1, 2, 3),
        "eye": ("o", "O", "^", "-", "*"),
        "tongue": ("~", "<", "Y", "-"),
        "skin": (" ", ":", "/\\", "#", "x ", "=", "<>"),
        "rest": (NOTHING, NOTHING, STONE, TUFT, [" __", "/  \\__"]),
        "facing": ("left", "right"),
        "floor": ("", "_", '"', ".,"),
    },
)

# --- snails: S the shell, E the tips of the horns -----------------------------------------------

ROUND_SNAIL = parse_template(r"""
                      +
             .---------.
    E  E   .'SS.----.SS`.
     \ |  /SSS/ .-.  \SSS\
    .-`'.|SSS|  (_/  |SSSS|
    / o   \SSS\______/SSS/
    \_     \___________.'_
      `-.________________`~~
    """)
SMALL_SNAIL = parse_template(r"""
                 +
    E E    _______
    | |  .'SS _ SS`.
    / o \/SS (@) SSSS\
    \    \_SSSSSSSSS_/_
     `-----------------`~
    """)
POINTED_SNAIL = parse_template(r"""
                .
               /\
     E   E    /SS\
      \ /    /____\
     .-'-.  /SSSSSS\
    ( o   )/________\
     \    /SSSSSSSSSS\_
      `---------------``~
    """)
HIDDEN_SNAIL = parse_template(r"""
              +
       .-------.
      .'SS.-.SS`.
     /SSS( @ )SSS\
    |SSSSS`-'SSSSS|
     \_EE_________/
    """)


def snail(pose: Art, size: int, horn: str, shell: str, rest: Art, facing: str, floor: str) -> Art:
    """A snail under way, or hidden in its house."""
    art = tile_slot(fill_slots(repeat_columns(pose, size), EE=horn * 2, E=horn), "S", shell)
    return add_ground(orient_art(beside(rest, art), facing), floor)


SNAILS = Subject(
    "Snails",
    snail,
    {
        "pose": (ROUND_SNAIL, SMALL_SNAIL, POINTED_SNAIL, HIDDEN_SNAIL),
        "size": (1, 2, 4),
        "horn": ("o", "@", "'", "*", "O"),
        "shell": (" ", ":", "/", "~", ". ", "+ "),
        "rest": (NOTHING, NOTHING, STONE, TUFT, ["*  ", "|/ ", "|  "]),
        "facing": ("left", "right"),
        "floor": ("", "_", '"', "^", "._"),
    },
)
