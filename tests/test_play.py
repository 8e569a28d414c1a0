"""The play door as a user meets it: a film learned in seconds, played without a terminal."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from lab.evaluate import main as evaluate
from lab.exports import llama_cpp_runner
from lab.play import main as play
from lab.sample import main as sample
from lab.train import main as train
from lab.workflows import training_corpora

FILM = "..@\n.@.\nnekomark\n@..\n.@.\nnekomark\n...\n@@@\n"
SHORT = (
    "scale=debug",
    "training.evaluate_every=80",
    "training.checkpoint_every=80",
    "training.context=16",
    "training.steps=80",
    "optimizer.lr=0.02",
)


def knock(monkeypatch: pytest.MonkeyPatch, door: object, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["lab", *words])
    try:
        door()  # type: ignore[operator]
    except SystemExit as left:
        return int(left.code or 0)
    return 0


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "film.txt"
    path.write_text(FILM)
    return path


def test_a_film_is_learned_played_and_judged(
    film: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    exp = "bad_apple_rows"
    assert knock(monkeypatch, train, f"+exp={exp}", *SHORT, f"corpus.path={film}") == 0
    card = capsys.readouterr().out
    told = json.loads(Path(f"experiments/{exp}/result.json").read_text())
    assert told["freely"]["all"]["frames"] == 3 and "freely, all" in card
    assert told["freely"]["all"]["perfect"] >= 2, told["freely"]
    assert knock(monkeypatch, play, f"artist={exp}", "view=print", "truth=true", "last=1") == 0
    shown = capsys.readouterr().out
    assert shown.count("---\n") == 2 and "of 2 frames perfect" in shown
    assert knock(monkeypatch, play, f"artist={exp}", "view=gif", "truth=true") == 0
    assert Path(f"galleries/{exp}.gif").read_bytes().startswith(b"GIF89a")
    assert knock(monkeypatch, play, f"artist={exp}") == 0
    assert "there is no terminal here" in capsys.readouterr().out
    monkeypatch.setattr(llama_cpp_runner, "engines", list)
    assert knock(monkeypatch, play, f"artist={exp}", "engine=true") == 2
    assert "make engine" in capsys.readouterr().err
    assert knock(monkeypatch, evaluate, f"artist={exp}", "split=report") == 0
    assert "freely, all" in capsys.readouterr().out
    film.write_text(FILM.replace("@@@", "@@."))
    training_corpora._read_corpus.cache_clear()  # a process reads a corpus once
    assert knock(monkeypatch, play, f"artist={exp}", "truth=true") == 2
    assert knock(monkeypatch, play, f"artist={exp}", "first=3") == 2
    assert knock(monkeypatch, sample, f"artist={exp}", "labels=a") == 2
    said = capsys.readouterr().err
    assert "no longer what was learned" in said and "0 to 2" in said


BAD = {  # what the line says: what is typed
    "artist is missing": (),
    "view must be one of": ("artist=x", "view=window"),
    "last=1 is before first=2": ("artist=x", "first=2", "last=1"),
    "rate must be above 0": ("artist=x", "rate=0"),
}


@pytest.mark.parametrize("line", BAD)
def test_what_is_wrong_is_one_line(
    line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert knock(monkeypatch, play, *BAD[line]) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1 and line in said[0]


def test_a_film_and_its_framing_belong_together(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert knock(monkeypatch, train, "corpus=frames") == 2
    assert knock(monkeypatch, train, "framing=row") == 2
    first, second = capsys.readouterr().err.splitlines()
    assert "framing=frame or framing=row" in first and "corpus=frames" in second
