"""Training loop: steps of a learner to the end of a budget, for every model, corpus and rank count.

It knows steps, budgets and signals; what else happens at a step comes in as Callbacks.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from lab.corpora.batches import BatchStream
from lab.training import distributed
from lab.training.learner import Learner
from lab.training.signals import StopRequest

Schedule = Callable[[float], float]
"""Share of the budget spent, in [0, 1] -> factor of the learning rate."""

SMOOTHING = 0.98  # decay a step of the running training loss


@dataclass(frozen=True)
class TrainPlan:
    """Budget of a run and intervals of its callbacks, in steps.

    At least one of steps, tokens and minutes is set. clip: the largest gradient norm, 0 for any.
    """

    steps: int | None
    tokens: int | None
    minutes: float | None
    target_loss: float | None
    clip: float
    accumulate: int
    log_every: int
    evaluate_every: int
    checkpoint_every: int
    sample_every: int

    def spent_share(self, progress: TrainProgress) -> float:
        """Share of the tightest budget that is spent, in [0, 1]."""
        shares = [
            progress.step / self.steps if self.steps else 0.0,
            progress.tokens / self.tokens if self.tokens else 0.0,
            progress.seconds / (60 * self.minutes) if self.minutes else 0.0,
        ]
        return min(1.0, max(shares))


@dataclass
class TrainProgress:
    """Progress of a run, as checkpoints keep it; loss is the running mean of the training loss."""

    step: int = 0
    tokens: int = 0
    seconds: float = 0.0
    loss: float = float("nan")

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers."""
        return asdict(self)


class Callbacks(Protocol):
    """Functions that the loop calls at intervals."""

    def log(self, progress: TrainProgress, numbers: dict[str, float]) -> None:
        """Every log_every steps: loss, rate, gradient norm, characters a second."""

    def evaluate(self, progress: TrainProgress) -> None:
        """Every evaluate_every steps, and at the end."""

    def checkpoint(self, progress: TrainProgress) -> None:
        """Every checkpoint_every steps, at a signal, and at the end."""

    def sample(self, progress: TrainProgress) -> None:
        """Every sample_every steps."""


def train(
    learner: Learner,
    batches: BatchStream,
    schedule: Schedule,
    plan: TrainPlan,
    callbacks: Callbacks,
    progress: TrainProgress,
    request: StopRequest,
) -> str:
    """Train from `progress` until the budget is spent, the target is met or a signal comes.

    Returns why it ended: "budget", "target" or "signal". Checkpoints in each case. Raises
    Diverged, leaving the last checkpoint as it is.
    """
    device = learner.arithmetic.device
    spent = distributed.all_reduce_max(plan.spent_share(progress), device)
    while spent < 1.0:
        start = time.perf_counter()
        batch = batches.next()
        factor = schedule(spent)
        loss, norm = learner.step(batch, factor=factor, clip=plan.clip, accumulate=plan.accumulate)
        elapsed = time.perf_counter() - start
        progress.step, progress.tokens, progress.seconds = (
            progress.step + 1,
            progress.tokens + batch.characters,
            progress.seconds + elapsed,
        )
        progress.loss = (
            loss if progress.step == 1 else SMOOTHING * progress.loss + (1 - SMOOTHING) * loss
        )
        spent = distributed.all_reduce_max(plan.spent_share(progress), device)
        if progress.step % plan.log_every == 0 or spent >= 1.0:
            rate = batch.characters / elapsed
            callbacks.log(
                progress,
                {"loss": loss, "factor": factor, "norm": norm, "speed": rate, "spent": spent},
            )
        if number := int(distributed.all_reduce_max(request.number, device)):
            request.number = number
            callbacks.checkpoint(progress)
            return "signal"
        if (
            plan.target_loss is not None
            and progress.loss <= plan.target_loss
            and progress.step >= 1 / (1 - SMOOTHING)
        ):
            break
        if spent < 1.0:
            _run_callbacks(plan, callbacks, progress)
    callbacks.evaluate(progress)
    callbacks.checkpoint(progress)
    return "budget" if spent >= 1.0 else "target"


def _run_callbacks(plan: TrainPlan, callbacks: Callbacks, progress: TrainProgress) -> None:
    if progress.step % plan.evaluate_every == 0:
        callbacks.evaluate(progress)
    if plan.sample_every and progress.step % plan.sample_every == 0:
        callbacks.sample(progress)
    if progress.step % plan.checkpoint_every == 0:
        callbacks.checkpoint(progress)
