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
from lab.terminal.progress import duration

PATIENCE = 10.0  # seconds between two lines about a search
CAUGHT = (signal.SIGINT, signal.SIGTERM)


class Watch:
    """How far a search is: the different children scored, of at most `most` (0: nobody knows)."""

    def __init__(self, name: str, most: int) -> None:
        self.name, self.most, self.best = name, most, math.inf
        self.keys, self.replayed, self.new = set[str](), 0, False
        self.began = self.told = time.monotonic()

    def tell(self, entry: Mapping[str, Any], replayed: bool) -> None:
        """Count an entry of a search's record, and say now and then how far it is."""
        now = time.monotonic()
        self.keys.add(entry["key"])
        if replayed:
            self.replayed, self.began = len(self.keys), now
        elif self.replayed and not self.new:
            self.say(f"{self.replayed} were scored before and come from its log, it goes on there")
        self.new = self.new or not replayed
        if entry["share"] == 1.0 and entry["bpc"] is not None:
            self.best = min(self.best, entry["bpc"])
        if not replayed and now - self.told > PATIENCE:
            self.told = now
            self.say(self.line(now))

    def line(self, now: float) -> str:
        """24 of at most 72 scored, best 3.6715 bpc, about 40 s left."""
        count, new = len(self.keys), len(self.keys) - self.replayed
        most = max(self.most, count)
        parts = [f"{count} of at most {most} scored" if self.most else f"{count} scored"]
        if self.best < math.inf:
            parts.append(f"best {self.best:.4f} bpc")
        if self.most and new:
            parts.append(f"about {duration((now - self.began) / new * (most - count))} left")
        return ", ".join(parts)

    def say(self, text: str) -> None:
        """Print a line under the search's name."""
        print(f"{self.name}: {text}", file=sys.stderr)


@contextmanager
def watched(name: str, most: int) -> Iterator[Watch]:
    """Watch while the body searches. An interrupt (Ctrl-C, SIGTERM) says that nothing is lost.

    Raises SystemExit then, with 130 and 143; the handlers before it come back after it.
    """
    watch = Watch(name, most)

    def handle(number: int, _: FrameType | None) -> None:
        done = len(watch.keys)
        warn(f"interrupted in the search, {done} scored; the same command goes on there")
        raise SystemExit(128 + number)

    before = {number: signal.signal(number, handle) for number in CAUGHT}
    try:
        yield watch
        if watch.replayed and not watch.new:
            watch.say(f"all {watch.replayed} were scored before and come from its log")
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
