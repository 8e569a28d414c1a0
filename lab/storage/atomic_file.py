"""Atomic file: a file or folder that appears under its name complete or not at all.

A write goes to a temporary name beside the target, is flushed to the disk and renamed; then the
folder is flushed, so that the new name survives a power cut too. A killed writer leaves its
temporary file, which `remove_temporaries` or the sweep of a checkpoint folder removes.
"""

from __future__ import annotations

import errno
import json
import os
import platform
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping
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
    write_atomic(path, indented_json(data))


def indented_json(data: Any) -> bytes:
    """Return plain data as indented JSON; ValueError for NaN and infinity, which JSON lacks."""
    return (json.dumps(data, indent=2, allow_nan=False, ensure_ascii=False) + "\n").encode()


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
    except BaseException as error:
        remove_path(temporary)
        if isinstance(error, OSError):
            name_the_file(error, path)
        raise


def write_files_atomic(files: Mapping[Path, bytes], obsolete: Path | None = None) -> None:
    """Write files that belong together: all are on the disk before the first takes its name.

    OSError (a full disk, say) leaves every older file as it was. Folders are made. obsolete, a
    record of the older files, is removed once the new ones are on the disk.
    """
    staged: dict[Path, Path] = {}
    try:
        for path, data in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            staged[path] = temporary_path(path)
            staged[path].write_bytes(data)
            flush_to_disk(staged[path])
        if obsolete is not None:
            obsolete.unlink(missing_ok=True)
        for path, temporary in staged.items():
            os.replace(temporary, path)
        for folder in {path.parent for path in staged}:
            fsync_path(folder)
    except BaseException as error:
        for temporary in staged.values():
            remove_path(temporary)
        if isinstance(error, OSError):
            name_the_file(error, next(iter(files)))
        raise


def is_read_only(error: OSError) -> bool:
    """Whether an error says that nothing may be written at a place."""
    return error.errno in (errno.EROFS, errno.EACCES, errno.EPERM)


def name_the_file(error: OSError, path: Path) -> None:
    """Have an error say which file was written: a full disk names none, or a temporary one."""
    if error.errno is not None:
        error.filename, error.filename2 = str(path), None


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


def remove_all_temporaries(*folders: Path) -> None:
    """Remove what killed writers left in folders; only who alone may write there may call this."""
    for folder in folders:
        for leftover in folder.glob(".tmp-*"):
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
