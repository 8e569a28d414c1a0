"""A log that is only ever appended to, so that a killed search can be replayed from it.

One JSON object a line with a checksum of the rest, flushed to the disk before the next candidate
is asked. A line that was torn by a kill is dropped; a damaged one further up is refused.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock

from lab.models.sealed import canonical

TOUCHES = "report-touches.jsonl"  # under the root: every look at a sealed report split


class Journal:
    """What a search asked and got, in order; entries of an earlier life are handed back first.

    header says what must not change between two lives of a search (parents, operator, corpus,
    seed). ValueError where the file's header is another one.
    """

    def __init__(self, path: Path, header: Mapping[str, Any]) -> None:
        """Open the log at path, or begin it."""
        self.path = path
        lines = read_lines(path)
        if not lines:
            append_line(path, {"header": dict(header)})
        elif canonical(lines[0].get("header")) != canonical(dict(header)):
            raise ValueError(
                f"{path} was written by another search: {_differing(lines[0], header)} differs"
            )
        self._earlier = lines[1:]
        self._next = 0

    def replay(self, asked: Mapping[str, Any]) -> dict[str, Any] | None:
        """The logged entry for what is asked now, or None where the log ends.

        asked must be part of the entry, key for key; ValueError where the search has asked for
        something else at this point in its earlier life.
        """
        if self._next == len(self._earlier):
            return None
        entry = self._earlier[self._next]
        self._next += 1
        if any(canonical(entry.get(key)) != canonical(value) for key, value in asked.items()):
            raise ValueError(
                f"{self.path}, line {self._next + 1}: this search asks for another candidate than "
                "the one logged; move the file away to search afresh"
            )
        return entry

    def append(self, entry: Mapping[str, Any]) -> None:
        """Write one entry; it is on the disk when this returns."""
        append_line(self.path, entry)


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


def touch(path: Path, candidate: str, purpose: str, **more: Any) -> None:
    """Write down that a candidate (its id) is about to be scored on the sealed report split.

    more is whatever else is worth knowing of it. One process writes at a time; a line that a kill
    tore is cut off first.
    """
    locks = path.parent / ".locks"
    locks.mkdir(parents=True, exist_ok=True)
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    with FileLock(locks / f"{path.name}.lock"):
        if path.exists() and not (lines := path.read_bytes()).endswith(b"\n"):
            os.truncate(path, lines.rfind(b"\n") + 1)
        append_line(path, {**more, "candidate": candidate, "purpose": purpose, "at": moment})


def touches(path: Path) -> list[dict[str, Any]]:
    """Every touch of the report split so far: candidate, purpose, and the moment (UTC).

    A torn last line is left out. ValueError names a line that is no touch; nothing is cut off.
    """
    lines = path.read_bytes().splitlines(keepends=True) if path.exists() else []
    whole = [line for line in lines if line.endswith(b"\n")]
    found = [_parse(line) for line in whole]
    for number, entry in enumerate(found, start=1):
        if entry is None or not {"candidate", "purpose", "at"} <= entry.keys():
            raise ValueError(
                f"{path}, line {number} is damaged, or of an older lab: move the file away, "
                "and touches are noted in a new one"
            )
    return [entry for entry in found if entry is not None]


def _parse(line: bytes) -> dict[str, Any] | None:
    try:
        entry = json.loads(line)
        crc = entry.pop("crc")
    except (ValueError, AttributeError, KeyError):
        return None
    whole = line.endswith(b"\n") and crc == zlib.crc32(canonical(entry))
    return dict(entry) if whole else None


def _differing(line: Mapping[str, Any], header: Mapping[str, Any]) -> str:
    old = line.get("header") or {}
    keys = sorted(set(old) | set(header))
    return ", ".join(k for k in keys if canonical(old.get(k)) != canonical(header.get(k)))
