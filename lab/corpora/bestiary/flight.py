"""Flight: templates and parameters of rockets and balloons."""

from lab.corpora.bestiary.canvas import (
    Art,
    add_ground,
    fill_slots,
    hang_beside,
    orient_art,
    parse_template,
    repeat_columns,
    repeat_row,
    stack,
    tile_slot,
)
from lab.corpora.bestiary.scenery import NOTHING, SKIES
from lab.corpora.bestiary.subject import Subject

# --- rockets: W the porthole, H the hull; row 5 grows -------------------------------------------

SLIM_ROCKET = parse_template(r"""
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
ROUND_ROCKET = parse_template(r"""
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
FINNED_ROCKET = parse_template(r"""
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
SHUTTLE = parse_template(r"""
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
    art = tile_slot(
        fill_slots(repeat_row(repeat_columns(hull, 1 + size % 2), 5, size), W=porthole), "H", paint
    )
    standing = add_ground(art, floor) if fire == "landed" else stack(art, FIRES[fire])
    return orient_art(hang_beside(SPACE[space], standing), facing)


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

WIDE_BALLOON = parse_template(r"""
          + +
        .-===-.
      .'PPPPPPP`.
     /PPPPPPPPPPP\
    |PPPPPPPPPPPPP|
     \PPPPPPPPPPP/
      `.PPPPPPP.'
        \_____/
    """)
TALL_BALLOON = parse_template(r"""
         + +
       .-'''-.
      /PPPPPPP\
     |PPPPPPPPP|
     |PPPPPPPPP|
      \PPPPPPP/
       \PPPPP/
        \___/
    """)
HEART_BALLOON = parse_template(r"""
          .
      .-"-. .-"-.
     /PPPPPVPPPPP\
     \PPPPPPPPPPP/
      `.PPPPPPP.'
        `.PPP.'
          `v'
    """)
ZEPPELIN = parse_template(r"""
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
    art = stack(tile_slot(repeat_columns(envelope, size), "P", pattern), GONDOLAS[gondola], floor)
    return orient_art(hang_beside(sky, art), facing)


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
