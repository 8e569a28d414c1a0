"""Recording: every picture is in the file, and nothing half-written is left."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lab.corpora.video_writer import write_video


@pytest.mark.parametrize("shape", [(9, 7), (9, 7, 3)])
@pytest.mark.parametrize("kind", ["gif", "mp4"])
def test_every_picture_is_in_the_file(kind: str, shape: tuple[int, ...], tmp_path: Path) -> None:
    av = pytest.importorskip("av")
    path = tmp_path / "out" / f"film.{kind}"
    write_video(path, [np.full(shape, 40 * one, np.uint8) for one in range(6)], 10.0)
    with av.open(str(path)) as film:
        lights = [float(frame.to_ndarray(format="gray")[:7, :7].mean()) for frame in film.decode()]
    assert lights == pytest.approx([40 * one for one in range(6)], abs=8)
    assert [one.name for one in path.parent.iterdir()] == [path.name]
