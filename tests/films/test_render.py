"""Films as files: read back, they have as many pictures, as long, and the wrong cells in red."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lab.films.render import CELL_WIDTH, WRONG_COLOUR, rasterise_frames, write_animation

FRAMES = ["@...\n....", ".@..\n....", "..@.\n...."]


def test_pixels_follow_cells() -> None:
    film = rasterise_frames(FRAMES, None, cell=1)
    assert film.shape == (3, 4, 4, 3)
    assert (film[1, :2, 1] == 255).all() and film[1].sum() == 2 * 3 * 255
    beside = rasterise_frames(FRAMES, ["@...\n...."] * 3, cell=1)
    assert beside.shape == (3, 4, 11, 3)
    assert (beside[1, :2, :2] == WRONG_COLOUR).all() and (beside[0, :, :4] == film[0]).all()


def test_a_gif_holds_every_frame(tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image")
    path = write_animation(tmp_path / "film.gif", FRAMES, 10.0, None)
    with image.open(path) as gif:
        assert gif.n_frames == 3 and gif.info["duration"] == 100
        gif.seek(2)
        picture = np.array(gif.convert("L"))
    assert picture.shape == (2 * 2 * CELL_WIDTH, 4 * CELL_WIDTH)
    assert picture[0, 2 * CELL_WIDTH] > 200 and picture[0, 0] < 50
    assert [one.name for one in tmp_path.glob("*film*")] == ["film.gif"]


def test_a_video_holds_every_frame(tmp_path: Path) -> None:
    av = pytest.importorskip("av")
    path = write_animation(tmp_path / "film.mp4", FRAMES * 4, 8.0, None)
    with av.open(str(path)) as film:
        shown = [frame.to_ndarray(format="gray") for frame in film.decode(video=0)]
        assert film.streams.video[0].average_rate == 8
    assert len(shown) == 12 and shown[0].shape == (16, 16)
    assert shown[0][4, 2] > 150 and shown[0][4, 10] < 100
