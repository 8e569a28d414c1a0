"""Search progress: lines on how far a search is, and one where it is interrupted."""

from __future__ import annotations

import math
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Any

from lab.terminal.progress import LineTimer, format_time_left, print_line, warn

CAUGHT_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class SearchProgress:
    """A counter of the different children scored, of at most max_children (0: unlimited)."""

    def __init__(self, name: str, max_children: int) -> None:
        self.name, self.max_children, self.best = name, max_children, math.inf
        self.keys, self.replayed, self.new = set[str](), 0, False
        self.started_at, self.timer = time.monotonic(), LineTimer(first_at_once=False)

    def update(self, entry: Mapping[str, Any], replayed: bool) -> None:
        """Count an entry of the search's log; print a line where one is due."""
        self.keys.add(entry["key"])
        if replayed:
            self.replayed, self.started_at = len(self.keys), time.monotonic()
        elif self.replayed and not self.new:
            self.print_line(
                f"{self.replayed} were scored before and come from its log, it goes on there"
            )
        self.new = self.new or not replayed
        if entry["share"] == 1.0 and entry["bpc"] is not None:
            self.best = min(self.best, entry["bpc"])
        if not replayed and self.timer.is_due():
            self.print_line(self.format_line(time.monotonic()))

    def format_line(self, time_now: float) -> str:
        """Progress in words: "24 of at most 72 scored, best 3.6715 bpc, about 40 s left"."""
        count, new = len(self.keys), len(self.keys) - self.replayed
        total = max(self.max_children, count)
        parts = [f"{count} of at most {total} scored" if self.max_children else f"{count} scored"]
        if self.best < math.inf:
            parts.append(f"best {self.best:.4f} bpc")
        if self.max_children and new:
            seconds = (time_now - self.started_at) / new * (total - count)
            parts.append(f"about {format_time_left(seconds)}")
        return ", ".join(parts)

    def print_line(self, text: str) -> None:
        """Print a line that starts with the search's name."""
        print_line(f"{self.name}: {text}")


@contextmanager
def track_search(name: str, max_children: int) -> Iterator[SearchProgress]:
    """Yield the progress of the search in the body; an interrupt ends it with one line.

    Ctrl-C and SIGTERM raise SystemExit with 130 and 143: what was scored is in the log. Their
    handlers are restored after the body.
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
