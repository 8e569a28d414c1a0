"""A log that is only ever appended to, so that a killed search can be replayed from it.

One JSON object a line with a checksum of the rest, flushed to the disk before the next candidate
is asked. A line that was torn by a kill is dropped; a damaged one further up is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lab.storage.append_log import append_line, read_lines
from lab.storage.verified_folder import canonical


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


def _differing(line: Mapping[str, Any], header: Mapping[str, Any]) -> str:
    old = line.get("header") or {}
    keys = sorted(set(old) | set(header))
    return ", ".join(k for k in keys if canonical(old.get(k)) != canonical(header.get(k)))
