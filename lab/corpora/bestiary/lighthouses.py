"""Lighthouses: templates and parameters of lighthouses by the sea."""

from lab.corpora.bestiary.canvas import (
    Art,
    centre_art,
    hang_beside,
    orient_art,
    pad_rows,
    parse_template,
    repeat_tile,
    stack,
)
from lab.corpora.bestiary.scenery import NOTHING, SKIES
from lab.corpora.bestiary.subject import Subject

# L is the light; its row carries the beams.

CUPOLA = parse_template(r"""
      .-.
     /_^_\
     |[L]|
    _|___|_
    """)
PAGODA = parse_template(r"""
       ^
      / \
     /___\
     |(L)|
    =|===|=
    """)
LANTERN = parse_template(r"""
      _|_
     /   \
     |#L#|
    [_____]
    """)
BEAMS = {
    "dark": ("", ""),
    "dashes": ("- -- ", " -- -"),
    "rays": ("===== ", " ====="),
    "left": ("< < < ", "      "),
    "right": ("      ", " :::::"),
}
SHORES = {
    "rocks": [" .-^-.__/\\__.-^. ", "/  .   ^   .    \\"],
    "waves": ["~~~~~~~~~~~~~~~~~", " ~~~ ~~~~ ~~~ ~~ "],
    "island": [" .-'''''''''''-. ", "~~~~~~~~~~~~~~~~~"],
    "quay": ["[_|__|__|__|__|_]", " ~ ~~ ~ ~~ ~ ~~ ~"],
}


def lighthouse_tower(height: int, slope: int, bands: str) -> Art:
    """Rows of stone whose pattern follows `bands`, two wider after each `slope` rows."""
    rows = []
    for row in range(height):
        inner_width = 5 + (2 * (row // slope) if slope else 0)
        left, right = "/\\" if slope and row and row % slope == 0 else "||"
        rows.append(left + repeat_tile(bands[row % len(bands)], inner_width) + right)
    return rows


def lighthouse(
    lantern: Art,
    height: int,
    slope: int,
    bands: str,
    beams: str,
    light: str,
    shore: str,
    sky: Art,
    facing: str,
) -> Art:
    """A banded tower whose lantern lights the sea."""
    left, right = BEAMS[beams]
    top = [
        left + row.replace("L", light) + right if "L" in row else row for row in pad_rows(lantern)
    ]
    body = centre_art([*top, *lighthouse_tower(height, slope, bands)])
    return orient_art(hang_beside(sky, stack(body, SHORES[shore])), facing)


LIGHTHOUSES = Subject(
    "Lighthouses",
    lighthouse,
    {
        "lantern": (CUPOLA, PAGODA, LANTERN),
        "height": (3, 4, 6, 8),
        "slope": (0, 2, 3),
        "bands": (" ", " #", "  ==", "  :", "/", " ~"),
        "beams": tuple(BEAMS),
        "light": ("O", "*", "@"),
        "shore": tuple(SHORES),
        "sky": (NOTHING, *SKIES),
        "facing": ("left", "right"),
    },
)
