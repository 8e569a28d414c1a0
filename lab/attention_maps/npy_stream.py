"""NPY stream: an array file that grows by one frame at a time and stays readable.

A .npy of float32 [frames, T, D], 4 T D bytes a frame: 0.8 MB in GPT-2 at 256 positions. The header
reserves room for any frame count, so the file can be read at any time:

    np.load("inputs.npy", mmap_mode="r")[41]      the input of frame 42
"""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from torch import Tensor

from lab.storage.atomic_file import fsync_path


def count_frames(path: Path) -> int:
    """Return the number of frames in a file; 0 for a missing file or a torn header."""
    try:
        return len(np.load(path, mmap_mode="r"))
    except (FileNotFoundError, ValueError, EOFError):
        return 0


def write_frame(path: Path, number: int, x: Tensor) -> None:
    """Write x [T, D] as frame `number`, counted from 1, which becomes the last.

    The header is written last, so the frames that it counts are complete after any crash.
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
