"""THE training loop: for every model and corpus, on one rank or many, to its end or to a signal.

It knows steps, budgets and signals; what happens at a milestone comes in as a Watch.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from lab.corpora.batches import Batches
from lab.training import distributed
from lab.training.learner import Learner
from lab.training.signals import Request

Schedule = Callable[[float], float]
"""Share of the budget spent, in [0, 1] -> factor of the learning rate."""

SMOOTHING = 0.98  # decay a step of the running training loss


@dataclass(frozen=True)
class Plan:
    """When to stop, and how often to do what; at least one of steps, tokens, minutes is set."""

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

    def spent(self, at: Progress) -> float:
        """Share of the tightest budget that is spent, in [0, 1]; ranks agree on it."""
        shares = [
            at.step / self.steps if self.steps else 0.0,
            at.tokens / self.tokens if self.tokens else 0.0,
            at.seconds / (60 * self.minutes) if self.minutes else 0.0,
        ]
        return min(1.0, max(shares))


@dataclass
class Progress:
    """Where a run stands; all of it is in every checkpoint. loss is the running training loss."""

    step: int = 0
    tokens: int = 0
    seconds: float = 0.0
    loss: float = float("nan")

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers."""
        return asdict(self)


class Watch(Protocol):
    """What a run does at its milestones."""

    def log(self, at: Progress, numbers: dict[str, float]) -> None:
        """Every log_every steps: loss, rate, gradient norm, characters a second."""

    def evaluate(self, at: Progress) -> None:
        """Every evaluate_every steps, and at the end."""

    def checkpoint(self, at: Progress) -> None:
        """Every checkpoint_every steps, at a signal, and at the end."""

    def sample(self, at: Progress) -> None:
        """Every sample_every steps."""


def train(
    learner: Learner,
    batches: Batches,
    schedule: Schedule,
    plan: Plan,
    watch: Watch,
    at: Progress,
    request: Request,
) -> str:
    """Train from `at` until the budget is spent, the target is met or a signal comes.

    Returns why it ended: "budget", "target" or "signal". Checkpoints in each case. Raises
    Diverged, leaving the last checkpoint as it is.
    """
    device = learner.arithmetic.device
    spent = distributed.largest(plan.spent(at), device)
    while spent < 1.0:
        began = time.perf_counter()
        batch = batches.next()
        factor = schedule(spent)
        loss, norm = learner.step(batch, factor=factor, clip=plan.clip, accumulate=plan.accumulate)
        took = time.perf_counter() - began
        at.step, at.tokens, at.seconds = (
            at.step + 1,
            at.tokens + batch.characters,
            at.seconds + took,
        )
        at.loss = loss if at.step == 1 else SMOOTHING * at.loss + (1 - SMOOTHING) * loss
        spent = distributed.largest(plan.spent(at), device)
        if at.step % plan.log_every == 0 or spent >= 1.0:
            rate = batch.characters / took
            watch.log(
                at, {"loss": loss, "factor": factor, "norm": norm, "speed": rate, "spent": spent}
            )
        if number := int(distributed.largest(request.number, device)):
            request.number = number
            watch.checkpoint(at)
            return "signal"
        if (
            plan.target_loss is not None
            and at.loss <= plan.target_loss
            and at.step >= 1 / (1 - SMOOTHING)
        ):
            break
        if spent < 1.0:
            _milestones(plan, watch, at)
    watch.evaluate(at)
    watch.checkpoint(at)
    return "budget" if spent >= 1.0 else "target"


def _milestones(plan: Plan, watch: Watch, at: Progress) -> None:
    if at.step % plan.evaluate_every == 0:
        watch.evaluate(at)
    if plan.sample_every and at.step % plan.sample_every == 0:
        watch.sample(at)
    if at.step % plan.checkpoint_every == 0:
        watch.checkpoint(at)
