"""Sailboats: templates and parameters of sailboats under way."""

from lab.corpora.bestiary.canvas import (
    Art,
    add_ground,
    fill_slots,
    hang_beside,
    orient_art,
    parse_template,
    tile_slot,
)
from lab.corpora.bestiary.scenery import SKIES
from lab.corpora.bestiary.subject import Subject

# Slots: S the sail, H the hull.

SLOOP = parse_template(r"""
            .
            |\
           /| \
          /S|SS\
         /SS|SSS\
        /SSS|SSSS\
       /____|_____\
    \HHHHHHHHHHHHHHH/
     \HHHHHHHHHHHHH/
    """)
JUNK = parse_template(r"""
           |
       .---+---.
       |SSSSSSS|
       `---+---'
      .----+----.
      |SSSSSSSSS|
      `----+----'
    \_HHHHHHHHHHH_/
     \___________/
    """)
YAWL = parse_template(r"""
         |\
         |S\   |\
         |SS\  |S\
         |SSS\ |SS\
         |____\|___\
    ___./|_____|____/
    \HHHHHHHHHHHHHH/
    """)
GALLEON = parse_template(r"""
          |    |    |
         )S)  )S)  )S)
        )SS) )SS) )SS)
       )SSS))SSS))SSS)\
     ____|____|____|____\_
     \HHHHHHHHHHHHHHHHHH/
    """)
DINGHY = parse_template(r"""
        /|
       /S|
      /SS|
     /___|
    \HHH|HHH/
    """)
PENNANTS = {"none": [], "flag": ["|>"], "banner": ["|~~"], "star": ["*"]}


def sailboat(
    rig: Art, sail: str, hull: str, pennant: str, sea: str, depth: int, sky: Art, facing: str
) -> Art:
    """A boat on the waves."""
    boat = tile_slot(fill_slots(rig, H=hull), "S", sail)
    mast = PENNANTS[pennant]
    column = max(rig[0].rfind("|"), rig[0].rfind("."))
    topped = [" " * column + row for row in mast] + boat
    scene = add_ground(topped, sea, margin=3)
    return orient_art(hang_beside(sky, [*scene, scene[-1][1:]] if depth == 2 else scene), facing)


SAILBOATS = Subject(
    "Sailboats",
    sailboat,
    {
        "rig": (SLOOP, JUNK, YAWL, GALLEON, DINGHY),
        "sail": (" ", "/", "-", ":", "# ", "."),
        "hull": ("_", "=", "o", "#"),
        "pennant": tuple(PENNANTS),
        "sea": ("~", "~^", "~~-", "^-", "~ "),
        "depth": (1, 2),
        "sky": SKIES,
        "facing": ("left", "right"),
    },
)
