"""Frame source: the frames of a video or of a folder of images, as tensors.

PyAV, https://pyav.basswood-io.com, reads videos: the extra `film` brings it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from torch import Tensor

from lab.attention_maps import shadow_film
from lab.attention_maps.images import SUFFIXES, bytes_to_channels, read_image
from lab.corpora import video_reader

SHADOW_FILM_NAME = "shadows"


def is_film(path: Path) -> bool:
    """Whether a path is a folder of pictures, a video, or the shadow film."""
    return (
        path.is_dir()
        or path.suffix.lower() in video_reader.VIDEO_SUFFIXES
        or str(path) == SHADOW_FILM_NAME
    )


def read_frames(path: Path, size: int, rate: float, colour: bool = False) -> Iterator[Tensor]:
    """Read frames as channels [1 or 3, size, size] in [0, 1], stretched to the square.

    A video is sampled at `rate` frames a second; a folder yields all pictures, by name; `shadows`
    is the shadow film, every other frame. ValueError where there are none.
    """
    if str(path) == SHADOW_FILM_NAME and not path.exists():
        for number in range(0, len(shadow_film.SCENES) * shadow_film.SCENE_FRAMES, 2):
            yield shadow_film.render_shadow_frame(number, size)[None].expand(
                3 if colour else 1, -1, -1
            )
        return
    if not path.is_dir():
        for levels in video_reader.sample_pictures(
            path, rate, size, size, "rgb24" if colour else "gray"
        ):
            yield bytes_to_channels(levels)
        return
    paths = sorted(entry for entry in path.iterdir() if entry.suffix.lower() in SUFFIXES)
    if not paths:
        raise ValueError(f"{path} holds no pictures")
    for picture_path in paths:
        yield read_image(picture_path, size, colour, "stretch")
