"""A run's folder: taken by one, resumed by the same config, refused to another."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import lab.records
from lab.records import Run, read_metrics
from lab.records.run import read_config, set_aside

CONFIG: dict[str, Any] = {"name": "a", "seed": 0, "training": {"steps": 3, "rate": 1e-8}, "x": None}
TAKER = """
import sys
from lab.records import Run
try:
    with Run("root", "a", {"seed": 0}):
        print("in", flush=True)
        sys.stdin.read()
except ValueError as error:
    print(error, flush=True)
"""


def take(config: dict[str, Any] = CONFIG, **more: Any) -> Run:
    return Run("root", "a", config, **more)


def test_a_run_leaves_its_record() -> None:
    with take() as run:
        run.note_environment({"threads": 1})
        run.write("train", 1, loss=2.0)
        run.finish({"loss": 2.0})
    folder = Path("root/a")
    assert sorted(os.listdir(folder)) == [
        "config.yaml",
        "environment.json",
        "metrics.jsonl",
        "result.json",
    ]
    assert read_config(folder) == CONFIG
    assert json.loads((folder / "result.json").read_text()) == {
        "name": "a",
        "hash": run.hash,
        "loss": 2.0,
    }


def test_the_metrics_are_on_the_disk_before_a_result_says_that_the_run_is_complete(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    flushed: list[tuple[str, bool]] = []
    fsync = os.fsync

    def note(descriptor: int) -> None:
        name = Path(os.readlink(f"/proc/self/fd/{descriptor}")).name
        flushed.append((name, Path("root/a/result.json").exists()))
        fsync(descriptor)

    with take() as run:
        run.write("train", 1, loss=2.0)
        monkeypatch.setattr(os, "fsync", note)
        run.finish({"loss": 2.0})
    assert flushed[0] == ("metrics.jsonl", False)
    assert flushed[1][0].startswith(".tmp-result.json-") and not flushed[1][1]
    assert flushed[2] == ("a", True)


def test_the_same_config_resumes() -> None:
    with take() as run:
        assert not run.resumed
        run.write("train", 1, loss=2.0)
    with take({**CONFIG, "tracker": {"kind": "json"}}) as run:
        assert run.resumed and not run.is_finished
        run.write("train", 2, loss=1.0)
    assert [line["step"] for line in read_metrics(Path("root/a/metrics.jsonl"))] == [1, 2]


def test_a_finished_run_says_so_and_returns_its_result() -> None:
    with take() as run:
        run.finish({"loss": 2.0})
    with take() as run:
        assert run.is_finished and run.result and run.result["loss"] == 2.0


def test_another_config_is_refused_and_the_keys_named() -> None:
    with take():
        pass
    other = {**CONFIG, "seed": 1, "training": {"steps": 5, "rate": 1e-8}}
    with (
        pytest.raises(ValueError, match=r"seed: 0 -> 1; training.steps: 3 -> 5.*again=true"),
        take(other),
    ):
        pass


def test_other_logging_habits_are_the_same_run_under_its_own_hash() -> None:
    with take({**CONFIG, "training": {"steps": 3, "log_every": 1}}) as run:
        begun = run.hash
    other = {**CONFIG, "training": {"steps": 3, "log_every": 5, "samples": 2}}
    with take(other) as run:
        assert run.resumed and run.hash == begun
        run.finish({"loss": 2.0})
    with take(other) as run:
        assert run.is_finished and run.result and run.result["hash"] == begun
    assert read_config(Path("root/a"))["training"]["log_every"] == 1
    with (
        pytest.raises(ValueError, match=r"training.steps: 3 -> 4\)"),
        take({**other, "training": {**other["training"], "steps": 4}}),
    ):
        pass


def test_again_sets_the_old_folder_aside() -> None:
    with take() as run:
        run.finish({"loss": 2.0})
    with take({**CONFIG, "seed": 1}, again=True) as run:
        assert not run.is_finished and not run.resumed
    old = next(Path("root").glob("a.2*"))
    assert json.loads((old / "result.json").read_text())["loss"] == 2.0


def test_two_of_a_second_are_set_aside_under_two_names() -> None:
    for _ in range(2):
        Path("root/b").mkdir(parents=True)
        set_aside(Path("root/b"))
    assert len(list(Path("root").glob("b.*"))) == 2


def test_the_folder_is_free_again_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), take():
        raise ZeroDivisionError
    with take() as run:
        assert run.resumed


@pytest.mark.parametrize("name", ["", ".", "..", "../a", "/a", "a/b"])
def test_nothing_is_written_outside_the_root(name: str) -> None:
    with pytest.raises(ValueError, match="name of one folder"):
        Run("root", name, CONFIG)
    assert os.listdir() == []


def test_a_link_is_refused(tmp_path: Path) -> None:
    Path("root").mkdir()
    Path("root/a").symlink_to(tmp_path)
    with pytest.raises(ValueError, match="is a link"), take():
        pass
    assert not (tmp_path / "config.yaml").exists()


def test_an_edited_config_is_seen() -> None:
    with take():
        pass
    path = Path("root/a/config.yaml")
    path.write_text(path.read_text().replace("steps: 3", "steps: 4"))
    with pytest.raises(ValueError, match="not as it was written"), take():
        pass


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"\xff"])
def test_a_damaged_result_is_seen(damage: bytes) -> None:
    with take() as run:
        run.finish({"loss": 2.0})
    Path("root/a/result.json").write_bytes(damage)
    with pytest.raises(ValueError, match="result.json is damaged"), take():
        pass


def test_a_torn_last_line_is_dropped_and_told(capfd: pytest.CaptureFixture[str]) -> None:
    with take() as run:
        run.write("train", 1, loss=2.0)
    with open("root/a/metrics.jsonl", "a") as file:
        file.write('{"kind": "tr')
    with take():
        pass
    assert "dropped a torn last line" in capfd.readouterr().err
    assert len(read_metrics(Path("root/a/metrics.jsonl"))) == 1


def test_a_root_that_is_a_file_is_an_os_error() -> None:
    Path("root").write_text("")
    with pytest.raises(OSError, match="root"), take():
        pass


def test_a_root_that_cannot_be_made_is_an_os_error() -> None:
    Path("root").symlink_to("/proc/nowhere")
    with pytest.raises(OSError, match="nowhere"), take():
        pass


def takers(count: int) -> list[subprocess.Popen[str]]:
    """Start processes that all take the same run."""
    env = {**os.environ, "PYTHONPATH": str(Path(lab.records.__file__).parents[2])}
    command = [sys.executable, "-c", TAKER]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    return [subprocess.Popen(command, env=env, **pipes) for _ in range(count)]


@pytest.mark.parametrize("count", [3, pytest.param(8, marks=pytest.mark.faults)])
def test_one_process_at_a_time_and_the_others_know_which(count: int) -> None:
    processes = takers(count)
    said = [process.stdout.readline() for process in processes if process.stdout]
    inside = [process for process, line in zip(processes, said, strict=True) if line == "in\n"]
    assert len(inside) == 1
    refusals = [line for line in said if line != "in\n"]
    assert all(f"in use by process {inside[0].pid}" in line for line in refusals)
    for process in processes:
        process.communicate()


def test_a_killed_holder_lets_go() -> None:
    (holder,) = takers(1)
    assert holder.stdout and holder.stdout.readline() == "in\n"
    holder.kill()
    holder.communicate()
    with take({"seed": 0}) as run:
        assert run.resumed


@pytest.mark.parametrize("name", ["checkpoint", "metrics.jsonl", "evaluations", "result.json"])
def test_a_link_in_a_run_s_folder_is_neither_followed_nor_written(name: str) -> None:
    with take():
        pass
    target = Path("elsewhere")
    target.write_text("mine")
    (Path("root/a") / name).unlink(missing_ok=True)
    (Path("root/a") / name).symlink_to(target.resolve())
    with pytest.raises(ValueError, match=f"root/a/{name} is a link"), take() as run:
        run.write("train", 1, loss=2.0)
    assert target.read_text() == "mine"


def test_what_a_killed_session_was_writing_is_swept(tmp_path: Path) -> None:
    with Run(tmp_path, "mine", {"a": 1}):
        pass
    for part in (".tmp-environment.json-host-0123456789abcdef", "checkpoint/.tmp-step-7-host-0"):
        (tmp_path / "mine" / part).mkdir(parents=True)
    (tmp_path / "mine" / "gen-0").mkdir()
    (tmp_path / "mine" / "gen-0" / ".tmp-file").write_text("half")
    with Run(tmp_path, "mine", {"a": 1}):
        assert not list((tmp_path / "mine").rglob(".tmp-*"))


def test_a_finished_run_is_read_where_nothing_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error is planted: as root, tests may write everywhere."""
    with Run(tmp_path, "mine", {"a": 1}) as run:
        run.finish({"loss": 2.0})
    before = sorted(path.name for path in tmp_path.rglob("*"))

    def refuse(*_: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system", str(tmp_path))

    monkeypatch.setattr("lab.records.run.RunLock", refuse)
    with Run(tmp_path, "mine", {"a": 1}) as run:
        assert run.is_finished and run.result is not None and run.result["loss"] == 2.0
    assert sorted(path.name for path in tmp_path.rglob("*")) == before
    with pytest.raises(ValueError, match="another config"), Run(tmp_path, "mine", {"a": 2}):
        pass
    with pytest.raises(OSError, match="Read-only"), Run(tmp_path, "other", {"a": 1}):
        pass
