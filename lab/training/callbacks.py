"""What a rearing does while THE loop runs: measures, draws, checkpoints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from torch import Tensor

from lab.corpora.batches import Batches
from lab.corpora.dataset import Lesson, spread
from lab.models import individual
from lab.models.genotype import Genotype
from lab.training import distributed
from lab.training.learner import Averaging, Learner, MakeOptimizer
from lab.training.loop import Plan, Progress, Schedule
from lab.training.precision import Arithmetic
from lab.training.scoring import score


class Record(Protocol):
    """Where a run writes down what happens; rank 0's is the only one that does anything."""

    def log(self, kind: str, step: int, **values: Any) -> None:
        """One measurement, under the names that the records define."""

    def draw(self, genotype: Genotype, step: int) -> None:
        """Let the individual show what it can do by now."""

    def resume(self, step: int) -> None:
        """Training goes on after this step; what was recorded past it will come again."""

    def warn(self, text: str) -> None:
        """Something a person should know."""


@dataclass(frozen=True)
class Rearing:
    """All that decides what becomes of an individual, as plain values and functions.

    birth is copied into the birth certificate: name, framing, corpus, and the recipe, to which
    steps and tokens are added.
    """

    folder: Path
    seed: int
    context: int
    batch: int
    plan: Plan
    arithmetic: Arithmetic
    averaging: Averaging
    make_optimizer: MakeOptimizer
    schedule: Schedule
    birth: Mapping[str, Any]
    evaluate_windows: int | None
    keep: int
    normalization: str = "step"


class Milestones:
    """What a rearing does while THE loop runs: measures, draws, checkpoints."""

    def __init__(
        self,
        what: Rearing,
        taught: Lesson,
        learner: Learner,
        batches: Batches,
        record: Record,
        saved: int,
    ) -> None:
        self.what, self.learner, self.batches, self.record = what, learner, batches, record
        self.saved = saved  # the step of the checkpoint that is there
        self.select = spread(taught.select, what.evaluate_windows)
        self.taught = taught

    def log(self, at: Progress, numbers: dict[str, float]) -> None:
        """A line of training."""
        self.record.log("train", at.step, tokens=at.tokens, seconds=at.seconds, **numbers)

    def evaluate(self, at: Progress) -> None:
        """A score on a fixed part of select."""
        if self.select:
            measured = score(self.learner.predict, self.select, self.what.arithmetic.device)
            self.record.log("evaluate", at.step, tokens=at.tokens, **measured.summary())

    def sample(self, at: Progress) -> None:
        """A few drawings."""
        if distributed.index() == 0:
            self.record.draw(self.learner.genotype(), at.step)

    def checkpoint(self, at: Progress) -> None:
        """An individual on disk with all that the next step depends on."""
        distributed.check_agreement([self.learner.rows, self.learner.scales])
        if distributed.index() != 0 or at.step == self.saved:
            return
        target = self.what.folder / f"step-{at.step:08d}"
        individual.save(
            target, self.learner.genotype(), self._birth(at),
            averages=self._averages(), state=self._state(at),
        )  # fmt: skip
        individual.sweep(self.what.folder, self.what.keep, target)
        self.saved = at.step

    def _birth(self, at: Progress) -> dict[str, Any]:
        about = self.taught.about
        corpus = {key: about[key] for key in ("name", "kind", "fingerprint")}
        recipe = {
            **self.what.birth["recipe"],
            "corpus": corpus["fingerprint"],
            "steps": at.step,
            "tokens": at.tokens,
        }
        vocabulary = self.taught.vocabulary.to_dict()
        return {**self.what.birth, "recipe": recipe, "corpus": corpus, "vocabulary": vocabulary}

    def _averages(self) -> dict[str, Tensor]:
        return {
            f"{name}.{part}": getattr(mean, part)
            for name, mean in self.learner.averages().items()
            for part in ("rows", "scales")
        }

    def _state(self, at: Progress) -> dict[str, Any]:
        return {
            "learner": self.learner.state(),
            "progress": at.to_dict(),
            "position": self.batches.position(),
        }
