"""Callbacks: evaluation, samples and checkpoints during training, and the Logger they report to."""

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
    """Run logger: receives measurements, samples and warnings; silent on ranks other than 0."""

    def log(self, kind: str, step: int, **values: Any) -> None:
        """Record one measurement, e.g. kind "train" with loss, speed and so on at a step."""

    def draw(self, genotype: Genotype, step: int) -> None:
        """Record samples of the individual as it is at a step."""

    def resume(self, step: int) -> None:
        """Drop the measurements past a step, from which training resumes."""

    def warn(self, text: str) -> None:
        """Show a line on the console of the run."""


@dataclass(frozen=True)
class TrainSpec:
    """A training run's settings, as plain values and functions.

    folder: of the checkpoints, of which `keep` stay. context: characters of a training window.
    batch: windows a step. birth: the birth certificate, to whose recipe steps and tokens are added.
    evaluate_windows: at most so many on the way, None for all. normalization: as in `Learner`.
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
    """The callbacks of a training run: logging, evaluation, samples, checkpoints.

    saved_step: the step of the newest checkpoint on disk.
    """

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
        self.saved_step = saved_step
        self.select = subsample_evenly(dataset.select, spec.evaluate_windows)
        self.dataset = dataset

    def log(self, progress: TrainProgress, numbers: dict[str, float]) -> None:
        """Log a line of training."""
        self.logger.log(
            "train", progress.step, tokens=progress.tokens, seconds=progress.seconds, **numbers
        )

    def evaluate(self, progress: TrainProgress) -> None:
        """Score a fixed part of select and log the means."""
        if self.select:
            scores = score(self.learner.predict, self.select, self.spec.arithmetic.device)
            self.logger.log("evaluate", progress.step, tokens=progress.tokens, **scores.summary())

    def sample(self, progress: TrainProgress) -> None:
        """Log a few samples."""
        if distributed.rank() == 0:
            self.logger.draw(self.learner.genotype(), progress.step)

    def checkpoint(self, progress: TrainProgress) -> None:
        """Save the individual and its training state; RuntimeError where ranks differ."""
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
