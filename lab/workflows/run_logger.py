"""Run logger: metrics to the run's record and to the console, with sample drawings and warnings."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

import torch

from lab.models.genotype import Genotype
from lab.records import Run
from lab.terminal.progress import Console
from lab.training.flops import peak_memory

PACE_WINDOW = 20  # measurements from which the time left is estimated


class RunLogger:
    """The `Logger` of a training run on one rank.

    run is None on ranks that do not write. draw_samples: genotype -> the texts of its drawings.
    """

    def __init__(
        self,
        name: str,
        device: torch.device,
        run: Run | None,
        draw_samples: Callable[[Genotype], list[str]],
    ) -> None:
        self.device, self.run, self.draw_samples = device, run, draw_samples
        self.console = Console(name, silent=run is None)
        self.pace: deque[tuple[float, float]] = deque(maxlen=PACE_WINDOW)

    def log(self, kind: str, step: int, **values: Any) -> None:
        """Record a measurement and show it; training gets the time left and the memory in use."""
        if kind == "train":
            values["left"] = self.remaining_seconds(values["seconds"], values["spent"])
            values["memory"] = peak_memory(self.device)
            self.console.show_training(step, values)
        elif kind == "evaluate":
            self.console.update_scores(values)
        if self.run is not None:
            self.run.write(kind, step, **values)

    def remaining_seconds(self, seconds: float, spent: float) -> float:
        """Estimate the training time left in seconds, at the pace of the latest measurements."""
        self.pace.append((seconds, spent))
        first_seconds, first_spent = self.pace[0] if len(self.pace) > 1 else (0.0, 0.0)
        return (1 - spent) * (seconds - first_seconds) / max(spent - first_spent, 1e-9)

    def draw(self, genotype: Genotype, step: int) -> None:
        """Sample drawings and record their texts."""
        self.log("sample", step, texts=self.draw_samples(genotype))

    def resume(self, step: int) -> None:
        """Drop the measurements past the checkpoint: training repeats those steps."""
        if self.run is not None:
            self.run.forget(step)
        if step:
            self.console.print_line(f"going on from step {step}")

    def warn(self, text: str) -> None:
        """Show a warning."""
        self.console.print_line(f"lab: {text}")
