"""The report log: one writer at a time, torn lines cut, damage named."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lab.breeding.statistics import report_log
from lab.breeding.statistics.report_log import read_evaluations, record_evaluation

ROOT = Path(__file__).resolve().parents[3]
TRY = """
import sys
from filelock import FileLock, Timeout
try:
    FileLock(sys.argv[1]).acquire(timeout=0)
except Timeout:
    print("locked")
"""
WRITE = """
import sys
from pathlib import Path
from lab.breeding.statistics.report_log import record_evaluation
for number in range(25):
    record_evaluation(Path("log.jsonl"), f"{sys.argv[1]}-{number}", "test")
"""


def test_an_evaluation_is_written_with_its_purpose_and_time() -> None:
    record_evaluation(Path("new/log.jsonl"), "a" * 64, "breed x: child", root="here")
    (entry,) = read_evaluations(Path("new/log.jsonl"))
    assert (entry["candidate"], entry["purpose"], entry["root"]) == (
        "a" * 64, "breed x: child", "here",
    )  # fmt: skip
    assert entry["at"].endswith("+00:00") and read_evaluations(Path("none")) == []


def test_no_other_process_writes_between_the_cut_and_the_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without the lock, one that cuts a torn line would cut the line of another."""
    told: list[str] = []

    def watched(name: str) -> None:
        plain = getattr(report_log, name)

        def call(*arguments: Any) -> None:
            lock = str(Path(".locks/log.jsonl.lock").resolve())
            command = [sys.executable, "-c", TRY, lock]
            told.append(subprocess.run(command, capture_output=True, text=True).stdout)
            plain(*arguments)

        monkeypatch.setattr(report_log, name, call)

    watched("cut_unfinished_line")
    watched("append_log_entry")
    record_evaluation(Path("log.jsonl"), "a", "test")
    assert told == ["locked\n", "locked\n"]
    assert len(read_evaluations(Path("log.jsonl"))) == 1


def test_three_processes_lose_no_line_and_tear_none() -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    writers = [subprocess.Popen([sys.executable, "-c", WRITE, name], env=env) for name in "abc"]
    try:
        assert [writer.wait(timeout=120) for writer in writers] == [0, 0, 0]
    finally:
        for writer in writers:
            writer.kill()
            writer.wait()
    entries = read_evaluations(Path("log.jsonl"))
    assert sorted(entry["candidate"] for entry in entries) == sorted(
        f"{name}-{number}" for name in "abc" for number in range(25)
    )


def test_a_torn_line_is_cut_before_the_next_and_never_read() -> None:
    path = Path("log.jsonl")
    record_evaluation(path, "a", "test")
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"candidate": "b')
    assert [entry["candidate"] for entry in read_evaluations(path)] == ["a"]
    record_evaluation(path, "c", "test")
    assert [entry["candidate"] for entry in read_evaluations(path)] == ["a", "c"]
    assert path.read_bytes().startswith(whole)


@pytest.mark.parametrize("line", [b"{}\n", b"x\n", b'{"candidate": "a", "crc": 0}\n'])
def test_a_damaged_line_is_named(line: bytes) -> None:
    Path("log.jsonl").write_bytes(line)
    with pytest.raises(ValueError, match="line 1 is damaged"):
        read_evaluations(Path("log.jsonl"))
