"""Append-only log: one checksummed JSON line at a time, on the disk before the call returns."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lab.storage.verified_folder import canonical


def append_line(path: Path, entry: Mapping[str, Any]) -> None:
    """Append one checksummed JSON line and flush it to the disk; ValueError for NaN."""
    line = canonical({**entry, "crc": zlib.crc32(canonical(dict(entry)))}) + b"\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "ab") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Every entry of a log, oldest first; none where there is no file.

    A torn last line is cut off the file. ValueError names a damaged line before it.
    """
    if not path.exists():
        return []
    lines = path.read_bytes().splitlines(keepends=True)
    entries = []
    for number, line in enumerate(lines, start=1):
        if (entry := _parse(line)) is not None:
            entries.append(entry)
        elif number == len(lines):
            os.truncate(path, sum(map(len, lines[:-1])))
        else:
            raise ValueError(f"{path}, line {number} is damaged: this log cannot be trusted")
    return entries


def _parse(line: bytes) -> dict[str, Any] | None:
    try:
        entry = json.loads(line)
        crc = entry.pop("crc")
    except (ValueError, AttributeError, KeyError):
        return None
    whole = line.endswith(b"\n") and crc == zlib.crc32(canonical(entry))
    return dict(entry) if whole else None
