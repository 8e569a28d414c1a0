"""Mushrooms: templates and parameters of single mushrooms and groups."""

from lab.corpora.bestiary.canvas import (
    Art,
    add_ground,
    beside,
    fill_slots,
    orient_art,
    parse_template,
    repeat_columns,
    stack,
    tile_slot,
)
from lab.corpora.bestiary.subject import Subject

# Slots: S the spots of the cap, E an eye, M a mouth. The last row but one of a stem grows.

ROUND_CAP = parse_template(r"""
          + +
        .-~~~-.
      .'SSSSSSS`.
     /SSSSSSSSSSS\
    (_____________)
    """)
FLAT_CAP = parse_template(r"""
          +   +
       _________
    .-'SSSSSSSSS`-.
    (_SSSSSSSSSSS_)
      `|||||||||'
    """)
POINTED_CAP = parse_template(r"""
           + +
          .---.
         /SSSSS\
        /SSSSSSS\
       /SSSSSSSSS\
      /___________\
    """)
SMALL_CAP = parse_template(r"""
     + +
     ___
    (SSS)
    """)
STEMS = {
    "plain": ["|   |", "|   |", "(___)"],
    "face": ["|E E|", "| M |", "(___)"],
    "skirt": ["/|||\\", "|   |", "(___)"],
    "stout": [" |     | ", "(  E E  )", "(   M   )", "`-----'"],
    "thin": ["| |", "| |", "| |", "|_|"],
}
CHILDREN = {
    "none": [],
    "one": [" _ ", "(:)", " | "],
    "two": [".-.    ", "(_)  _ ", "||  (.)", "||   | "],
    "snail": [" __  ", "(@ \\o/", "`---'"],
    "grass": ["\\|/"],
    "frog": [" @..@ ", "(----)"],
}


def mushroom(
    cap: Art,
    size: int,
    spots: str,
    stem: str,
    eye: str,
    mouth: str,
    child: str,
    facing: str,
    floor: str,
) -> Art:
    """A mushroom and who stands beside it."""
    art = stack(
        tile_slot(repeat_columns(cap, size), "S", spots), fill_slots(STEMS[stem], E=eye, M=mouth)
    )
    return add_ground(orient_art(beside(CHILDREN[child], art), facing), floor)


MUSHROOMS = Subject(
    "Mushrooms",
    mushroom,
    {
        "cap": (ROUND_CAP, FLAT_CAP, POINTED_CAP, SMALL_CAP),
        "size": (0, 1, 2, 3),
        "spots": (" ", "o  ", " O  ", ".", "* ", ":"),
        "stem": tuple(STEMS),
        "eye": ("o", "^", "-", "."),
        "mouth": ("u", "-", "v"),
        "child": ("none", *CHILDREN),
        "facing": ("left", "right"),
        "floor": ("", "_", '"', "^", ".,"),
    },
)
