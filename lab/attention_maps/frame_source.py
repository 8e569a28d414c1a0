"""Films: videos and folders of pictures, frame by frame.

PyAV, https://pyav.basswood-io.com, reads videos: the extra `film` brings it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from torch import Tensor

from lab.attention_maps import shadow_film
from lab.attention_maps.images import SUFFIXES, channels, read
from lab.corpora import video_reader

OWN = "shadows"


def is_film(path: Path) -> bool:
    """Whether a path is a folder of pictures, a video, or our own film."""
    return path.is_dir() or path.suffix.lower() in video_reader.SUFFIXES or str(path) == OWN


def frames(path: Path, size: int, rate: float, colour: bool = False) -> Iterator[Tensor]:
    """Frames as channels [1 or 3, size, size] in [0, 1], stretched to the square.

    Of a video so many a second; of a folder all pictures, by name; `shadows` is our own film, at
    half of its frames. ValueError where there are none.
    """
    if str(path) == OWN and not path.exists():
        for number in range(0, len(shadow_film.SCENES) * shadow_film.LENGTH, 2):
            yield shadow_film.frame(number, size)[None].expand(3 if colour else 1, -1, -1)
        return
    if not path.is_dir():
        for levels in video_reader.sampled(path, rate, size, size, "rgb24" if colour else "gray"):
            yield channels(levels)
        return
    names = sorted(one for one in path.iterdir() if one.suffix.lower() in SUFFIXES)
    if not names:
        raise ValueError(f"{path} holds no pictures")
    for name in names:
        yield read(name, size, colour, "stretch")
