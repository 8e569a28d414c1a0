"""Reel: the inputs that show a film, frame after frame, in one file that grows.

A .npy of float32 [frames, T, D], 4 T D bytes a frame: 0.8 MB in GPT-2 at 256 positions. Such a file
has room in its head for any number of frames, so it is read as it stands at any time:

    np.load("inputs.npy", mmap_mode="r")[41]      what shows frame 42
"""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from torch import Tensor

from lab.storage.atomic_file import fsync_path


def count_frames(path: Path) -> int:
    """How many frames a reel holds; 0 where there is none, or one that was torn at its start."""
    try:
        return len(np.load(path, mmap_mode="r"))
    except (FileNotFoundError, ValueError, EOFError):
        return 0


def write_frame(path: Path, number: int, x: Tensor) -> None:
    """Write x [T, D] as frame `number`, from 1, which is now the last; those before it are there.

    The head is written last: whatever kills the writer, the frames that it counts are whole.
    """
    rows = x.detach().float().cpu().contiguous().numpy()
    header = io.BytesIO()
    header_fields = {
        "descr": rows.dtype.str,
        "fortran_order": False,
        "shape": (number, *rows.shape),
    }
    np.lib.format.write_array_header_1_0(header, header_fields)
    with open(path, "r+b" if path.exists() else "w+b") as file:
        file.seek(len(header.getvalue()) + (number - 1) * rows.nbytes)
        file.write(rows.tobytes())
        file.truncate()
        file.flush()
        fsync_path(path)
        file.seek(0)
        file.write(header.getvalue())
