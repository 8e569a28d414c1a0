"""Sources: where data lie on this machine, and how a file comes there whole or not at all."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

INSTALL_DATA = "pip install 'model-breeding-lab[data]'"


def user_cache_folder() -> Path:
    """Return the lab's folder in the user's cache: $XDG_CACHE_HOME, else ~/.cache."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "model-breeding-lab"


def data_folder(data: str | Path | None = None) -> Path:
    """Return the folder that holds data: the one named, else the user's cache.

    Raises NotADirectoryError where something else has that name.
    """
    folder = Path(data).expanduser() if data else user_cache_folder()
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(f"the data folder {folder} is not a folder")
    return folder


def is_writable(folder: Path) -> bool:
    """Return whether files may be made below `folder`, which need not exist yet.

    A folder marked read-only is left alone even by a user who could write to it all the same.
    """
    while not folder.exists():
        folder = folder.parent
    return folder.is_dir() and bool(folder.stat().st_mode & 0o222) and os.access(folder, os.W_OK)


def find_data_files(data: str | Path | None, places: Sequence[str]) -> list[Path]:
    """Return the files of the first of `places` (glob patterns) that has any, sorted.

    Looked for in the data folder, then in the user's cache.
    """
    for folder in (data_folder(data), user_cache_folder()):
        for place in places:
            if files := sorted(file for file in folder.glob(place) if file.is_file()):
                return files
    return []


def writable_data_folder(data: str | Path | None, name: str) -> Path:
    """Return the folder `name` to keep new files in: below the data folder, else the cache."""
    folder = data_folder(data) / name
    return folder if is_writable(folder) else user_cache_folder() / name


def compute_sha256(path: Path) -> str:
    """Return the hexadecimal sha256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """Yield a path to write to; on leaving, it becomes `path` in one step, or after an error goes.

    Nobody ever reads a half-written `path`: the bytes are on the disk before the name is. What a
    killed process left is overwritten by the next, so `alone` belongs around it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f".{path.name}.new")
    try:
        yield staged
        rename_durably(staged, path)
    finally:
        staged.unlink(missing_ok=True)


@contextmanager
def hold_lock(path: Path) -> Iterator[None]:
    """Let one process at a time make `path`; another waits, and then finds it made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_name(f".{path.name}.lock")):
        yield


def rename_durably(staged: Path, path: Path) -> None:
    """Give a finished file or folder its name: flush it, rename it, flush the folder it is in."""
    if staged.is_file():
        fsync_path(staged)
    os.replace(staged, path)
    fsync_path(path.parent)


def fsync_path(path: Path) -> None:
    """Wait until a file's bytes, or a folder's names, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
