"""A training run's end: its record, a stop by signal, a loss that diverges, a silent rank."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from lab.config.schemas.train import TrainConfig
from lab.models.individual import find_individual, load_newest_checkpoint
from lab.records import Run
from lab.training.flops import flops_per_character
from lab.training.signals import StopRequest
from lab.workflows.run_training import TrainSetup, fit_in_run
from lab.workflows.train import prepare

Compose = Callable[..., TrainConfig]


@pytest.fixture(scope="module")
def setup(train_config: Compose, tale: Path) -> TrainSetup:
    """Four steps on the tale, two samples at the end."""
    small = ("model.dim=16", "model.dim_head=8", "model.depth=1", "training.samples=2")
    corpus = ("framing=none", "corpus=text", f"corpus.path={tale}", "training.context=32")
    steps = ("training.steps=4", "training.batch=3")
    return prepare(train_config("model=text", "scale=debug", *corpus, *small, *steps))


def test_a_result_says_what_was_trained_on_what(
    setup: TrainSetup, capsys: pytest.CaptureFixture[str]
) -> None:
    with Run("experiments", "probe", {"seed": 0}) as run:
        record = fit_in_run(setup, run, StopRequest())
    saved = json.loads(Path("experiments/probe/result.json").read_text())
    assert saved == {"name": "probe", "hash": run.hash, **record}
    assert record["individual"] == find_individual("probe", Path("experiments")).id
    assert (record["ended"], record["step"], record["tokens"]) == ("budget", 4, 4 * 3 * 32)
    assert (record["context"], record["stride"]) == (32, 32)
    assert record["parameters"] == setup.architecture.num_parameters
    assert record["vocabulary"] == len(setup.dataset.vocabulary)
    assert record["operations"] == 384 * flops_per_character(setup.architecture, 32)
    assert record["corpus"]["name"] == "tale" and record["corpus"]["left_out"] == 0
    assert set(record["scores"]) == {"train", "select", "select ema", "select last"}
    assert len(record["drawings"]) == 2 and "freely" not in record
    size, amount = setup.architecture.num_parameters, len(setup.dataset.train)
    start = f"probe: {size:,} parameters learn {amount:,} characters of tale on cpu"
    assert start in capsys.readouterr().err
    (session,) = json.loads(Path("experiments/probe/environment.json").read_text())["sessions"]
    assert session["threads"] == 1 and session["rate"] > 0 and "hub" not in session
    fetched = Path("models--me--odd/snapshots/c0ffee")
    parent = replace(find_individual("probe", Path("experiments")), path=fetched)
    with Run("experiments", "child", {"seed": 0}) as run:
        fit_in_run(replace(setup, parent=parent), run, StopRequest())
    (session,) = json.loads(Path("experiments/child/environment.json").read_text())["sessions"]
    assert session["hub"] == {"parent": "hub:me/odd@c0ffee"}


def test_a_run_stopped_by_a_signal_ends_as_one_that_was_not(
    setup: TrainSetup, capsys: pytest.CaptureFixture[str]
) -> None:
    request = StopRequest()
    request.number = signal.SIGTERM
    with Run("experiments", "probe", {"seed": 0}) as run, pytest.raises(SystemExit) as left:
        fit_in_run(setup, run, request)
    assert left.value.code == 143 and not Path("experiments/probe/result.json").exists()
    stopped = load_newest_checkpoint(Path("experiments/probe/checkpoint"))
    assert stopped is not None and stopped.birth["recipe"]["steps"] < 4
    assert "the same command goes on there" in capsys.readouterr().err
    with Run("experiments", "probe", {"seed": 0}) as run:
        resumed = fit_in_run(setup, run, StopRequest())
    assert (resumed["step"], resumed["ended"]) == (4, "budget")
    elsewhere = replace(setup, spec=replace(setup.spec, folder=Path("whole/checkpoint")))
    with Run(".", "whole", {"seed": 0}) as run:
        assert fit_in_run(elsewhere, run, StopRequest())["individual"] == resumed["individual"]


def test_a_loss_that_diverges_ends_with_1(
    setup: TrainSetup, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = replace(setup, spec=replace(setup.spec, schedule=lambda _: float("nan")))
    with Run("experiments", "probe", {"seed": 0}) as run, pytest.raises(SystemExit) as left:
        fit_in_run(broken, run, StopRequest())
    assert left.value.code == 1 and not Path("experiments/probe/result.json").exists()
    assert "lab: stopped: the loss is nan" in capsys.readouterr().err


def test_a_rank_that_does_not_write_returns_the_record_without_drawings(
    setup: TrainSetup, capsys: pytest.CaptureFixture[str]
) -> None:
    record = fit_in_run(setup, None, StopRequest())
    assert record["step"] == 4 and "drawings" not in record
    assert not Path("experiments/probe/result.json").exists()
    assert capsys.readouterr().err == ""
