"""Mushrooms, alone and in families."""

from lab.corpora.bestiary.canvas import (
    Art,
    beside,
    block,
    cover,
    fill,
    ground,
    stack,
    turned,
    widen,
)
from lab.corpora.bestiary.subject import Subject

# Slots: S the spots of the cap, E an eye, M a mouth. The last row but one of a stem grows.

ROUND_CAP = block(r"""
          + +
        .-~~~-.
      .'SSSSSSS`.
     /SSSSSSSSSSS\
    (_____________)
    """)
FLAT_CAP = block(r"""
          +   +
       _________
    .-'SSSSSSSSS`-.
    (_SSSSSSSSSSS_)
      `|||||||||'
    """)
POINTED_CAP = block(r"""
           + +
          .---.
         /SSSSS\
        /SSSSSSS\
       /SSSSSSSSS\
      /___________\
    """)
SMALL_CAP = block(r"""
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
    art = stack(cover(widen(cap, size), "S", spots), fill(STEMS[stem], E=eye, M=mouth))
    return ground(turned(beside(CHILDREN[child], art), facing), floor)


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
