"""What a person sees while an individual grows: a bar in a terminal, elsewhere a line at times."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping

from tqdm import tqdm

LINE_INTERVAL = 10.0  # seconds between lines where stderr is not a terminal


class Console:
    """Progress of one run on stderr; silent ones show nothing."""

    def __init__(self, name: str, silent: bool = False) -> None:
        self.name, self.silent, self.last_line_time = name, silent, 0.0
        self.is_terminal = sys.stderr.isatty()
        self.bar: tqdm | None = None
        self.scores = ""

    def show_training(self, step: int, numbers: Mapping[str, float]) -> None:
        """Show loss, speed and time left; numbers are those of a line of training."""
        if self.silent:
            return
        text = f"loss {numbers['loss']:.3f}{self.scores}  {numbers['speed']:,.0f} characters/s"
        if self.is_terminal:
            self.bar = self.bar or tqdm(
                total=100, desc=self.name, bar_format="{desc} {percentage:3.0f}% |{bar}| {postfix}"
            )
            self.bar.n = round(100 * numbers["spent"])
            self.bar.set_postfix_str(f"{text}, {format_duration(numbers['left'])} left")
        elif time.monotonic() - self.last_line_time > LINE_INTERVAL:
            self.last_line_time = time.monotonic()
            share = f"{100 * numbers['spent']:3.0f} %"
            self.print_line(
                f"{self.name}  {share}  step {step}  {text}  {format_duration(numbers['left'])} "
                "left"
            )

    def update_scores(self, numbers: Mapping[str, float]) -> None:
        """Keep the newest scores in view."""
        self.scores = f", select {numbers['bpc']:.3f} bpc {100 * numbers['accuracy']:.1f} %"

    def print_line(self, text: str) -> None:
        """Print a line without tearing the bar."""
        if not self.silent:
            tqdm.write(text, file=sys.stderr)

    def close(self) -> None:
        """Leave the bar as it stands."""
        if self.bar:
            self.bar.close()


def format_duration(seconds: float) -> str:
    """The time as a person says it: 45 s, 12 min, 3.5 h, 2.1 days."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 48 * 3600 else f"{seconds / 86400:.1f} days"
