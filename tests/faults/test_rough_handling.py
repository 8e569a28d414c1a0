"""The real command, handled roughly: signals twice, eight starts at once, ranks, odd places."""

from __future__ import annotations

import json
import os
import pickle
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lab.models import individual
from lab.storage.verified_folder import read_verified_folder, write_verified_folder
from tests.processes import Process, Stable, wait_for

Go = Callable[..., Process]
SHORT = ("training.steps=6", "training.checkpoint_every=3")


@pytest.fixture(scope="module")
def stable() -> Iterator[Stable]:
    """The process that all commands here are forked from."""
    server = Stable()
    yield server
    server.close()


@pytest.fixture
def typed() -> list[str]:
    """A quick command on a corpus of this test's own, in this test's folder."""
    art = [
        f"/{'o-'[i % 2] * (3 + i % 7)}\n{'_' * (i % 11 + 1)}{'abcdef'[i % 6]}" for i in range(120)
    ]
    lines = [json.dumps({"label": f"l{i % 4}", "art": one}) for i, one in enumerate(art)]
    Path("mine.jsonl").write_text("\n".join(lines))
    return ["+exp=debug", "corpus=drawings", "corpus.path=mine.jsonl", "scale.next=null"]


def result(name: str = "debug", root: str = "experiments") -> dict[str, Any]:
    told: dict[str, Any] = json.loads((Path(root) / name / "result.json").read_text())
    return told


def steps(name: str = "debug") -> int:
    path = Path("experiments") / name / "metrics.jsonl"
    return len(path.read_bytes().splitlines()) if path.exists() else 0


def test_a_second_signal_ends_at_once(stable: Stable, typed: list[str]) -> None:
    more = ("training.steps=1000000", "training.checkpoint_every=1000000", "training.log_every=1")
    process = stable.start(*typed, *more)
    wait_for(lambda: steps() > 3)
    for number in (signal.SIGSTOP, signal.SIGTERM, signal.SIGINT, signal.SIGCONT):
        process.kill(number)
    assert process.wait() in (130, 143)
    assert not list(Path("experiments/debug/checkpoint").glob("step-*"))
    assert "stopped at step" not in process.stderr and "Traceback" not in process.stderr


def test_of_eight_starts_of_one_name_one_writes(stable: Stable, typed: list[str]) -> None:
    endless = ("training.steps=1000000", "training.log_every=1")
    processes = [stable.start(*typed, *endless) for _ in range(8)]
    wait_for(lambda: sum(one.poll() is not None for one in processes) == 7)
    (writer,) = [one for one in processes if one.poll() is None]
    for other in processes:
        if other is not writer:
            assert other.code == 2 and len(other.stderr.splitlines()) == 1
            assert "is in use by process" in other.lines[0]
    wait_for(lambda: steps() > 3)
    writer.kill(signal.SIGTERM)
    assert writer.wait() == 143


def pair(stable: Stable, *typed: str) -> list[Process]:
    """The command on two ranks, as torchrun starts it; both have ended."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = str(listener.getsockname()[1])
    group = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
    ranks = [stable.start(*typed, RANK=rank, LOCAL_RANK=rank, **group) for rank in "01"]
    for process in ranks:
        process.wait()
    return ranks


def test_two_ranks_rear_refuse_and_repeat_as_one(stable: Stable, typed: list[str]) -> None:
    first, second = pair(stable, *typed, *SHORT)
    assert (first.code, second.code) == (0, 0), first.stderr + second.stderr
    assert "written to" in first.stdout and (second.stdout, second.stderr) == ("", "")
    assert stable.run(*typed, *SHORT, "name=one").code == 0
    assert result()["loss"] == pytest.approx(result("one")["loss"], abs=1e-5)
    again, silent = pair(stable, *typed, *SHORT)
    assert (again.code, silent.code) == (0, 0), again.stderr + silent.stderr
    assert "is done already" in again.stderr and silent.stderr == ""
    refused, too = pair(stable, *typed, *SHORT, "seed=9")
    assert (refused.code, too.code) == (2, 2)
    assert "seed: 0 -> 9" in refused.lines[0] and too.stderr == ""


def test_nothing_is_drawn_where_no_samples_are_wanted(stable: Stable, typed: list[str]) -> None:
    done = stable.run(*typed, *SHORT, "training.samples=0", "training.sample_every=2")
    assert done.code == 0, done.stderr
    assert result()["drawings"] == []


def test_a_root_in_the_users_home_is_there_and_nowhere_else(
    stable: Stable, typed: list[str]
) -> None:
    home = Path(os.environ["HOME"])
    assert stable.run(*typed, *SHORT, "root='~/runs'", HOME=str(home)).code == 0
    found = individual.find_individual("debug", home / "runs")
    assert found.id == result(root=str(home / "runs"))["individual"]
    assert not Path("~").exists()


@pytest.mark.parametrize("root", ["/proc/nowhere", "mine.jsonl", "mine.jsonl/below"])
def test_a_root_that_cannot_be_is_one_line(stable: Stable, typed: list[str], root: str) -> None:
    done = stable.run(*typed, f"root={root}")
    assert done.code == 2 and len(done.stderr.splitlines()) == len(done.lines) == 1, done.stderr


def test_a_parents_damaged_checkpoint_is_named(stable: Stable, typed: list[str]) -> None:
    assert stable.run(*typed, *SHORT, "name=elder").code == 0
    Path("experiments/elder/checkpoint/step-00000006/birth.json").write_text("{}")
    child = stable.run(*typed, *SHORT, "name=child", "parent=elder")
    assert child.code == 2 and "make it again" in child.lines[0], child.lines


def test_a_state_that_is_a_pickle_executes_nothing(stable: Stable, typed: list[str]) -> None:
    """A checkpoint whose manifest vouches for a bomb: one line, exit code 2, no marker."""

    class Bomb:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.system, ("touch executed",)

    assert stable.run(*typed, *SHORT).code == 0
    folder = Path("experiments/debug/checkpoint/step-00000006")
    write_verified_folder(
        folder, {**read_verified_folder(folder), "state.pt": pickle.dumps(Bomb())}
    )
    Path("experiments/debug/result.json").unlink()
    done = stable.run(*typed, *SHORT)
    assert done.code == 2 and "state.pt is not a training state" in done.lines[0], done.stderr
    assert not Path("executed").exists()
