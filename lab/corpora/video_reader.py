"""Video reader: a video that PyAV decodes, as frames of characters.

PyAV, https://pyav.basswood-io.com, which holds FFmpeg's libraries.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from lab.corpora.film import MAX_RESIZED_CHARACTERS

VIDEO_SUFFIXES = {".mp4", ".mkv", ".webm", ".mov", ".avi", ".gif", ".m4v", ".mpg", ".ts", ".ogv"}
MAX_VIDEO_FRAMES = 60000  # frames that are read at most
INSTALL_FILM = "pip install 'model-breeding-lab[film]'"


def read_video(
    path: Path, rate: float, height: int, width: int, characters: str, threshold: float
) -> tuple[str, ...]:
    """Read a video as frames of `height` lines of `width` characters, `rate` a second.

    characters are the levels, dark to light: two divide at the threshold (0 black to 1 white),
    more at even steps. ValueError for
    what is no video, and where PyAV is not installed.
    """
    glyphs = np.array(list(characters))
    edges = [threshold] if len(glyphs) == 2 else np.arange(1, len(glyphs)) / len(glyphs)
    frames = list[str]()
    for grey in sample_pictures(path, rate, height, width, "gray", "AREA"):
        if len(frames) == MAX_VIDEO_FRAMES:
            raise ValueError(f"{path} has more than {MAX_VIDEO_FRAMES:,} frames at this rate")
        if (len(frames) + 1) * height * width > MAX_RESIZED_CHARACTERS:
            raise ValueError(
                f"{path} has more than {MAX_RESIZED_CHARACTERS:,} characters at this size and rate"
            )
        cells = glyphs[np.digitize(grey / 255.0, edges)]
        frames.append("\n".join("".join(row) for row in cells))
    return tuple(frames)


def sample_pictures(
    path: Path,
    rate: float,
    height: int,
    width: int,
    pixel_format: str,
    interpolation: str | None = None,
) -> Iterator[np.ndarray]:
    """Sample pictures, 0 to 255, at times 0, 1 / rate, 2 / rate, ...; each frame lasts to the next.

    pixel_format: gray gives [height, width], rgb24 [height, width, 3]; interpolation is a
    name of PyAV's, None its default. ValueError as `read_video`.
    """
    av = import_pyav()
    try:
        with av.open(str(path)) as film:
            count = 0
            for frame in film.decode(video=0):
                small = None
                while frame.time is not None and frame.time >= count / rate - 1e-6:
                    if small is None:
                        small = frame.reformat(
                            width, height, pixel_format, interpolation=interpolation
                        )
                    yield small.to_ndarray()
                    count += 1
    except (av.error.FFmpegError, IndexError) as error:
        raise ValueError(f"{path} is no video that can be read: {error}") from None


def import_pyav() -> Any:
    """Import PyAV; ValueError says what to install where it is missing."""
    try:
        import av
    except ImportError:
        raise ValueError(f"videos need PyAV: {INSTALL_FILM}") from None
    return av
