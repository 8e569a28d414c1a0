"""Bugs: templates and parameters of spiders and butterflies."""

from lab.corpora.bestiary.canvas import (
    Art,
    fill_slots,
    hang_beside,
    mirror_halves,
    orient_art,
    parse_template,
    stack,
    tile_slot,
)
from lab.corpora.bestiary.scenery import SKIES
from lab.corpora.bestiary.subject import Subject

# --- butterflies: left halves of wings, W the pattern -------------------------------------------

BROAD_WING = parse_template(r"""
     ____
    /WWWW`-.
    \ WWWWWW\
     \_WWWWW|
      /WWWWW|
      \WWW_/
       `-'
    """)
ROUND_WING = parse_template(r"""
     .---.
    ( WWW \
    (  WWW \
     `-.____\
      ( WW  /
       `--.'
    """)
TAILED_WING = parse_template(r"""
    __
    \W`-._
     \WWWW`.
      `.WWWW\
        >WWW|
       /W_.-'
      //
     '
    """)
TALL_WING = parse_template(r"""
      .--.
     /WW  \
    |WWWW  \
     \WWWWW|
      >WWWW|
     |WWW /
     `.W_/
    """)
SMALL_WING = parse_template(r"""
     __
    (WW\
     >WW|
    (_W/
    """)
FEELERS = {
    "straight": ["\\ /"],
    "curled": ["@   @", " \\ / "],
    "long": ["o     o", " \\   / ", "  \\ /  "],
}
MEADOWS = {
    "none": [],
    "daisies": ["          ", "  *     * ", " \\|/ , \\|/"],
    "tulip": ["     ", " (V) ", "  |  ", "_\\|/_"],
    "grass": ["", "\\|//_\\|/.,\\\\|/"],
}


def butterfly(
    wing: Art, pattern: str, body: str, feelers: str, meadow: str, sky: Art, side: str
) -> Art:
    """A butterfly with open wings above flowers, grass or nothing."""
    trunk = [" ", body[0], *[body[1]] * (len(wing) - 3), body[2]]
    insect = mirror_halves(tile_slot(wing, "W", pattern), trunk)
    scene = stack(FEELERS[feelers], insect, MEADOWS[meadow])
    return hang_beside(sky, scene) if side == "left" else hang_beside(scene, sky)


BUTTERFLIES = Subject(
    "Butterflies",
    butterfly,
    {
        "wing": (BROAD_WING, ROUND_WING, TAILED_WING, TALL_WING, SMALL_WING),
        "pattern": (" ", "o ", ".", ":", "* ", "/", "~", "@ "),
        "body": ("o|'", "O#v", "8I.", "oH'"),
        "feelers": tuple(FEELERS),
        "meadow": tuple(MEADOWS),
        "sky": SKIES,
        "side": ("left", "right"),
    },
)

# --- spiders: E an eye, B the back --------------------------------------------------------------

SPIDER_FRONT = parse_template(r"""
          _     .---.     _
         / \__ /BBBBB\ __/ \
        / .-.__|BBBBB|__.-. \
       / /  .-.(E.E.E).-.  \ \
      ' /  / .-`-w-w-'-. \  \ `
       '  / /           \ \  `
         ' '             ` `
    """)
SPIDER_LONG = parse_template(r"""
       /\      .-"-.      /\
      /  \    /BBBBB\    /  \
     / /\ \__|BBBBBBB|__/ /\ \
    / /  \__  \BBBBB/  __/  \ \
      / /\___`-(E.E)-'___/\ \
      / /  .--'`v.v'`--.  \ \
       /  /             \  \
    """)
SPIDER_SMALL = parse_template(r"""
      __ .-. __
     /  (BBB)  \
    / /`(E E)`\ \
     / / `"' \ \
    """)
SPIDER_BABY = parse_template(r"""
     /\(E)/\
    / /(B)\ \
    """)
WEBS = {
    "branch": ["_____,--.___>--,_____"],
    "web": ["\\_____|_____/", " \\_ \\_|_/ _/", "   `-.|.-' "],
    "eaves": ["=|===|===|===|="],
    "line": ["-------------"],
}

PREY = {
    "none": [],
    "fly": ["|", "|", "|", ">8<"],
    "egg": ["|", ".-.", "(_)"],
    "moth": ["|", "|", "{8}"],
}
GROUND = {
    "none": [],
    "grass": ["", "\\|/.\\|//_\\|/,\\|/"],
    "pots": ["", "(*)   (*)", "[_]___[_]"],
}


def spider(
    body: Art, thread: int, eye: str, back: str, web: str, prey: str, below: str, facing: str
) -> Art:
    """A spider that hangs on a thread of some length, its prey beside it."""
    art = tile_slot(fill_slots(body, E=eye), "B", back)
    hanging = hang_beside(PREY[prey], stack(["|"] * thread, art))
    return orient_art(stack(WEBS[web], hanging, GROUND[below]), facing)


SPIDERS = Subject(
    "Spiders",
    spider,
    {
        "body": (SPIDER_FRONT, SPIDER_LONG, SPIDER_SMALL, SPIDER_BABY),
        "thread": (1, 2, 3, 4),
        "eye": ("o", ".", "*", "-"),
        "back": (" ", ":", "#", "X ", "~", "o"),
        "web": tuple(WEBS),
        "prey": ("none", "none", "fly", "egg", "moth"),
        "below": ("none", "none", "grass", "pots"),
        "facing": ("left", "right"),
    },
)
