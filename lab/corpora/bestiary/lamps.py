"""Lamps: templates and parameters of standing and hanging lamps, lit or not."""

from lab.corpora.bestiary.canvas import (
    Art,
    beside,
    centre_art,
    orient_art,
    parse_template,
    repeat_columns,
    stack,
    tile_slot,
)
from lab.corpora.bestiary.scenery import BOOK, CAT, NOTHING, POTTED_TULIP
from lab.corpora.bestiary.subject import Subject

# Slot: P the pattern of the shade. Columns under + stretch with the size.

CONE_SHADE = parse_template(r"""
       + +
       ___
      /PPP\
     /PPPPP\
    /_______\
    """)
DOME_SHADE = parse_template(r"""
       + +
      .---.
    .'PPPPP`.
    |PPPPPPP|
    `-------'
    """)
GLOBE = parse_template(r"""
       + +
      .---.
     /PPPPP\
    (PPPPPPP)
     \PPPPP/
      `---'
    """)
TULIP_SHADE = parse_template(r"""
       + +
    \/\___/\/
    |PPPPPPP|
     \PPPPP/
      `---'
    """)
LANTERN = parse_template(r"""
       + +
      _____
     /_____\
     |PPPPP|
     |PPPPP|
     [_____]
    """)
FEET = {
    "plate": ["_|_"],
    "vase": [".-.", "(   )", "`-'"],
    "jar": ["/_\\", "/   \\", "\\___/"],
    "tripod": ["/|\\", "/ | \\"],
    "table": ["|", "============="],
    "books": ["|", "[=======]", "[_____|=]"],
}
BELOW = {
    "plate": [],
    "vase": ["", "\\_______/"],
    "jar": ["", "~  ~~  ~  ~~"],
    "tripod": ["", "(_____)"],
    "table": ["", "============="],
    "books": ["", "[=======]", "[_____|=]"],
}
ABOVE = {
    "off": [],
    "soft": [".  '  ."],
    "bright": ["\\ \\ | / /"],
    "dots": [". : : : .", ". : ."],
}
RAYS = {
    "off": [],
    "soft": ["'  .  '"],
    "bright": ["/ / | \\ \\", "/  / | \\  \\"],
    "dots": [". : .", ". : : : ."],
}


def lamp(
    shade: Art,
    size: int,
    pattern: str,
    rays: str,
    foot: str,
    pole: int,
    hanging: bool,
    friend: Art,
    facing: str,
) -> Art:
    """A lamp that stands on a pole, or hangs on a cord, with or without light."""
    light = tile_slot(repeat_columns(shade, size), "P", pattern)
    if hanging:
        art = stack(["---"], ["|"] * pole, light, centre_art(RAYS[rays]), BELOW[foot])
    else:
        art = stack(centre_art(ABOVE[rays]), light, ["|"] * pole, centre_art(FEET[foot]))
    return orient_art(beside(friend, art), facing)


LAMPS = Subject(
    "Lamps",
    lamp,
    {
        "shade": (CONE_SHADE, DOME_SHADE, GLOBE, TULIP_SHADE, LANTERN),
        "size": (0, 1, 2, 4),
        "pattern": (" ", ":", "|", "/\\", "* ", "~", "#"),
        "rays": tuple(RAYS),
        "foot": tuple(FEET),
        "pole": (1, 2, 4),
        "hanging": (False, False, True),
        "friend": (NOTHING, NOTHING, CAT, BOOK, POTTED_TULIP),
        "facing": ("left", "right"),
    },
)
