"""The train door as a user meets it: real runs, resumed, refused, forked, interrupted, shared."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lab.models import individual
from tests.groups import await_group, no_orphans, start_group

QUICK = (
    "training.steps=60", "training.checkpoint_every=5", "training.batch=2", "model.depth=1",
    "training.samples=0", "training.evaluate_every=1000",
)  # fmt: skip
LONG = ("training.steps=100000", "training.checkpoint_every=20", "training.evaluate_every=50000")


@pytest.fixture(autouse=True)
def nothing_runs_on() -> Iterator[None]:
    """No command outlives its test."""
    with no_orphans():
        yield


def start(root: Path, *words: str, launcher: tuple[str, ...] = ()) -> subprocess.Popen[str]:
    command = [sys.executable, *launcher, "-m", "lab.train", *words, f"root={root}"]
    return start_group(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def train(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    process = start(root, *words)
    out, err = await_group(process, 280)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def result(root: Path, name: str) -> dict[str, Any]:
    text = (root / name / "result.json").read_text()
    return json.loads(text)  # type: ignore[no-any-return]


def wait_past(step: int, checkpoints: Path) -> None:
    """Until there is a checkpoint past a step."""
    for _ in range(10000):
        if any(int(path.name[5:]) > step for path in checkpoints.glob("step-*[0-9]")):
            return
        time.sleep(0.02)
    raise AssertionError(f"no checkpoint past step {step} ever came")


@pytest.fixture(scope="module")
def reared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root that holds a finished run called debug."""
    root = tmp_path_factory.mktemp("experiments")
    done = train(root, "+exp=debug")
    assert done.returncode == 0, done.stderr
    return root


def test_a_run_leaves_everything_that_is_promised(reared: Path) -> None:
    folder = reared / "debug"
    left = {path.name for path in folder.iterdir()}
    assert left == {
        "config.yaml", "environment.json", "metrics.jsonl", "checkpoint", "result.json",
    }  # fmt: skip
    found, told = individual.find_individual("debug", reared), result(reared, "debug")
    assert found.id == told["individual"] and found.birth["name"] == "debug"
    assert found.birth["corpus"]["fingerprint"] == told["corpus"]["fingerprint"]
    assert set(told["scores"]) == {"train", "select", "select ema", "select last"}
    assert told["step"] == 20 and told["context"] == told["stride"] == 128


def test_the_same_command_again_says_that_it_is_done(reared: Path) -> None:
    before = (reared / "debug" / "result.json").read_bytes()
    done = train(reared, "+exp=debug")
    assert done.returncode == 0 and "is done already" in done.stderr
    assert (reared / "debug" / "result.json").read_bytes() == before


def test_another_config_is_refused_and_again_sets_the_old_run_aside(reared: Path) -> None:
    refused = train(reared, "+exp=debug", "seed=5")
    assert refused.returncode == 2
    assert "seed: 0 -> 5" in refused.stderr and refused.stderr.count("\n") == 1
    done = train(reared, "+exp=debug", "name=other")
    assert done.returncode == 0
    assert train(reared, "+exp=debug", "name=other", "seed=5", "again=true").returncode == 0
    assert len(list(reared.glob("other.*"))) == 1


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("texts") / "book.txt"
    path.write_text("".join(f"The {n}th line tells of {n * n} things.\n" for n in range(900)))
    return path


def test_a_fork_goes_on_from_its_parent(reared: Path, book: Path) -> None:
    words = ("model=text", "framing=none", "corpus=text", f"corpus.path={book}", "scale=debug")
    assert train(reared, *words, "name=elder").returncode == 0
    done = train(reared, *words, "name=younger", "parent=elder", "seed=1")
    assert done.returncode == 0, done.stderr
    elder, younger = (individual.find_individual(name, reared) for name in ("elder", "younger"))
    assert younger.birth["parents"] == [elder.id]
    first = (reared / "younger" / "metrics.jsonl").read_text().splitlines()[0]
    assert json.loads(first)["loss"] < 3.6  # a founder begins at ln 97 and beyond


