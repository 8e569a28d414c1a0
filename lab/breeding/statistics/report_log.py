"""Report log: every look at the sealed report split, with its moment and purpose."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock

from lab.storage.append_log import _parse, append_line

TOUCHES = "report-touches.jsonl"  # under the root: every look at a sealed report split


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
