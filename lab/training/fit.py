"""Fit: training from a dataset to a finished individual on disk, resumed from its last checkpoint.

Every individual of the lab that is trained is trained here. What is recorded, printed and drawn on
the way is up to the Logger that the caller passes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch

from lab.breeding.statistics.window_scores import WindowScores
from lab.corpora.batches import BatchStream
from lab.corpora.dataset import Dataset
from lab.models import individual
from lab.models.architecture import Architecture
from lab.models.genotype import founder
from lab.models.individual import Individual
from lab.training import distributed
from lab.training.callbacks import Logger, RunCallbacks, TrainSpec
from lab.training.learner import Learner, predictor
from lab.training.loop import TrainProgress, train
from lab.training.scoring import score
from lab.training.signals import StopRequest


@dataclass(frozen=True)
class TrainResult:
    """A training run's end.

    ended: "budget", "target" or "signal". individual: the last checkpoint, None after a signal.
    scores: of train, select, "select ema" and "select last", as far as there are windows.
    """

    ended: str
    progress: TrainProgress
    individual: Individual | None
    scores: Mapping[str, WindowScores]


def fit(
    spec: TrainSpec,
    dataset: Dataset,
    architecture: Architecture,
    parent: Individual | None,
    logger: Logger,
    request: StopRequest,
) -> TrainResult:
    """Train an individual to its end or to a signal, from its newest sound checkpoint if any.

    Starts as the parent where one is given, else as a founder drawn from the seed. Raises
    ValueError where the ranks cannot share a batch or the corpus has changed, Diverged where the
    loss is not finite, DamagedIndividual where the final checkpoint cannot be read back.
    """
    if spec.batch % (spec.plan.accumulate * distributed.world_size()):
        raise ValueError(
            f"a batch of {spec.batch} cannot be shared by {distributed.world_size()} ranks "
            f"in {spec.plan.accumulate} parts each: set training.batch to a multiple"
        )
    start = parent.genotype if parent else founder(architecture, _seeded_generator(spec.seed))
    learner = Learner(
        start, spec.make_optimizer, spec.arithmetic, spec.averaging, spec.normalization
    )
    batches = dataset.batches(spec.context, spec.batch, spec.seed)
    progress = _resume(spec, dataset, learner, batches, logger)
    callbacks = RunCallbacks(spec, dataset, learner, batches, logger, progress.step)
    ended = train(learner, batches, spec.schedule, spec.plan, callbacks, progress, request)
    if ended == "signal":
        return TrainResult(ended, progress, None, {})
    distributed.check_agreement([learner.rows, learner.scales])
    scores = _final_scores(spec, dataset, learner)
    return TrainResult(ended, progress, _load_final(spec, progress), scores)


def _load_final(spec: TrainSpec, progress: TrainProgress) -> Individual | None:
    """The individual of the last step, read back; on ranks that save nothing, the newest there is.

    DamagedIndividual where it is not as it was written: the run is not finished then.
    """
    if distributed.rank() != 0:
        return individual.load_newest_checkpoint(spec.folder)
    return individual.load_individual(spec.folder / f"step-{progress.step:08d}")


def _final_scores(spec: TrainSpec, dataset: Dataset, learner: Learner) -> dict[str, WindowScores]:
    """Scores of the weights on a part of train and all of select; of their averages on select."""
    device = spec.arithmetic.device
    train_windows = dataset.training_windows(spec.context, spec.evaluate_windows or 256)
    scores = {"train": score(learner.predict, train_windows, device)}
    if dataset.select:
        scores["select"] = score(learner.predict, dataset.select, device)
        for name, average in learner.averages().items():
            predict = predictor(average, spec.arithmetic)
            scores[f"select {name}"] = score(predict, dataset.select, device)
    return scores


def _resume(
    spec: TrainSpec, dataset: Dataset, learner: Learner, batches: BatchStream, logger: Logger
) -> TrainProgress:
    checkpoint = individual.load_newest_checkpoint(spec.folder, logger.warn)
    if checkpoint is None:
        logger.resume(0)
        return TrainProgress()
    if checkpoint.birth["recipe"].get("corpus") != dataset.provenance["fingerprint"]:
        raise ValueError(
            f"{spec.folder} began with another {dataset.provenance['name']}: its characters have "
            "changed; choose another name=, or again=true"
        )
    state = individual.load_state(checkpoint.path)
    learner.restore(state["learner"])
    batches.seek(state["position"])
    progress = TrainProgress(**state["progress"])
    logger.resume(progress.step)
    return progress


def _seeded_generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)
