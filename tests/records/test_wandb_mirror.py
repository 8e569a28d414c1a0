"""The mirror in W&B: the same numbers as the record, and never a harm to the run."""

from __future__ import annotations

import json
import os
import shlex
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lab.records import Metrics, Run, read_metrics
from lab.records.wandb_mirror import NullMirror, WandbMirror, open_mirror

OFFLINE = {"kind": "wandb", "project": "a/b: c", "mode": "offline", "entity": None}
CONFIG = {
    "seed": 0, "training": {}, "corpus": {"_target_": "lab.corpora.bestiary.bestiary"},
    "scale": {"name": "debug"},
}  # fmt: skip


def chunks(path: Path) -> Iterator[bytes]:
    """Yield the records of a .wandb file: a 7-byte head, then LevelDB's log format.

    LevelDB: 32 KiB blocks of pieces with crc (4 bytes), length (2), type (1: whole, 2: first,
    3: middle, 4: last), github.com/google/leveldb/blob/main/doc/log_format.md.
    """
    data, at, record = path.read_bytes(), 7, b""
    while at + 7 <= len(data):
        if 32768 - at % 32768 < 7:
            at += 32768 - at % 32768
            continue
        length, kind = struct.unpack("<HB", data[at + 4 : at + 7])
        if at + 7 + length > len(data):
            return
        record += data[at + 7 : at + 7 + length]
        at += 7 + length
        if kind in (1, 4):
            yield record
            record = b""


def mirrored(folder: Path) -> list[Any]:
    """Return the records of a finished offline run, once W&B's own process has written the last.

    Of several sessions, those of the last.
    """
    from wandb.proto import wandb_internal_pb2

    path = max(folder.glob("wandb/offline-run-*/*.wandb"))
    for _ in range(600):
        records = [wandb_internal_pb2.Record.FromString(chunk) for chunk in chunks(path)]
        if records and records[-1].WhichOneof("record_type") == "exit":
            return records
        time.sleep(0.05)
    raise AssertionError("W&B did not end its file")


def history(records: list[Any]) -> list[dict[str, Any]]:
    """Return what was logged, line by line, without what W&B adds."""
    lines = []
    for record in records:
        if record.WhichOneof("record_type") == "history":
            items = record.history.item
            line = {
                one.key or "/".join(one.nested_key): json.loads(one.value_json) for one in items
            }
            lines.append({key: value for key, value in line.items() if not key.startswith("_")})
    return lines


def expected(line: dict[str, Any]) -> dict[str, Any]:
    """Return a line of metrics.jsonl as W&B shows it."""
    values = {key: value for key, value in line.items() if key not in ("kind", "step")}
    return {"step": line["step"], **{f"{line['kind']}/{key}": one for key, one in values.items()}}


def test_a_finished_offline_run_holds_every_number_of_the_record() -> None:
    with Run("root", "a", CONFIG, tracker=OFFLINE) as run:
        run.mirror.log_input("mother", "12ab")
        run.mirror.log_input("father", "56ef")
        for step in range(1, 301):
            run.write("train", step, loss=1 / step, speed=float(step), tokens=64 * step)
        run.write("evaluate", 300, loss=float("nan"), accuracy=0.25)
        run.write("sample", 300, texts=["\x02=^.^=\n", "é"])
        run.mirror.log_output("a", "34cd")
        run.finish({"loss": 0.5})
    records = mirrored(Path("root/a"))
    assert history(records) == [
        expected(line) for line in read_metrics(Path("root/a/metrics.jsonl"))
    ]
    artifacts = [one.artifact for one in records if one.WhichOneof("record_type") == "artifact"]
    assert [(one.name, json.loads(one.metadata)["id"]) for one in artifacts] == [("a", "34cd")]
    (told,) = [one.run for one in records if one.WhichOneof("record_type") == "run"]
    assert (told.run_group, told.job_type) == ("bestiary-debug", "train")
    configs = [one.config for one in records if one.WhichOneof("record_type") == "config"]
    assert any("12ab" in str(one) and "56ef" in str(one) for one in configs)


TRAIN_AND_STOP = """
import os, signal, sys, time
from lab.records import Run
with Run("root", "a", {"seed": 0}, tracker={"kind": "wandb", "mode": "offline"}) as run:
    run.forget(int(sys.argv[1]))
    for step in range(int(sys.argv[1]) + 1, int(sys.argv[2]) + 1):
        run.write("train", step, loss=1 / step)
        run.write("evaluate", step, loss=2 / step)
    if sys.argv[3] == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    run.finish({"loss": 0.5})
"""


def session(first: int, last: int, end: str) -> subprocess.CompletedProcess[str]:
    """Run one session of a run in a process of its own, from a checkpoint to its last step."""
    time.sleep(1.1)  # W&B names a folder by the second
    command = [sys.executable, "-c", TRAIN_AND_STOP, str(first), str(last), end]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    environment.pop("WANDB_SERVICE", None)  # W&B's own process of the tests before
    return subprocess.run(
        command, capture_output=True, text=True, env=environment, check=False, timeout=120
    )


