"""Writing a film to a file that others can show: an animated GIF, or a video.

Pillow, https://python-pillow.org, writes the one; PyAV, https://pyav.basswood-io.com, the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from lab.corpora.sources import whole
from lab.corpora.video import INSTALL, library
from lab.films.screen import GAP, cells, size, wrong

INK = " .`',:;-~_=+*!?xozXO0#%&$@"  # from little to much
CELL = 4  # pixels that a cell is wide; it is twice as high
WRONG = (220, 60, 40)


def pictures(frames: Sequence[str], truth: Sequence[str] | None, cell: int = CELL) -> np.ndarray:
    """Frames as pixels [N, height, width, 3] of 0 to 255; truth stands at the right, wrong is red.

    A character's brightness is that of its ink among those that the film has.
    """
    height, width = size((truth or frames)[0])
    signs = sorted({one for frame in frames for one in frame} - {"\n"}, key=_ink)
    levels = {one: round(255 * at / max(1, len(signs) - 1)) for at, one in enumerate(signs)}

    def grey(grid: list[list[str]]) -> np.ndarray:
        light = np.array([[levels.get(one, 0) for one in line] for line in grid], np.uint8)
        return np.repeat(light[:, :, None], 3, 2)

    made = []
    for at, frame in enumerate(frames):
        written = cells(frame, height, width)
        picture = grey(written)
        if truth is not None:
            right = cells(truth[at], height, width)
            picture[np.array(wrong(written, right))] = WRONG
            space = np.full((height, GAP, 3), 64, np.uint8)
            picture = np.concatenate([picture, space, grey(right)], axis=1)
        made.append(picture.repeat(2 * cell, 0).repeat(cell, 1))
    return np.stack(made)


def write(path: Path, frames: Sequence[str], rate: float, truth: Sequence[str] | None) -> Path:
    """Write a .gif or .mp4, whole or not at all. ValueError says what is not installed."""
    writer = {".gif": _gif, ".mp4": _mp4}[path.suffix]
    with whole(path) as staged:
        writer(staged, pictures(frames, truth), rate)
    return path


def _gif(path: Path, film: np.ndarray, rate: float) -> None:
    try:
        from PIL import Image
    except ImportError:
        raise ValueError(f"a GIF needs Pillow: {INSTALL}") from None
    images = [Image.fromarray(picture).quantize(32) for picture in film]
    lasting = max(20, 10 * round(100 / rate))  # ms; a GIF counts in hundredths of a second
    images[0].save(
        path, "GIF", save_all=True, append_images=images[1:], duration=lasting, loop=0,
        optimize=False,
    )  # fmt: skip


def _mp4(path: Path, film: np.ndarray, rate: float) -> None:
    av: Any = library()
    codec = "libx264" if "libx264" in av.codecs_available else "mpeg4"
    with av.open(str(path), "w", format="mp4") as out:
        stream = out.add_stream(codec, rate=Fraction(rate).limit_denominator(1000))
        stream.height, stream.width = (side + side % 2 for side in film.shape[1:3])
        stream.pix_fmt = "yuv420p"
        for picture in film:
            even = np.pad(picture, [(0, side % 2) for side in picture.shape[:2]] + [(0, 0)])
            for packet in stream.encode(av.VideoFrame.from_ndarray(even, format="rgb24")):
                out.mux(packet)
        for packet in stream.encode():
            out.mux(packet)


def _ink(one: str) -> tuple[int, str]:
    found = INK.find(one)
    return (len(INK) if found < 0 else found), one
