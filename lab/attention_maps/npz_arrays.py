"""NPZ arrays: the arrays of an .npz file that are wanted, bounded by their headers before reading.

NumPy's format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html. A file of a
few kB may hold an array of gigabytes; what nobody asks for is not unpacked.
"""

from __future__ import annotations

import math
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np

MAX_BYTES = 2**31  # of one array
NUMBER_KINDS = "fiu"  # NumPy's kinds of real numbers: no text, dates, records or objects


def read_arrays(
    path: Path, names: Sequence[str], optional: Sequence[str] = ()
) -> dict[str, np.ndarray]:
    """Read the named arrays of a file; ValueError names the file and what is wrong with it.

    An array of names must be there, of optional may be. Each holds numbers, has a dimension and
    at most MAX_BYTES.
    """
    if path.exists() and not path.is_file():
        raise ValueError(f"{path} is no file")
    try:
        with zipfile.ZipFile(path) as archive:
            present = set(archive.namelist())
            if missing := [name for name in names if f"{name}.npy" not in present]:
                raise ValueError(f"it has no {missing[0]}")
            wanted = [name for name in (*names, *optional) if f"{name}.npy" in present]
            return {name: _read_array(archive, name) for name in wanted}
    except OSError:
        raise
    except Exception as error:  # a damaged file raises whatever its bytes lead to
        raise ValueError(f"{path} is no file of arrays: {error}") from None


def _read_array(archive: zipfile.ZipFile, name: str) -> np.ndarray:
    with archive.open(f"{name}.npy") as file:
        version = np.lib.format.read_magic(cast(BinaryIO, file))
        header = np.lib.format.read_array_header_1_0
        if version != (1, 0):
            header = np.lib.format.read_array_header_2_0
        shape, _, dtype = header(cast(BinaryIO, file))
    size = math.prod(shape) * dtype.itemsize
    if dtype.kind not in NUMBER_KINDS or not shape or not size:
        raise ValueError(f"{name} holds no numbers: {dtype} {list(shape)}"[:200])
    if size > MAX_BYTES:
        raise ValueError(f"{name} has {size:,} bytes, more than {MAX_BYTES:,}")
    with archive.open(f"{name}.npy") as file:
        return np.lib.format.read_array(cast(BinaryIO, file), allow_pickle=False)