def test_a_parent_that_is_missing_or_unfinished_is_one_line(reared: Path) -> None:
    missing = train(reared, "+exp=forkL", "scale=debug")
    assert missing.returncode == 2 and missing.stderr.count("\n") == 1
    assert "train it first, python -m lab.train +exp=ancestor" in missing.stderr
    (reared / "debug" / "result.json").rename(reared / "kept.json")
    unfinished = train(reared, "+exp=debug", "name=child", "parent=debug")
    (reared / "kept.json").rename(reared / "debug" / "result.json")
    assert unfinished.returncode == 2 and "is not finished" in unfinished.stderr


def test_a_sweep_names_its_runs_by_their_overrides(tmp_path: Path) -> None:
    done = train(tmp_path, "-m", "+exp=debug", "seed=0,1", "training.steps=2")
    assert done.returncode == 0, done.stderr
    names = {path.name for path in tmp_path.glob("debug*")}
    assert names == {"debug-seed.0-training.steps.2", "debug-seed.1-training.steps.2"}


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGUSR1, 138)]
)
def test_a_signal_checkpoints_and_ends(tmp_path: Path, number: int, code: int) -> None:
    process = start(tmp_path, "+exp=debug", *LONG)
    wait_past(0, tmp_path / "debug" / "checkpoint")
    process.send_signal(number)
    _, err = await_group(process, 120)
    assert process.returncode == code
    assert "the same command goes on there" in err
    found = individual.load_newest_checkpoint(tmp_path / "debug" / "checkpoint")
    assert found is not None
    last = json.loads((tmp_path / "debug" / "metrics.jsonl").read_text().splitlines()[-1])
    assert found.birth["recipe"]["steps"] >= last["step"]  # nothing recorded is lost


@pytest.mark.parametrize("threads", [1, 2])
def test_interrupted_and_killed_it_ends_in_the_same_bits(tmp_path: Path, threads: int) -> None:
    words = ("+exp=debug", *QUICK, f"threads={threads}")
    assert train(tmp_path, *words, "name=whole").returncode == 0
    for end, step in ((signal.SIGTERM, 0), (signal.SIGKILL, 30)):
        with start(tmp_path, *words, "name=broken") as process:
            wait_past(step, tmp_path / "broken" / "checkpoint")
            process.send_signal(end)
            await_group(process, 120)
        assert process.returncode in (143, -signal.SIGKILL)
    assert train(tmp_path, *words, "name=broken").returncode == 0
    whole, broken = (
        individual.find_individual(name, tmp_path).genotype for name in ("whole", "broken")
    )
    assert whole.rows.equal(broken.rows) and whole.scales.equal(broken.scales)
    lines = [
        json.loads(x) for x in (tmp_path / "broken" / "metrics.jsonl").read_text().splitlines()
    ]
    assert len({(line["kind"], line["step"]) for line in lines}) == len(lines)


def test_a_loss_that_is_not_finite_stops_with_the_last_good_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lab.training.learner import Diverged, Learner

    step = Learner.step

    def poisoned(self: Learner, *args: Any, **kwargs: Any) -> tuple[float, float]:
        if self.steps == 15:
            raise Diverged("the loss is nan and its gradient nan")
        return step(self, *args, **kwargs)

    monkeypatch.setattr(Learner, "step", poisoned)
    monkeypatch.setattr(sys, "argv", ["lab.train", "+exp=debug", f"root={tmp_path}"])
    from lab.train import main

    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    found = individual.load_newest_checkpoint(tmp_path / "debug" / "checkpoint")
    assert found is not None and found.birth["recipe"]["steps"] == 10
    assert not (tmp_path / "debug" / "result.json").exists()


def test_two_ranks_rear_what_one_does(tmp_path: Path) -> None:
    launcher = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2")
    shared = start(tmp_path, "+exp=debug", "name=two", launcher=launcher)
    out, err = await_group(shared, 280)
    assert shared.returncode == 0, err
    assert train(tmp_path, "+exp=debug", "name=one").returncode == 0
    two, one = (individual.find_individual(name, tmp_path).genotype for name in ("two", "one"))
    assert float((two.rows - one.rows).abs().max()) < 1e-4
    assert out.count("written to") == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_root_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    done = train(tmp_path, "+exp=debug")
    assert done.returncode == 2 and done.stderr.count("\n") == 1
