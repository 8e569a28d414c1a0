"""Writing a film of characters to a file that others can show: an animated GIF, or a video."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from lab.corpora import video_writer
from lab.films.frame_view import GAP, cells, size, wrong

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
    video_writer.write(path, list(pictures(frames, truth)), rate, colours=32)
    return path


def _ink(one: str) -> tuple[int, str]:
    found = INK.find(one)
    return (len(INK) if found < 0 else found), one
