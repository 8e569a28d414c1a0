"""Append-only log: one checksummed JSON line at a time, on the disk before the call returns."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lab.storage.verified_folder import canonical_json


def append_log_entry(path: Path, entry: Mapping[str, Any]) -> None:
    """Append one checksummed JSON line and flush it to the disk; ValueError for NaN."""
    line = canonical_json({**entry, "crc": zlib.crc32(canonical_json(dict(entry)))}) + b"\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "ab") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def read_log_entries(path: Path) -> list[dict[str, Any]]:
    """Every entry of a log, oldest first; none where there is no file.

    A torn last line is cut off the file. ValueError names a damaged line before it.
    """
    if not path.exists():
        return []
    lines = path.read_bytes().splitlines(keepends=True)
    entries = []
    for number, line in enumerate(lines, start=1):
        if (entry := parse_log_entry(line)) is not None:
            entries.append(entry)
        elif number == len(lines):
            os.truncate(path, sum(map(len, lines[:-1])))
        else:
            raise ValueError(f"{path}, line {number} is damaged: this log cannot be trusted")
    return entries


def parse_log_entry(line: bytes) -> dict[str, Any] | None:
    """Return one line's entry, None for a line that is torn or damaged."""
    try:
        entry = json.loads(line)
        crc = entry.pop("crc")
    except (ValueError, AttributeError, KeyError):
        return None
    is_intact = line.endswith(b"\n") and crc == zlib.crc32(canonical_json(entry))
    return dict(entry) if is_intact else None
