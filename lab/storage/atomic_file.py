"""Atomic file: a file or folder that appears under its name complete or not at all.

A write goes to a temporary name beside the target, is flushed to the disk and renamed; then the
folder is flushed, so that the new name survives a power cut too. A killed writer leaves its
temporary file, which `remove_temporaries` or the sweep of a checkpoint folder removes.
"""

from __future__ import annotations

import json
import os
import platform
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

MAX_NAME_PART = (
    50  # characters of a target's name in its temporary one: file systems take 255 bytes
)


def write_atomic(path: Path, data: bytes) -> None:
    """Write a file in a folder that exists, in one step for every reader.

    OSError (a full disk, say) leaves the older file as it was and no temporary one behind.
    """
    with atomic_path(path) as temporary:
        temporary.write_bytes(data)


def write_json_atomic(path: Path, data: Any) -> None:
    """Write plain data as indented JSON; ValueError for NaN and infinity, which JSON lacks."""
    text = json.dumps(data, indent=2, allow_nan=False, ensure_ascii=False) + "\n"
    write_atomic(path, text.encode())


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """Yield a temporary path to write a file or folder to; it becomes `path` after the body.

    An error in the body, or in the flush, leaves an older `path` as it was and removes the
    temporary one. The older `path` may be a file or an empty folder.
    """
    temporary = temporary_path(path)
    try:
        yield temporary
        rename_durably(temporary, path)
    except BaseException:
        remove_path(temporary)
        raise


def temporary_path(path: Path) -> Path:
    """A name beside path that no other process uses: host and 64 random bits are part of it."""
    host = re.sub(r"\W", "_", platform.node(), flags=re.ASCII)[:16] or "_"
    return path.with_name(f".tmp-{path.name[:MAX_NAME_PART]}-{host}-{secrets.token_hex(8)}")


def remove_temporaries(path: Path) -> None:
    """Remove what killed writers of `path` left; only the holder of its lock may call this."""
    pattern = re.compile(rf"\.tmp-{re.escape(path.name[:MAX_NAME_PART])}-\w+-[0-9a-f]{{16}}")
    for leftover in path.parent.glob(".tmp-*"):
        if pattern.fullmatch(leftover.name):
            remove_path(leftover)


def remove_path(path: Path) -> None:
    """Remove a file, or a folder with all that is in it, if it is there."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def rename_durably(temporary: Path, path: Path) -> None:
    """Flush a finished file or folder, rename it to path, and flush the folder that names it."""
    flush_to_disk(temporary)
    os.replace(temporary, path)
    fsync_path(path.parent)


def flush_to_disk(path: Path) -> None:
    """Wait until a file, or a folder with every file below it, is on the disk."""
    for part in path.rglob("*") if path.is_dir() else ():
        fsync_path(part)
    fsync_path(path)


def fsync_path(path: Path) -> None:
    """Wait until a file's bytes, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
