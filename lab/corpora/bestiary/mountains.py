"""Mountains: templates and parameters of mountains under the sun, the moon or a cloud."""

from itertools import accumulate

from lab.corpora.bestiary.canvas import (
    Art,
    art_width,
    centre_art,
    orient_art,
    paste,
    repeat_tile,
    shift_right,
)
from lab.corpora.bestiary.scenery import BIRDS, MOON, NOTHING, STARS
from lab.corpora.bestiary.subject import Subject

PEAKS = ((4,), (6,), (8,), (5, 3), (6, 4), (4, 7), (8, 5), (3, 5, 4), (5, 7, 4), (4, 3, 5))
BIG_SUN = ["\\ | /", "- O -", "/ | \\"]
BIG_CLOUD = ["   .--.", ".-(    )-.", "(__.__.__)"]
LANDS = {
    "lake": ["~ ~~ ~~~ ", " ~~~ ~~  "],
    "firs": ["/\\ ", "||_"],
    "grass": ["\"'.,"],
    "path": ["._ __.-._"],
    "none": [],
}


def peak(height: int, snow: str, rock: str) -> Art:
    """One peak with a cap of snow, `height` rows high and twice as wide."""
    rows = []
    for row in range(height):
        fall = snow if row < height // 2 else rock
        rows.append(f"/{repeat_tile(fall, 2 * row)}\\")
    return centre_art(rows)


def mountain_range(heights: tuple[int, ...], snow: str, rock: str) -> Art:
    """Peaks that overlap, the first in front."""
    columns = list(accumulate((height + 2 for height in heights[:-1]), initial=0))
    art = [""] * max(heights)
    for height, column in zip(reversed(heights), reversed(columns), strict=True):
        art = paste(art, peak(height, snow, rock), max(heights) - height, column)
    return art


def mountain(peaks: tuple[int, ...], snow: str, rock: str, sky: Art, land: str, facing: str) -> Art:
    """A range of peaks, the sky above it and the land below."""
    art = mountain_range(peaks, snow, rock)
    below = [repeat_tile(tile, art_width(art) + 2) for tile in LANDS[land]]
    return orient_art([*sky, *shift_right(art, 1), *below], facing)


MOUNTAINS = Subject(
    "Mountains",
    mountain,
    {
        "peaks": PEAKS,
        "snow": (" ", "*", "^", "'", "."),
        "rock": (" ", ":", " .", "' ", "~  "),
        "sky": (NOTHING, BIG_SUN, MOON, STARS, BIG_CLOUD, BIRDS),
        "land": tuple(LANDS),
        "facing": ("left", "right"),
    },
)
