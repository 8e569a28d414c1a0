"""Who sees a rearing: its numbers go to the record and to the console, its drawings to both."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

import torch

from lab.models.genotype import Genotype
from lab.terminal.progress import Console
from lab.training.flops import peak_memory

PACE_WINDOW = 20  # measurements that the time left is told from


class MetricsWriter(Protocol):
    """A record that numbers are written into."""

    def write(self, kind: str, step: int, **values: Any) -> None:
        """Add one measurement."""

    def forget(self, step: int) -> None:
        """Drop the measurements past a step."""


class RunLogger:
    """The Record of a rearing on one rank; book is None where a rank does not write."""

    def __init__(
        self,
        name: str,
        device: torch.device,
        metrics: MetricsWriter | None,
        sample_texts: Callable[[Genotype], list[str]],
    ) -> None:
        self.device, self.metrics, self.sample_texts = device, metrics, sample_texts
        self.console = Console(name, silent=metrics is None)
        self.pace: deque[tuple[float, float]] = deque(maxlen=PACE_WINDOW)

    def log(self, kind: str, step: int, **values: Any) -> None:
        """Write a measurement down and show it."""
        if kind == "train":
            values["left"] = self.remaining_seconds(values["seconds"], values["spent"])
            values["memory"] = peak_memory(self.device)
            self.console.show_training(step, values)
        elif kind == "evaluate":
            self.console.update_scores(values)
        if self.metrics is not None:
            self.metrics.write(kind, step, **values)

    def remaining_seconds(self, seconds: float, spent: float) -> float:
        """Wall time left in seconds, at the pace of the latest measurements."""
        self.pace.append((seconds, spent))
        first_seconds, first_spent = self.pace[0] if len(self.pace) > 1 else (0.0, 0.0)
        return (1 - spent) * (seconds - first_seconds) / max(spent - first_spent, 1e-9)

    def draw(self, genotype: Genotype, step: int) -> None:
        """Let the individual draw, and keep what it drew."""
        self.log("sample", step, texts=self.sample_texts(genotype))

    def resume(self, step: int) -> None:
        """Forget what was measured past the checkpoint: it will come again."""
        if self.metrics is not None:
            self.metrics.forget(step)
        if step:
            self.console.print_line(f"going on from step {step}")

    def warn(self, text: str) -> None:
        """Show a warning."""
        self.console.print_line(f"lab: {text}")
