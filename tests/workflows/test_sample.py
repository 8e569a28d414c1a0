"""Sampling workflow: a gallery drawn to its count, shown from its file, or drawn again."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lab.galleries.gallery_file import read_gallery
from lab.models.individual import Individual
from lab.workflows.sample import sample_run, show_pieces

Save = Callable[..., Individual]
Config = Callable[..., Any]
GALLERY = Path("galleries/g.samples.jsonl")


def test_as_many_are_drawn_as_asked_and_shown_from_the_file(
    save_artist: Save, command_config: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    save_artist("a")
    words = ("gallery=g", "closed=false", "threads=1")
    sample_run(command_config("sample", "artist=a", "count=3", *words))
    pieces = read_gallery(GALLERY)
    assert [piece["wish"] for piece in pieces] == ["bar", "box", "bar"]
    drawn = capsys.readouterr().out
    assert f"written to {GALLERY}" in drawn
    sample_run(command_config("sample", "gallery=g", "threads=1"))
    assert drawn.startswith(capsys.readouterr().out.rstrip("\n"))
    sample_run(command_config("sample", "gallery=g", "redraw=2", "threads=1"))
    assert capsys.readouterr().out == "line 2: the same, byte for byte\n"


def test_a_line_names_the_commit_of_an_artist_from_the_hub(
    save_artist: Save, command_config: Config, tmp_path: Path
) -> None:
    fetched = tmp_path / "models--me--odd" / "snapshots" / "c0ffee"
    shutil.copytree(save_artist("a").path, fetched)
    words = ("count=1", "labels=[bar]", "gallery=g", "closed=false", "threads=1")
    for name, source in ((str(fetched), "hub:me/odd@c0ffee"), ("a", None)):
        sample_run(command_config("sample", f"artist={name}", *words))
        assert [piece.get("hub") for piece in read_gallery(GALLERY)] == [source]


def test_all_labels_are_drawn_once_each(
    save_artist: Save, command_config: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    save_artist("a")
    words = ("artist=a", "labels=all", "gallery=g", "closed=false", "threads=1")
    sample_run(command_config("sample", *words))
    assert [piece["wish"] for piece in read_gallery(GALLERY)] == ["bar", "box"]


def test_fewer_than_asked_is_a_warning(
    save_artist: Save, command_config: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    save_artist("a")
    words = ("artist=a", "count=2", "gallery=g", "max_similarity=0", "threads=1")
    sample_run(command_config("sample", *words))
    assert "only 0 of 2 came out as asked" in capsys.readouterr().err
    assert read_gallery(GALLERY) == []


def test_pieces_of_one_seed_share_a_row_and_control_characters_are_shown(
    command_config: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    same = {"seed": 1, "wish": "bar", "framing": "conditional", "sampling": {"temperature": 0.5}}
    pieces = [{**same, "artist": name, "text": f"<{name}>"} for name in ("a", "b\x1b[2J")]
    show_pieces(command_config("sample", "gallery=g"), pieces)
    out = capsys.readouterr().out
    assert out.startswith("seed 1\n") and "\x1b" not in out
    assert any("<a>" in line and "<b" in line for line in out.splitlines())


def test_in_a_terminal_every_drawing_has_number_label_and_novelty(
    command_config: Config, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    nearest = {"similarity": 0.31, "verdict": "new"}
    pieces = [
        {"seed": seed, "label": label, "framing": "conditional", "text": "|\n|", "nearest": nearest}
        for seed, label in enumerate(("Cats", "Owls"))
    ]
    show_pieces(command_config("sample", "gallery=g"), pieces)
    assert capsys.readouterr().out == "|   |\n|   |\n"
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "40")
    show_pieces(command_config("sample", "gallery=g"), pieces)
    title, *lines = capsys.readouterr().out.splitlines()
    assert title == "1 Cats, new 0.31   2 Owls, new 0.31" and len(lines) == 2
