"""Mountains under the sun, the moon or a cloud."""

from itertools import accumulate

from lab.corpora.bestiary.canvas import Art, centred, paste, shift, texture, turned, width
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
        rows.append(f"/{texture(fall, 2 * row)}\\")
    return centred(rows)


def range_of(heights: tuple[int, ...], snow: str, rock: str) -> Art:
    """Peaks that overlap, the first in front."""
    lefts = list(accumulate((height + 2 for height in heights[:-1]), initial=0))
    art = [""] * max(heights)
    for height, left in zip(reversed(heights), reversed(lefts), strict=True):
        art = paste(art, peak(height, snow, rock), max(heights) - height, left)
    return art


def mountain(peaks: tuple[int, ...], snow: str, rock: str, sky: Art, land: str, facing: str) -> Art:
    """A range of peaks, the sky above it and the land below."""
    art = range_of(peaks, snow, rock)
    below = [texture(tile, width(art) + 2) for tile in LANDS[land]]
    return turned([*sky, *shift(art, 1), *below], facing)


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
