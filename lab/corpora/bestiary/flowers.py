"""Flowers: templates and parameters of flowers in pots, vases and grass."""

from lab.corpora.bestiary.canvas import (
    Art,
    beside,
    fill_slots,
    hang_beside,
    mirror_art,
    orient_art,
    parse_template,
    stack,
)
from lab.corpora.bestiary.scenery import CLOUD, NOTHING, SUN
from lab.corpora.bestiary.subject import Subject

# Slots: P the petals, CCC or C the heart.

DAISY = parse_template(r"""
     _ _
    (P|P)
   (-(C)-)
    (P|P)
     ` '
    """)
TULIP = parse_template(r"""
    /\/\/\
    |PPPP|
    |PPPP|
     \__/
    """)
SUNFLOWER = parse_template(r"""
      \ | /
     '.---.'
    -/ CCC \-
    -\ CCC /-
     .`---'.
      / | \
    """)
ROSE = parse_template(r"""
      .--.
     /P_ P\
    ( (_C) )
     \_PP_/
      `--'
    """)
BELL = parse_template(r"""
      .-.
     /PPP\
     |PPP|
    /_____\
       C
    """)
BUD = parse_template(r"""
     _
    (P)
    """)
POTS = {
    "none": [],
    "grass": ["\\|//|\\\\|/"],
    "pot": ["_________", "\\_______/", " \\     / ", "  \\___/  "],
    "vase": ["  \\_/  ", " /   \\ ", "(  ~  )", " \\___/ "],
    "hill": [".-'`-.", "_/      \\_"],
}


def flower_stem(length: int, leaves: str) -> Art:
    """A stem with a pair of leaves halfway."""
    left, right = {
        "both": ("(\\", "/)"),
        "left": ("\\_", "  "),
        "right": ("  ", "_/"),
        "none": ("  ", "  "),
    }[leaves]
    middle = length // 2
    return [f"{left}|{right}" if row == middle else "  |  " for row in range(length)]


def draw_flower(
    head: Art,
    size: int,
    petal: str,
    heart: str,
    leaves: str,
    pot: str,
    friend: Art,
    visitor: Art,
    facing: str,
) -> Art:
    """A flower in a pot, a vase or the grass, smaller ones beside it, a visitor in the air."""
    art = stack(fill_slots(head, P=petal, CCC=heart * 3, C=heart), flower_stem(size, leaves))
    bunch = beside(beside(friend, art), mirror_art(friend)) if friend else art
    return orient_art(hang_beside(visitor, stack(bunch, POTS[pot])), facing)


FLOWERS = Subject(
    "Flowers",
    draw_flower,
    {
        "head": (DAISY, TULIP, SUNFLOWER, ROSE, BELL, BUD),
        "size": (2, 3, 4, 5),
        "petal": (" ", ":", "~", "'", "@", "*"),
        "heart": ("o", "@", "#", "."),
        "leaves": ("both", "left", "right", "none"),
        "pot": tuple(POTS),
        "friend": (NOTHING, NOTHING, ["(o)", " | "], ["*", "|", "|"], ["\\V/", " | ", "\\| "]),
        "visitor": (NOTHING, NOTHING, ["=8~"], [">8<"], CLOUD, SUN),
        "facing": ("left", "right"),
    },
)
