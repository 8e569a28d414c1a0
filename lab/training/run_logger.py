"""Who sees a rearing: its numbers go to the record and to the console, its drawings to both."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

import torch

from lab.models.genotype import Genotype
from lab.terminal.progress import Console
from lab.training.flops import peak_memory

PACE = 20  # measurements that the time left is told from


class Book(Protocol):
    """A record that numbers are written into."""

    def write(self, kind: str, step: int, **values: Any) -> None:
        """Add one measurement."""

    def forget(self, step: int) -> None:
        """Drop the measurements past a step."""


class Witness:
    """The Record of a rearing on one rank; book is None where a rank does not write."""

    def __init__(
        self,
        name: str,
        device: torch.device,
        book: Book | None,
        show: Callable[[Genotype], list[str]],
    ) -> None:
        self.device, self.book, self.show = device, book, show
        self.console = Console(name, silent=book is None)
        self.pace: deque[tuple[float, float]] = deque(maxlen=PACE)

    def log(self, kind: str, step: int, **values: Any) -> None:
        """Write a measurement down and show it."""
        if kind == "train":
            values["left"] = self.left(values["seconds"], values["spent"])
            values["memory"] = peak_memory(self.device)
            self.console.train(step, values)
        elif kind == "evaluate":
            self.console.evaluate(values)
        if self.book is not None:
            self.book.write(kind, step, **values)

    def left(self, seconds: float, spent: float) -> float:
        """Wall time left in seconds, at the pace of the latest measurements."""
        self.pace.append((seconds, spent))
        before, done = self.pace[0] if len(self.pace) > 1 else (0.0, 0.0)
        return (1 - spent) * (seconds - before) / max(spent - done, 1e-9)

    def draw(self, genotype: Genotype, step: int) -> None:
        """Let the individual draw, and keep what it drew."""
        self.log("sample", step, texts=self.show(genotype))

    def resume(self, step: int) -> None:
        """Forget what was measured past the checkpoint: it will come again."""
        if self.book is not None:
            self.book.forget(step)
        if step:
            self.console.say(f"going on from step {step}")

    def warn(self, text: str) -> None:
        """Show a warning."""
        self.console.say(f"lab: {text}")
