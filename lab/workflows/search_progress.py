"""A watch over a search: a line at times on how far it is, and a word where it is interrupted.

Used by `lab.breed`.
"""

from __future__ import annotations

import math
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Any

from lab.records import warn
from lab.terminal.progress import format_duration

SECONDS_BETWEEN_LINES = 10.0  # seconds between two lines about a search
CAUGHT_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class SearchProgress:
    """How far a search is: the different children scored, of at most `most` (0: nobody knows)."""

    def __init__(self, name: str, max_children: int) -> None:
        self.name, self.max_children, self.best = name, max_children, math.inf
        self.keys, self.replayed, self.new = set[str](), 0, False
        self.started_at = self.reported_at = time.monotonic()

    def update(self, entry: Mapping[str, Any], replayed: bool) -> None:
        """Count an entry of a search's record, and say now and then how far it is."""
        time_now = time.monotonic()
        self.keys.add(entry["key"])
        if replayed:
            self.replayed, self.started_at = len(self.keys), time_now
        elif self.replayed and not self.new:
            self.print_line(
                f"{self.replayed} were scored before and come from its log, it goes on there"
            )
        self.new = self.new or not replayed
        if entry["share"] == 1.0 and entry["bpc"] is not None:
            self.best = min(self.best, entry["bpc"])
        if not replayed and time_now - self.reported_at > SECONDS_BETWEEN_LINES:
            self.reported_at = time_now
            self.print_line(self.format_line(time_now))

    def format_line(self, time_now: float) -> str:
        """24 of at most 72 scored, best 3.6715 bpc, about 40 s left."""
        count, new = len(self.keys), len(self.keys) - self.replayed
        total = max(self.max_children, count)
        parts = [f"{count} of at most {total} scored" if self.max_children else f"{count} scored"]
        if self.best < math.inf:
            parts.append(f"best {self.best:.4f} bpc")
        if self.max_children and new:
            parts.append(
                f"about {format_duration((time_now - self.started_at) / new * (total - count))} "
                "left"
            )
        return ", ".join(parts)

    def print_line(self, text: str) -> None:
        """Print a line under the search's name."""
        print(f"{self.name}: {text}", file=sys.stderr)


@contextmanager
def track_search(name: str, max_children: int) -> Iterator[SearchProgress]:
    """Watch while the body searches. An interrupt (Ctrl-C, SIGTERM) says that nothing is lost.

    Raises SystemExit then, with 130 and 143; the handlers before it come back after it.
    """
    progress = SearchProgress(name, max_children)

    def handle(number: int, _: FrameType | None) -> None:
        count = len(progress.keys)
        warn(f"interrupted in the search, {count} scored; the same command goes on there")
        raise SystemExit(128 + number)

    previous_handlers = {number: signal.signal(number, handle) for number in CAUGHT_SIGNALS}
    try:
        yield progress
        if progress.replayed and not progress.new:
            progress.print_line(f"all {progress.replayed} were scored before and come from its log")
    finally:
        for number, handler in previous_handlers.items():
            signal.signal(number, handler)
