"""Search log: a write-ahead log of scored candidates that a killed search is replayed from.

One JSON object a line with a checksum of the rest, flushed to the disk before the next candidate
is scored. A line that was torn by a kill is dropped; a damaged one further up is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lab.storage.append_log import append_log_entry, read_log_entries
from lab.storage.verified_folder import canonical_json


class SearchLog:
    """The requests and scores of a search, in order; those of an earlier process replay first.

    header holds what must not change between two processes of one search (parents, operator,
    corpus, seed). ValueError where the file's header is another one.
    """

    def __init__(self, path: Path, header: Mapping[str, Any]) -> None:
        """Open the log at path, or begin it."""
        self.path = path
        lines = read_log_entries(path)
        if not lines:
            append_log_entry(path, {"header": dict(header)})
        elif canonical_json(lines[0].get("header")) != canonical_json(dict(header)):
            raise ValueError(
                f"{path} was written by another search: {_differing_keys(lines[0], header)} differs"
            )
        self._logged_entries = lines[1:]
        self._position = 0

    def replay(self, request: Mapping[str, Any]) -> dict[str, Any] | None:
        """The logged entry for this request, or None where the log ends.

        request must be part of the entry, key for key; ValueError where the earlier process made
        another request at this point.
        """
        if self._position == len(self._logged_entries):
            return None
        entry = self._logged_entries[self._position]
        self._position += 1
        if any(
            canonical_json(entry.get(key)) != canonical_json(value)
            for key, value in request.items()
        ):
            raise ValueError(
                f"{self.path}, line {self._position + 1}: this search asks for another candidate "
                "than the one logged; move the file away to search afresh"
            )
        return entry

    def append(self, entry: Mapping[str, Any]) -> None:
        """Write one entry; it is on the disk when this returns."""
        append_log_entry(self.path, entry)


def _differing_keys(line: Mapping[str, Any], header: Mapping[str, Any]) -> str:
    logged_header = line.get("header") or {}
    keys = sorted(set(logged_header) | set(header))
    return ", ".join(
        k for k in keys if canonical_json(logged_header.get(k)) != canonical_json(header.get(k))
    )
