"""The film benchmark at its smallest: every way is there, and does the work that it claims."""

from __future__ import annotations

import sys

import pytest

from lab.benchmarks.film import COLUMNS, run
from lab.exports import llama_cpp_runner


def test_every_way_to_decode_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(llama_cpp_runner, "engines", list)
    rows = run("debug", path="embedded", learned=20, rounds=2)
    assert all(list(row) == list(COLUMNS) for row in rows.values())
    by_name = {name.partition(" (")[0]: row for name, row in rows.items()}
    plain, drafted = by_name["plain, a character a pass"], by_name["draft and verify"]
    lines, both = by_name["8 rows in parallel"], by_name["8 rows, drafted"]
    assert plain["passes"] == 8 * 13 + 1 and lines["passes"] == 13
    assert drafted["passes"] < plain["passes"] / 3 and both["passes"] < lines["passes"] / 1.5
    assert lines["read"] == 8 * 13 and drafted["read"] >= plain["read"] - 1
    assert all(row["seconds"] is None or row["seconds"] > 0 for row in rows.values())


@pytest.mark.engine
@pytest.mark.skipif(not llama_cpp_runner.engines(), reason=llama_cpp_runner.NO_ENGINE)
def test_llama_cpp_stands_beside() -> None:
    rows = run("debug", path="embedded", learned=1, rounds=1)
    theirs = [row for name, row in rows.items() if name.startswith(("llama-cpp", "node"))]
    assert [row["passes"] for row in theirs] == [8 * 13, 13]
    assert all(row["seconds"] > 0 for row in theirs)


def test_an_engine_that_fails_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = llama_cpp_runner.LlamaCppEngine(
        "broken", (sys.executable, "-c", "raise SystemExit('an error')")
    )
    monkeypatch.setattr(llama_cpp_runner, "engines", lambda: [broken])
    rows = run("debug", path="embedded", learned=1, rounds=1)
    assert "llama.cpp: failed, broken failed: an error" in rows and len(rows) == 6


def test_what_cannot_be_measured_is_refused() -> None:
    with pytest.raises(ValueError, match="no huge"):
        run("huge")
    with pytest.raises(ValueError, match="leaves none"):
        run("debug", path="embedded", learned=72)
