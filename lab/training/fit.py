"""Rearing: from a corpus to a finished individual on disk, resumed where an earlier try ended.

The one way by which any individual of the lab is trained, whoever asks for it. What is recorded,
printed and drawn on the way is the caller's, who hands in a Record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch

from lab.corpora.batches import Batches
from lab.corpora.dataset import Lesson
from lab.models import individual
from lab.models.architecture import Architecture
from lab.models.genotype import founder
from lab.models.individual import Individual
from lab.training import distributed
from lab.training.callbacks import Milestones, Rearing, Record
from lab.training.learner import Learner, predictor
from lab.training.loop import Progress, train
from lab.training.scoring import Scores, score
from lab.training.signals import Request


@dataclass(frozen=True)
class Reared:
    """How a rearing ended: "budget", "target" or "signal"; where it stands; the final scores."""

    ended: str
    progress: Progress
    individual: Individual | None
    scores: Mapping[str, Scores]


def rear(
    what: Rearing,
    taught: Lesson,
    architecture: Architecture,
    parent: Individual | None,
    record: Record,
    request: Request,
) -> Reared:
    """Train an individual to its end or to a signal, on from its newest sound checkpoint.

    Starts as the parent where one is given, else as a founder drawn from the seed. Raises
    ValueError where the ranks cannot share a batch or the corpus has changed, Diverged where the
    loss is not finite.
    """
    if what.batch % (what.plan.accumulate * distributed.size()):
        raise ValueError(
            f"a batch of {what.batch} cannot be shared by {distributed.size()} ranks "
            f"in {what.plan.accumulate} parts each"
        )
    start = parent.genotype if parent else founder(architecture, _generator(what.seed))
    learner = Learner(
        start, what.make_optimizer, what.arithmetic, what.averaging, what.normalization
    )
    batches = taught.batches(what.context, what.batch, what.seed)
    at = _resume(what, taught, learner, batches, record)
    watch = Milestones(what, taught, learner, batches, record, at.step)
    ended = train(learner, batches, what.schedule, what.plan, watch, at, request)
    if ended == "signal":
        return Reared(ended, at, None, {})
    distributed.check_agreement([learner.rows, learner.scales])
    scores = _final_scores(what, taught, learner)
    return Reared(ended, at, individual.newest(what.folder), scores)


def _final_scores(what: Rearing, taught: Lesson, learner: Learner) -> dict[str, Scores]:
    """Of the weights on a part of train and all of select; of their averages on select."""
    device = what.arithmetic.device
    shown = taught.training_windows(what.context, what.evaluate_windows or 256)
    scores = {"train": score(learner.predict, shown, device)}
    if taught.select:
        scores["select"] = score(learner.predict, taught.select, device)
        for name, mean in learner.averages().items():
            predict = predictor(mean, what.arithmetic)
            scores[f"select {name}"] = score(predict, taught.select, device)
    return scores


def _resume(
    what: Rearing, taught: Lesson, learner: Learner, batches: Batches, record: Record
) -> Progress:
    found = individual.newest(what.folder, record.warn)
    if found is None:
        record.resume(0)
        return Progress()
    if found.birth["recipe"].get("corpus") != taught.about["fingerprint"]:
        raise ValueError(
            f"{what.folder} began with another {taught.about['name']}: its characters have changed"
        )
    state = individual.load_state(found.path)
    learner.restore(state["learner"])
    batches.seek(state["position"])
    at = Progress(**state["progress"])
    record.resume(at.step)
    return at


def _generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)
