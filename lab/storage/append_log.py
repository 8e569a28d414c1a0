"""Append-only log: checksummed JSON lines, each on the disk before the call returns."""

from __future__ import annotations

import os
import zlib
from collections.abc import Mapping
from io import FileIO
from pathlib import Path
from typing import Any

from lab.storage.atomic_file import fsync_path, name_the_file
from lab.storage.bounded_reader import parse_json
from lab.storage.verified_folder import canonical_json


def append_log_entry(path: Path, entry: Mapping[str, Any]) -> None:
    """Append one JSON line with the CRC-32 of its canonical form; ValueError for NaN."""
    line = canonical_json({**entry, "crc": zlib.crc32(canonical_json(dict(entry)))}) + b"\n"
    append_durably(path, line)


def append_durably(path: Path, data: bytes) -> None:
    """Append bytes and flush them to the disk, with the file's name where the file is new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    is_new = not path.exists()
    with open(path, "ab", buffering=0) as file:
        append_whole(file, data)
    fsync_path(path)
    if is_new:
        fsync_path(path.parent)


def append_whole(file: FileIO, data: bytes) -> None:
    """Append bytes to an unbuffered file, all or none; the caller is its only writer.

    A disk that fills up takes a part and says so by a count alone: the rest is tried again, which
    raises, and the part is cut off. OSError names the file.
    """
    size, rest = os.fstat(file.fileno()).st_size, memoryview(data)
    try:
        while rest:
            rest = rest[file.write(rest) :]
    except OSError as error:
        os.ftruncate(file.fileno(), size)
        name_the_file(error, Path(file.name))
        raise


def read_log_entries(path: Path) -> list[dict[str, Any]]:
    """Every entry of a log, oldest first; none where there is no file.

    A torn last line is cut off the file. ValueError names a damaged line before it.
    """
    if not path.exists():
        return []
    entries, intact_bytes, damaged = list[dict[str, Any]](), 0, 0
    with open(path, "rb") as file:
        for number, line in enumerate(file, start=1):
            if damaged:  # not the last line, so no kill has torn it
                raise ValueError(
                    f"{path}, line {damaged} is damaged: move the file away to start anew"
                )
            if (entry := parse_log_entry(line)) is None:
                damaged = number
            else:
                entries.append(entry)
                intact_bytes += len(line)
    if damaged:
        os.truncate(path, intact_bytes)
    return entries


def cut_unfinished_line(path: Path) -> None:
    """Cut off what follows the last newline: a line that a kill tore; other lines are not read."""
    content = path.read_bytes() if path.exists() else b""
    if not content.endswith(b"\n") and content:
        os.truncate(path, content.rfind(b"\n") + 1)


def parse_log_entry(line: bytes) -> dict[str, Any] | None:
    """Return one line's entry, None for a line that is torn or damaged."""
    try:
        entry = parse_json(line, "the line")
        crc = entry.pop("crc")
        is_intact = line.endswith(b"\n") and crc == zlib.crc32(canonical_json(entry))
    except (ValueError, AttributeError, KeyError, TypeError):
        return None
    return dict(entry) if is_intact else None
