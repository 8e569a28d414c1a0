"""Atomic: a file that is there whole or not at all, whatever kills its writer."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


def write_atomic(path: Path, data: bytes) -> None:
    """Write to a temporary file, flush it to the disk, rename it, flush the folder.

    OSError (a full disk, say) leaves the older file as it was and no temporary one behind.
    """
    temporary = path.with_name(f".tmp-{path.name}-{os.getpid()}")
    try:
        with open(temporary, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def write_json_atomic(path: Path, data: Any) -> None:
    """Write plain data as indented JSON; ValueError for NaN and infinity, which JSON has not."""
    write_atomic(
        path, (json.dumps(data, indent=2, allow_nan=False, ensure_ascii=False) + "\n").encode()
    )
