"""A reel grows frame by frame, and holds what was written whatever kills its writer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from lab.attention_maps import npy_stream


def test_a_reel_grows_and_can_be_read_at_any_time(tmp_path: Path) -> None:
    path, x = tmp_path / "inputs.npy", torch.randn(120, 5, 3)
    assert npy_stream.count_frames(path) == 0
    for number, one in enumerate(x, 1):
        npy_stream.write_frame(path, number, one)
        assert npy_stream.count_frames(path) == number
    assert np.array_equal(np.load(path), x.numpy())
    npy_stream.write_frame(path, 3, x[7])  # a film that goes on from its third frame
    assert np.array_equal(np.load(path), x[[0, 1, 7]].numpy())


@pytest.mark.parametrize("lost", [1, 59])
def test_a_torn_last_frame_is_not_counted(lost: int, tmp_path: Path) -> None:
    path, x = tmp_path / "inputs.npy", torch.randn(3, 5, 3)
    for number in (1, 2):
        npy_stream.write_frame(path, number, x[number - 1])
    head = path.read_bytes()[:-120]  # as it is while the third frame is written
    npy_stream.write_frame(path, 3, x[2])
    path.write_bytes(head + path.read_bytes()[len(head) : -lost])
    assert npy_stream.count_frames(path) == 2
    assert np.array_equal(np.load(path, mmap_mode="r"), x[:2].numpy())
    path.write_bytes(b"\0" * 130)
    assert npy_stream.count_frames(path) == 0
