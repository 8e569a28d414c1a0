"""THE loop: when it ends, what it does on the way, and how it hears a signal."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from lab.corpora.batches import Batch
from lab.training.learner import Diverged
from lab.training.loop import SMOOTHING, TrainPlan, TrainProgress, train
from lab.training.schedule import constant, linear
from lab.training.signals import StopRequest


class Watched:
    """A Watch that notes what it is told, and may ask to stop at a step."""

    def __init__(self, request: StopRequest, stop: int | None = None) -> None:
        self.seen: list[tuple[str, int]] = []
        self.logged: list[dict[str, float]] = []
        self.request, self.stop = request, stop

    def log(self, at: TrainProgress, numbers: dict[str, float]) -> None:
        self.seen.append(("log", at.step))
        self.logged.append(numbers)
        if at.step == self.stop:
            self.request.number = 15

    def evaluate(self, at: TrainProgress) -> None:
        self.seen.append(("evaluate", at.step))

    def checkpoint(self, at: TrainProgress) -> None:
        self.seen.append(("checkpoint", at.step))

    def sample(self, at: TrainProgress) -> None:
        self.seen.append(("sample", at.step))


Go = Callable[..., tuple[str, TrainProgress, Watched]]


@pytest.fixture
def go(learner: Any, batches: Any, plan: Callable[..., TrainPlan]) -> Go:
    """Train a tiny learner: go(steps=6, at=Progress(), stop=step of a signal, ...)."""

    def gone(
        at: TrainProgress | None = None, stop: int | None = None, **changes: Any
    ) -> tuple[str, TrainProgress, Watched]:
        request, at = StopRequest(), at or TrainProgress()
        watched = Watched(request, stop)
        schedule = changes.pop("schedule", constant)
        ended = train(learner(), batches(), schedule, plan(**changes), watched, at, request)
        return ended, at, watched

    return gone


def test_steps_end_it_with_a_score_and_a_checkpoint(go: Go) -> None:
    ended, at, watched = go(steps=6)
    assert (ended, at.step) == ("budget", 6)
    assert watched.seen == [("log", 6), ("evaluate", 6), ("checkpoint", 6)]


def test_tokens_end_it_at_the_first_step_past_them(go: Go) -> None:
    _, three, _ = go(steps=3)
    ended, at, _ = go(steps=None, tokens=three.tokens - 1)
    assert (ended, at.step, at.tokens) == ("budget", 3, three.tokens)


def test_minutes_end_it(go: Go) -> None:
    ended, at, _ = go(steps=None, minutes=1e-6)
    assert (ended, at.step) == ("budget", 1)


def test_the_tightest_budget_counts(plan: Callable[..., TrainPlan]) -> None:
    limits = plan(steps=100, tokens=1000, minutes=1.0)
    assert limits.spent_share(TrainProgress(step=10, tokens=300, seconds=6.0)) == 0.3
    assert limits.spent_share(TrainProgress(step=10, tokens=30, seconds=42.0)) == 0.7
    assert limits.spent_share(TrainProgress(step=500, tokens=30, seconds=42.0)) == 1.0


def test_a_target_ends_it_once_the_running_loss_means_something(go: Go) -> None:
    ended, at, watched = go(steps=200, target_loss=50.0)
    assert (ended, at.step) == ("target", round(1 / (1 - SMOOTHING)))
    assert watched.seen[-2:] == [("evaluate", at.step), ("checkpoint", at.step)]


def test_a_target_out_of_reach_does_not(go: Go) -> None:
    assert go(steps=60, target_loss=1e-6)[0] == "budget"


def test_milestones_come_in_order_and_not_twice_at_the_end(go: Go) -> None:
    _, _, watched = go(steps=4, log_every=2, evaluate_every=2, sample_every=2, checkpoint_every=2)
    kinds = ["log", "evaluate", "sample", "checkpoint"]
    end = ["log", "evaluate", "checkpoint"]
    assert watched.seen == [(kind, 2) for kind in kinds] + [(kind, 4) for kind in end]


def test_a_signal_checkpoints_at_the_step_it_was_heard(go: Go) -> None:
    ended, at, watched = go(steps=10, log_every=1, stop=3)
    assert (ended, at.step) == ("signal", 3)
    assert watched.seen[-1] == ("checkpoint", 3)
    assert ("evaluate", 3) not in watched.seen


def test_a_run_that_is_over_only_ends(go: Go) -> None:
    ended, at, watched = go(at=TrainProgress(step=6, tokens=9), steps=6)
    assert (ended, at.tokens) == ("budget", 9)
    assert watched.seen == [("evaluate", 6), ("checkpoint", 6)]


def test_a_divergence_leaves_the_last_checkpoint_the_last(
    learner: Any, batches: Any, plan: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, request = learner(), StopRequest()
    watched, step = Watched(request), model.step

    def bad(batch: Batch, **how: Any) -> tuple[float, float]:
        if model.steps == 3:
            raise Diverged("the loss is nan")
        return step(batch, **how)

    monkeypatch.setattr(model, "step", bad)
    with pytest.raises(Diverged):
        limits = plan(steps=9, checkpoint_every=2)
        train(model, batches(), constant, limits, watched, TrainProgress(), request)
    assert watched.seen == [("checkpoint", 2)]


def test_numbers_are_what_they_are_called(go: Go) -> None:
    began = time.perf_counter()
    schedule = lambda spent: linear(spent, decay=1.0, floor=0.0)  # noqa: E731
    _, at, watched = go(steps=4, log_every=1, schedule=schedule)
    wall = time.perf_counter() - began
    assert [numbers["factor"] for numbers in watched.logged] == [1.0, 0.75, 0.5, 0.25]
    assert [numbers["spent"] for numbers in watched.logged] == [0.25, 0.5, 0.75, 1.0]
    losses = [numbers["loss"] for numbers in watched.logged]
    running = losses[0]
    for loss in losses[1:]:
        running = SMOOTHING * running + (1 - SMOOTHING) * loss
    assert at.loss == pytest.approx(running)
    assert 0 < at.seconds < wall and all(n["norm"] > 0 for n in watched.logged)


def test_progress_is_plain(go: Go) -> None:
    _, at, _ = go(steps=2)
    assert TrainProgress(**at.to_dict()) == at
    assert {type(value) for value in at.to_dict().values()} == {int, float}
