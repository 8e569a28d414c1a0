"""lab.bench: a table for people, the figures for the record."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from lab.bench import main
from lab.workflows.bench import format_bench_table


def knock(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["lab-bench", *words])
    try:
        main()
    except SystemExit as left:
        return int(left.code or 0)
    return 0


def test_the_figures_of_the_table_are_kept(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["subject.sizes=[debug]", "subject.rounds=1", "subject.memory=false"]
    assert knock(monkeypatch, *words) == 0
    kept = json.loads(Path("experiments/bench-training/result.json").read_text())
    assert set(kept) == {"command", "columns", "rows", "environment"}
    assert kept["command"].startswith("python -m lab.bench 'subject.sizes=[debug]'")
    printed = capsys.readouterr().out
    assert all(name in printed for name in [*kept["rows"], *kept["columns"]])


def test_a_table_is_aligned() -> None:
    lines = format_bench_table(
        {"a": {"x": 1.0, "long": 12345.6}, "bcd": {"x": None, "long": 4.8e-7}}
    )
    assert lines == [
        "     x     long",
        "a    1   12,346",
        "bcd  -  4.8e-07",
    ]


BAD = {  # what the line says: what is typed
    "there is no subject=trianing": "subject=trianing",
    "subject.sizes: no huge, choose one of debug": "subject.sizes=[huge]",
    "subject.rounds must be at least 1": "subject.rounds=0",
    "run knows no subject.round; did you mean subject.rounds?": "+subject.round=3",
    "threads must be at least 1": "threads=0",
}


@pytest.mark.parametrize("line", BAD)
def test_what_is_wrong_is_one_line(
    line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert knock(monkeypatch, BAD[line]) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1 and line in said[0]
