"""Rendering: a film of characters rasterised to an animated GIF or a video."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from lab.corpora import video_writer
from lab.films.frame_view import GAP, differing_cells, frame_cells, frame_size

CHARACTERS_BY_INK = " .`',:;-~_=+*!?xozXO0#%&$@"  # by rising ink
CELL_WIDTH = 4  # pixels that a cell is wide; it is twice as high
WRONG_COLOUR = (220, 60, 40)


def rasterise_frames(
    frames: Sequence[str], truth: Sequence[str] | None, cell: int = CELL_WIDTH
) -> np.ndarray:
    """Rasterise frames to pixels [N, height, width, 3], 0 to 255; truth at the right, errors red.

    A character's brightness is its rank by ink among the film's characters.
    """
    height, width = frame_size((truth or frames)[0])
    characters = sorted(
        {character for frame in frames for character in frame} - {"\n"}, key=_ink_rank
    )
    levels = {
        character: round(255 * at / max(1, len(characters) - 1))
        for at, character in enumerate(characters)
    }

    def grey(grid: list[list[str]]) -> np.ndarray:
        light = np.array(
            [[levels.get(character, 0) for character in line] for line in grid], np.uint8
        )
        return np.repeat(light[:, :, None], 3, 2)

    images = []
    for at, frame in enumerate(frames):
        written = frame_cells(frame, height, width)
        picture = grey(written)
        if truth is not None:
            truth_cells = frame_cells(truth[at], height, width)
            picture[np.array(differing_cells(written, truth_cells))] = WRONG_COLOUR
            space = np.full((height, GAP, 3), 64, np.uint8)
            picture = np.concatenate([picture, space, grey(truth_cells)], axis=1)
        images.append(picture.repeat(2 * cell, 0).repeat(cell, 1))
    return np.stack(images)


def write_animation(
    path: Path, frames: Sequence[str], rate: float, truth: Sequence[str] | None
) -> Path:
    """Write a .gif or .mp4 atomically; ValueError says what is not installed."""
    video_writer.write_video(path, list(rasterise_frames(frames, truth)), rate, colours=32)
    return path


def _ink_rank(character: str) -> tuple[int, str]:
    rank = CHARACTERS_BY_INK.find(character)
    return (len(CHARACTERS_BY_INK) if rank < 0 else rank), character
