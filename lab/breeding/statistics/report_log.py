"""Report log: every evaluation on the held-out report split, with its time and purpose."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock

from lab.storage.append_log import append_log_entry, cut_unfinished_line, parse_log_entry

REPORT_LOG_NAME = "report-touches.jsonl"  # under the root of all runs


def record_evaluation(path: Path, candidate: str, purpose: str, **details: Any) -> None:
    """Log, before it happens, that a candidate (its id) is scored on the report split.

    details are further keys of the entry. A file lock lets one process write at a time; a line
    that a kill tore is cut off first.
    """
    locks = path.parent / ".locks"
    locks.mkdir(parents=True, exist_ok=True)
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    with FileLock(locks / f"{path.name}.lock"):
        cut_unfinished_line(path)
        append_log_entry(
            path, {**details, "candidate": candidate, "purpose": purpose, "at": moment}
        )


def read_evaluations(path: Path) -> list[dict[str, Any]]:
    """Every evaluation on the report split so far: candidate, purpose, and time (UTC).

    A torn last line is left out, not cut off. ValueError names a damaged line.
    """
    lines = path.read_bytes().splitlines(keepends=True) if path.exists() else []
    complete_lines = [line for line in lines if line.endswith(b"\n")]
    entries = [parse_log_entry(line) for line in complete_lines]
    for number, entry in enumerate(entries, start=1):
        if entry is None or not {"candidate", "purpose", "at"} <= entry.keys():
            raise ValueError(
                f"{path}, line {number} is damaged, or of an older lab: move the file away to "
                "start a new one"
            )
    return [entry for entry in entries if entry is not None]
