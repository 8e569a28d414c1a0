"""Rockets and balloons."""

from lab.corpora.bestiary.canvas import (
    Art,
    block,
    cover,
    fill,
    ground,
    grow,
    hung,
    stack,
    turned,
    widen,
)
from lab.corpora.bestiary.scenery import NOTHING, SKIES
from lab.corpora.bestiary.subject import Subject

# --- rockets: W the porthole, H the hull; row 5 grows -------------------------------------------

SLIM_ROCKET = block(r"""
       .
       ^
      / \
     /___\
     |(W)|
     |HHH|
     |HHH|
     |___|
    /|   |\
    /_\_/_\
    """)
ROUND_ROCKET = block(r"""
       + +
      .---.
     /     \
    /_______\
    |  (W)  |
    |HHHHHHH|
    |HHHHHHH|
    |_______|
    //_/ \_\\
    """)
FINNED_ROCKET = block(r"""
         + +
         _A_
        /   \
       /_____\
       | (W) |
       |HHHHH|
      /|HHHHH|\
     / |HHHHH| \
    /__|_____|__\
        /_ _\
    """)
SHUTTLE = block(r"""
         .
        _^_
       /   \
     _ |(W)| _
    / \|   |/ \
    | ||HHH|| |
    | ||HHH|| |
    | //___\\ |
    |//_____\\|
     V  V V  V
    """)
FIRES = {
    "landed": [],
    "flame": [" ))( ", "  )  ", "  '  "],
    "burst": [" \\|/ ", "' | `", "  '  "],
    "cloud": [".-(  )-.", "(__.__.__)"],
    "sparks": ["*", ". .", "'"],
}
SPACE = {
    "none": [],
    "stars": ["  *    .", ".", "    *  "],
    "moon": [".-.", "( )", "`-'"],
    "planet": ["  _  ", "-(_)-"],
    "comet": ["*~--"],
}


def rocket(
    hull: Art, size: int, porthole: str, paint: str, fire: str, space: str, facing: str, floor: str
) -> Art:
    """A rocket in the sky or on the ground."""
    art = cover(fill(grow(widen(hull, 1 + size % 2), 5, size), W=porthole), "H", paint)
    standing = ground(art, floor) if fire == "landed" else stack(art, FIRES[fire])
    return turned(hung(SPACE[space], standing), facing)


ROCKETS = Subject(
    "Rockets",
    rocket,
    {
        "hull": (SLIM_ROCKET, ROUND_ROCKET, FINNED_ROCKET, SHUTTLE),
        "size": (0, 1, 2, 3),
        "porthole": ("o", "@", "O", "#"),
        "paint": (" ", "=", ":", "/", "|", "~"),
        "fire": tuple(FIRES),
        "space": tuple(SPACE),
        "facing": ("left", "right"),
        "floor": ("=", "^", "_", ".,"),
    },
)

# --- balloons: P the pattern --------------------------------------------------------------------

WIDE_BALLOON = block(r"""
          + +
        .-===-.
      .'PPPPPPP`.
     /PPPPPPPPPPP\
    |PPPPPPPPPPPPP|
     \PPPPPPPPPPP/
      `.PPPPPPP.'
        \_____/
    """)
TALL_BALLOON = block(r"""
         + +
       .-'''-.
      /PPPPPPP\
     |PPPPPPPPP|
     |PPPPPPPPP|
      \PPPPPPP/
       \PPPPP/
        \___/
    """)
HEART_BALLOON = block(r"""
          .
      .-"-. .-"-.
     /PPPPPVPPPPP\
     \PPPPPPPPPPP/
      `.PPPPPPP.'
        `.PPP.'
          `v'
    """)
ZEPPELIN = block(r"""
              +
        __-------------__
     .-'PPPPPPPPPPPPPPPPP`-.|\
    <PPPPPPPPPPPPPPPPPPPPPPP==
     `-._PPPPPPPPPPPPPPP_.-'|/
         `-------------'
    """)
GONDOLAS = {
    "basket": ["\\   /", "|###|", "`---'"],
    "riders": ["\\o o/", "|###|", "`---'"],
    "box": [" | | ", "[___]"],
    "ribbon": ["( ", " )", "( "],
    "letter": ["| ", "| ", "[=v=]"],
    "long": ["\\     /", " \\   / ", " |___| ", " `---' "],
}
LANDS = (["", ".-^-._.-^^-._"], ["", "/\\_/\\__/\\_/\\_"], ["", "~~ ~~~ ~~ ~~~"])


def balloon(
    envelope: Art, size: int, pattern: str, gondola: str, sky: Art, facing: str, floor: Art
) -> Art:
    """A balloon in the sky, hills or roofs far below it."""
    art = stack(cover(widen(envelope, size), "P", pattern), GONDOLAS[gondola], floor)
    return turned(hung(sky, art), facing)


BALLOONS = Subject(
    "Balloons",
    balloon,
    {
        "envelope": (WIDE_BALLOON, TALL_BALLOON, HEART_BALLOON, ZEPPELIN),
        "size": (0, 1, 2, 3),
        "pattern": (" ", "| ", ":", "/\\", "*  ", "~", "#"),
        "gondola": tuple(GONDOLAS),
        "sky": (*SKIES, [" _", "(_)", " '"]),
        "facing": ("left", "right"),
        "floor": (
            NOTHING,
            NOTHING,
            ["", ".-^-._.-^^-._"],
            ["", "/\\_/\\__/\\_/\\_"],
            ["", "~~ ~~~ ~~ ~~~"],
        ),
    },
)
