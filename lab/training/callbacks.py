"""What a rearing does while THE loop runs: measures, draws, checkpoints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from torch import Tensor

from lab.corpora.batches import BatchStream
from lab.corpora.dataset import Dataset, subsample_evenly
from lab.models import individual
from lab.models.genotype import Genotype
from lab.training import distributed
from lab.training.learner import Averaging, Learner, MakeOptimizer
from lab.training.loop import Schedule, TrainPlan, TrainProgress
from lab.training.precision import Arithmetic
from lab.training.scoring import score


class Logger(Protocol):
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
class TrainSpec:
    """All that decides what becomes of an individual, as plain values and functions.

    birth is copied into the birth certificate: name, framing, corpus, and the recipe, to which
    steps and tokens are added.
    """

    folder: Path
    seed: int
    context: int
    batch: int
    plan: TrainPlan
    arithmetic: Arithmetic
    averaging: Averaging
    make_optimizer: MakeOptimizer
    schedule: Schedule
    birth: Mapping[str, Any]
    evaluate_windows: int | None
    keep: int
    normalization: str = "step"


class RunCallbacks:
    """What a rearing does while THE loop runs: measures, draws, checkpoints."""

    def __init__(
        self,
        spec: TrainSpec,
        dataset: Dataset,
        learner: Learner,
        batches: BatchStream,
        logger: Logger,
        saved_step: int,
    ) -> None:
        self.spec, self.learner, self.batches, self.logger = spec, learner, batches, logger
        self.saved_step = saved_step  # the step of the checkpoint that is there
        self.select = subsample_evenly(dataset.select, spec.evaluate_windows)
        self.dataset = dataset

    def log(self, progress: TrainProgress, numbers: dict[str, float]) -> None:
        """A line of training."""
        self.logger.log(
            "train", progress.step, tokens=progress.tokens, seconds=progress.seconds, **numbers
        )

    def evaluate(self, progress: TrainProgress) -> None:
        """A score on a fixed part of select."""
        if self.select:
            scores = score(self.learner.predict, self.select, self.spec.arithmetic.device)
            self.logger.log("evaluate", progress.step, tokens=progress.tokens, **scores.summary())

    def sample(self, progress: TrainProgress) -> None:
        """A few drawings."""
        if distributed.rank() == 0:
            self.logger.draw(self.learner.genotype(), progress.step)

    def checkpoint(self, progress: TrainProgress) -> None:
        """An individual on disk with all that the next step depends on."""
        distributed.check_agreement([self.learner.rows, self.learner.scales])
        if distributed.rank() != 0 or progress.step == self.saved_step:
            return
        target = self.spec.folder / f"step-{progress.step:08d}"
        individual.save_individual(
            target, self.learner.genotype(), self._birth_certificate(progress),
            averages=self._averages(), state=self._training_state(progress),
        )  # fmt: skip
        individual.remove_old_checkpoints(self.spec.folder, self.spec.keep, target)
        self.saved_step = progress.step

    def _birth_certificate(self, progress: TrainProgress) -> dict[str, Any]:
        provenance = self.dataset.provenance
        corpus = {key: provenance[key] for key in ("name", "kind", "fingerprint")}
        recipe = {
            **self.spec.birth["recipe"],
            "corpus": corpus["fingerprint"],
            "steps": progress.step,
            "tokens": progress.tokens,
        }
        vocabulary = self.dataset.vocabulary.to_dict()
        return {**self.spec.birth, "recipe": recipe, "corpus": corpus, "vocabulary": vocabulary}

    def _averages(self) -> dict[str, Tensor]:
        return {
            f"{name}.{part}": getattr(average, part)
            for name, average in self.learner.averages().items()
            for part in ("rows", "scales")
        }

    def _training_state(self, progress: TrainProgress) -> dict[str, Any]:
        return {
            "learner": self.learner.state(),
            "progress": progress.to_dict(),
            "position": self.batches.position(),
        }
