"""The plotting door: figures of a study and of a gallery, or one line."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import lab.plot

ROOT = Path(__file__).resolve().parents[1]


def plot(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["lab.plot", *words])
    try:
        lab.plot.main()
    except SystemExit as left:
        return int(left.code or 0)
    return 0


def test_a_gallery_gives_novelty_and_a_contact_sheet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pieces = ROOT / "galleries" / "styleA-bestiary.samples.jsonl"
    assert plot(monkeypatch, f"gallery={pieces}", f"output={tmp_path}") == 0
    said = capsys.readouterr().out.split()
    assert [Path(one).name for one in said] == [
        "novelty-styleA-bestiary.png", "novelty-styleA-bestiary.svg",
        "sheet-styleA-bestiary.png", "sheet-styleA-bestiary.svg",
    ]  # fmt: skip
    assert all(Path(one).stat().st_size > 1000 for one in said)


def test_a_gallery_of_running_text_gives_a_sheet_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pieces = ROOT / "galleries" / "enwik8.samples.jsonl"
    assert plot(monkeypatch, f"gallery={pieces}", f"output={tmp_path}") == 0
    said = capsys.readouterr().out.split()
    assert [Path(one).name for one in said] == ["sheet-enwik8.png", "sheet-enwik8.svg"]


def test_nothing_to_draw_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert plot(monkeypatch, f"root={tmp_path}", "study=x*") == 2
    said = capsys.readouterr().err.strip().splitlines()
    assert len(said) == 1 and "lab.breed makes them" in said[0]
