"""Lighthouses by the sea."""

from lab.corpora.bestiary.canvas import Art, block, centred, hung, pad, stack, texture, turned
from lab.corpora.bestiary.scenery import NOTHING, SKIES
from lab.corpora.bestiary.subject import Subject

# L is the light; its row carries the beams.

CUPOLA = block(r"""
      .-.
     /_^_\
     |[L]|
    _|___|_
    """)
PAGODA = block(r"""
       ^
      / \
     /___\
     |(L)|
    =|===|=
    """)
LANTERN = block(r"""
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


def tower(height: int, slope: int, bands: str) -> Art:
    """Rows of stone whose pattern follows `bands`, two wider after each `slope` rows."""
    rows = []
    for row in range(height):
        wide = 5 + (2 * (row // slope) if slope else 0)
        left, right = "/\\" if slope and row and row % slope == 0 else "||"
        rows.append(left + texture(bands[row % len(bands)], wide) + right)
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
    top = [left + row.replace("L", light) + right if "L" in row else row for row in pad(lantern)]
    body = centred([*top, *tower(height, slope, bands)])
    return turned(hung(sky, stack(body, SHORES[shore])), facing)


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
