"""Spiders and butterflies."""

from lab.corpora.bestiary.canvas import Art, block, both, cover, fill, hung, stack, turned
from lab.corpora.bestiary.scenery import SKIES
from lab.corpora.bestiary.subject import Subject

# --- butterflies: left halves of wings, W the pattern -------------------------------------------

BROAD_WING = block(r"""
     ____
    /WWWW`-.
    \ WWWWWW\
     \_WWWWW|
      /WWWWW|
      \WWW_/
       `-'
    """)
ROUND_WING = block(r"""
     .---.
    ( WWW \
    (  WWW \
     `-.____\
      ( WW  /
       `--.'
    """)
TAILED_WING = block(r"""
    __
    \W`-._
     \WWWW`.
      `.WWWW\
        >WWW|
       /W_.-'
      //
     '
    """)
TALL_WING = block(r"""
      .--.
     /WW  \
    |WWWW  \
     \WWWWW|
      >WWWW|
     |WWW /
     `.W_/
    """)
SMALL_WING = block(r"""
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
    insect = both(cover(wing, "W", pattern), trunk)
    scene = stack(FEELERS[feelers], insect, MEADOWS[meadow])
    return hung(sky, scene) if side == "left" else hung(scene, sky)


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

SPIDER_FRONT = block(r"""
          _     .---.     _
         / \__ /BBBBB\ __/ \
        / .-.__|BBBBB|__.-. \
       / /  .-.(E.E.E).-.  \ \
      ' /  / .-`-w-w-'-. \  \ `
       '  / /           \ \  `
         ' '             ` `
    """)
SPIDER_LONG = block(r"""
       /\      .-"-.      /\
      /  \    /BBBBB\    /  \
     / /\ \__|BBBBBBB|__/ /\ \
    / /  \__  \BBBBB/  __/  \ \
      / /\___`-(E.E)-'___/\ \
      / /  .--'`v.v'`--.  \ \
       /  /             \  \
    """)
SPIDER_SMALL = block(r"""
      __ .-. __
     /  (BBB)  \
    / /`(E E)`\ \
     / / `"' \ \
    """)
SPIDER_BABY = block(r"""
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
    art = cover(fill(body, E=eye), "B", back)
    hanging = hung(PREY[prey], stack(["|"] * thread, art))
    return turned(stack(WEBS[web], hanging, GROUND[below]), facing)


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