def test_a_killed_and_resumed_run_is_one_with_the_whole_record() -> None:
    assert session(0, 5, "kill").returncode == -signal.SIGKILL
    assert session(3, 6, "kill").returncode == -signal.SIGKILL
    last = session(4, 9, "finish")
    assert last.returncode == 0 and "W&B: offline" in last.stderr, last.stderr
    folders = sorted(Path("root/a").glob("wandb/offline-run-*"))
    assert len(folders) == 3 and len({folder.name.split("-")[-1] for folder in folders}) == 1
    records = mirrored(Path("root/a"))
    lines = read_metrics(Path("root/a/metrics.jsonl"))
    assert history(records) == [expected(line) for line in lines] and len(lines) == 18
    steps = [one.history.step.num for one in records if one.WhichOneof("record_type") == "history"]
    assert steps == list(range(18))
    assert f"wandb sync {shlex.quote(str(folders[-1].resolve()))}" in last.stderr


def test_of_a_resumed_run_w_and_b_gets_the_lines_that_it_lacks() -> None:
    """Online, the lines before run.step are there already."""
    logged: list[tuple[int, int]] = []

    class Online:
        offline, step = False, 7
        url = "https://wandb.example/a"

        def log(self, line: dict[str, Any], step: int, commit: bool) -> None:
            logged.append((line["step"], step))

        def finish(self, exit_code: int) -> None:
            pass

    metrics = Metrics(Path("metrics.jsonl"))
    for step in range(1, 11):
        metrics.append("train", step, loss=1.0)
    shown = WandbMirror(Online, metrics.path)
    shown.log(metrics.append("train", 11, loss=1.0) or {})
    shown.log(metrics.append("train", 12, loss=1.0) or {})
    shown.close()
    metrics.close()
    assert logged == [(step, step - 1) for step in range(8, 13)]


def test_a_run_within_a_run_is_another_and_both_are_whole() -> None:
    with Run("root", "a", CONFIG, tracker=OFFLINE) as cross:
        with Run("root/families/f", "member", {"seed": 1}, tracker=OFFLINE) as member:
            member.write("train", 1, loss=2.0)
            member.finish({})
        cross.write("search", 1, best=1.5)
        cross.finish({})
    for folder in (cross.folder, member.folder):
        lines = read_metrics(folder / "metrics.jsonl")
        assert history(mirrored(folder)) == [expected(line) for line in lines] and len(lines) == 1


def test_a_gallery_is_a_table_of_at_most_64_rows_and_a_page(tmp_path: Path) -> None:
    rows = [{"label": f"Cats {i}", "similarity": "", "text": "\\n=^.^="} for i in range(70)]
    page = "<!doctype html><p>=^.^="
    shown = open_mirror(OFFLINE, tmp_path, "a", "0" * 64, CONFIG)
    shown.log_table("mine", rows, page)
    shown.close()
    (line,) = history(mirrored(tmp_path))
    assert line["mine/_type"] == "table-file" and line["mine/nrows"] == 64
    assert line["mine page/_type"] == "html-file"
    (told,) = tmp_path.glob("wandb/offline-run-*/files/media/table/*.json")
    table = json.loads(told.read_text())
    assert table["columns"] == ["label", "similarity", "text"]
    assert table["data"][63] == ["Cats 63", "", "\\n=^.^="]
    (kept,) = tmp_path.glob("wandb/offline-run-*/files/media/html/*.html")
    assert kept.read_text() == page  # with no style sheet of theirs


class Broken:
    """A wandb that starts, then fails at everything."""

    offline = True

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(f"no {name}\ntoday")


def test_a_failure_is_one_warning_and_the_record_is_whole(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    import wandb

    monkeypatch.setattr(wandb, "init", lambda **_: Broken())
    with Run("root", "a", CONFIG, tracker=OFFLINE) as run:
        run.write("train", 1, loss=2.0)
        run.mirror.log_table("mine", [{"text": "=^.^="}], "<p>")
        run.write("train", 2, loss=1.0)
        run.finish({"loss": 1.0})
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith("lab: W&B is off for the rest of this run (no ")
    assert len(read_metrics(Path("root/a/metrics.jsonl"))) == 2


def test_without_wandb_the_run_goes_on(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "wandb", None)
    with Run("root", "a", CONFIG, tracker=OFFLINE) as run:
        run.write("train", 1, loss=2.0)
    assert "W&B is off" in capfd.readouterr().err


@pytest.mark.parametrize(
    "tracker", [{"kind": "json"}, {"kind": "wandb", "mode": "disabled"}, {}, {"mode": "online"}]
)
def test_nothing_is_shown_where_nothing_is_asked(tracker: dict[str, str], tmp_path: Path) -> None:
    assert type(open_mirror(tracker, tmp_path, "a", "0", {})) is NullMirror
