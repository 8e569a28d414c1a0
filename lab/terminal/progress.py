"""Progress: lines, bars, durations and warnings on stderr, for training, search and studies."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping

from tqdm import tqdm

from lab.terminal.safe_text import escape_to_line, escape_unsafe

LINE_INTERVAL = 10.0  # seconds between lines where stderr is not a terminal


class LineTimer:
    """A rate limit for progress lines: one per LINE_INTERVAL; the first at once, or after one."""

    def __init__(self, first_at_once: bool) -> None:
        self.last_time = 0.0 if first_at_once else time.monotonic()

    def is_due(self) -> bool:
        """Whether a line may be printed now; True starts the next interval."""
        now = time.monotonic()
        if now - self.last_time <= LINE_INTERVAL:
            return False
        self.last_time = now
        return True


class Console:
    """Training progress of one run on stderr: a bar in a terminal, lines elsewhere, or silence."""

    def __init__(self, name: str, silent: bool = False) -> None:
        self.name, self.silent = name, silent
        self.timer = LineTimer(first_at_once=True)
        self.is_terminal = sys.stderr.isatty()
        self.bar: tqdm | None = None
        self.scores = ""

    def show_training(self, step: int, numbers: Mapping[str, float]) -> None:
        """Show loss, speed and time left; numbers are those of a train line in metrics.jsonl."""
        if self.silent:
            return
        text = f"loss {numbers['loss']:.3f}{self.scores}  {numbers['speed']:,.0f} characters/s"
        time_left = format_time_left(numbers["left"])
        if self.is_terminal:
            self.bar = self.bar or tqdm(
                total=100, desc=self.name, bar_format="{desc} {percentage:3.0f}% |{bar}| {postfix}"
            )
            self.bar.n = round(100 * numbers["spent"])
            self.bar.set_postfix_str(f"{text}, {time_left}")
        elif self.timer.is_due():
            share = f"{100 * numbers['spent']:3.0f} %"
            self.print_line(f"{self.name}  {share}  step {step}  {text}  {time_left}")

    def update_scores(self, numbers: Mapping[str, float]) -> None:
        """Show these scores of the select split from the next line on."""
        self.scores = f", select {numbers['bpc']:.3f} bpc {100 * numbers['accuracy']:.1f} %"

    def print_line(self, text: str) -> None:
        """Print a line without tearing the bar."""
        if not self.silent:
            print_line(text)

    def close(self) -> None:
        """End the bar, which stays on the screen."""
        if self.bar:
            self.bar.close()


def print_line(text: str) -> None:
    """Print a line on stderr, safe for a terminal, without tearing a bar there."""
    tqdm.write(escape_unsafe(text), file=sys.stderr)


def warn(text: str) -> None:
    """Print one warning of the lab on stderr, safe for a terminal."""
    print_line(f"lab: {escape_to_line(text)}")


def format_time_left(seconds: float) -> str:
    """The remaining time in words: "12 min left"."""
    return f"{format_duration(seconds)} left"


def format_duration(seconds: float) -> str:
    """A time in words, in the largest unit that fits: 45 s, 12 min, 3.5 h, 2.1 days."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 48 * 3600 else f"{seconds / 86400:.1f} days"
