"""Contained names: names that are one folder's or one file's, and paths that no link leads astray.

A name in a file from elsewhere must not be a path, and a link in a folder must not be written
through: what the lab writes stays under the root that the user named.
"""

from __future__ import annotations

import re
from pathlib import Path

RESERVED_NAME = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # Windows'
NAME_PATTERN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,63}")


def is_run_name(name: object) -> bool:
    """Whether a value is a run's name: a text of 1 to 64 portable characters, none a separator."""
    if not isinstance(name, str) or NAME_PATTERN.fullmatch(name) is None:
        return False
    return not name.endswith(".") and RESERVED_NAME.fullmatch(name) is None


def portable_file_name(text: str) -> str:
    """A text as one file's name: each run of other characters than A-Z a-z 0-9 . _ - is a _."""
    return re.sub(r"[^A-Za-z0-9._-]+", "_", text)


def refuse_links(path: Path, root: Path) -> Path:
    """Return path; ValueError where it, or a folder between it and root, is a link."""
    for part in (path, *path.parents):
        if part == root or root not in part.parents:
            break
        if part.is_symlink():
            raise ValueError(f"{part} is a link, and nothing is written through one")
    return path


def refuse_linked_entries(folder: Path) -> None:
    """Refuse a folder that is a link, or holds one that a writer would follow; ValueError."""
    for path in (folder, *sorted(folder.iterdir())):
        refuse_links(path, folder.parent)
