"""lab.evaluate: means and windows agree, and nobody looks at report unseen."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from lab.breeding.statistics.report_log import read_evaluations
from lab.corpora.drawing_corpus import drawings
from lab.corpora.vocabulary import Vocabulary
from lab.evaluate import main
from lab.models import individual
from lab.models.architecture import Architecture
from lab.models.genotype import founder
from tests.workflows.conftest import write_config

EVALUATIONS = Path("experiments/artist/evaluations")


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    art = [f"o{'-' * n}o\n{'|' * (n % 7 + 1)}" for n in range(1, 60)]
    path = tmp_path / "art.jsonl"
    path.write_text("\n".join(json.dumps({"label": "bar", "art": one}) for one in art))
    return path


@pytest.fixture
def artist(pictures: Path) -> None:
    """A founder that claims to have learned from the pictures."""
    vocabulary = drawings(pictures).vocabulary
    config = {
        "corpus._target_": "lab.corpora.drawing_corpus.drawings",
        "corpus.path": str(pictures),
    }
    save("artist", vocabulary, {"kind": "trained", "config": config})
    write_config(Path("experiments/artist"), {"corpus": {"path": str(pictures)}})


def save(name: str, vocabulary: Vocabulary, recipe: dict[str, object]) -> None:
    birth = {
        "name": name,
        "framing": "conditional",
        "context": 96,
        "parents": [],
        "vocabulary": vocabulary.to_dict(),
        "recipe": recipe,
    }
    genotype = founder(Architecture(len(vocabulary), 16, 1, 1, 16), torch.Generator())
    individual.save_individual(
        Path(f"experiments/{name}/checkpoint/step-00000000"), genotype, birth
    )


def knock(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["lab-evaluate", *words])
    try:
        main()
    except SystemExit as left:
        return int(left.code or 0)
    return 0


@pytest.mark.usefixtures("artist")
def test_members_of_families_and_gen_0_do_not_take_each_others_place(
    monkeypatch: pytest.MonkeyPatch, pictures: Path
) -> None:
    root = Path("experiments")
    for place in ("families/one/fork", "families/two/fork"):
        shutil.copytree(root / "artist", root / place)
    shutil.copytree(root / "artist/checkpoint/step-00000000", root / "artist/gen-0")
    more = ("corpus=drawings", f"corpus.path={pictures}", "half=A")
    for words in (
        ["families/one/fork"],
        ["families/two/fork"],
        ["artist/gen-0"],
        ["artist", *more],
    ):
        assert knock(monkeypatch, f"artist={words[0]}", *words[1:]) == 0
    files = {str(one.relative_to(root)) for one in root.rglob("evaluations/*.json")}
    assert files == {
        "families/one/fork/evaluations/select.json",
        "families/two/fork/evaluations/select.json",
        "artist/evaluations/gen-0-select.json",
        "artist/evaluations/select-art-A.json",
    }


@pytest.mark.usefixtures("artist")
def test_the_windows_add_up_to_the_means(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], pictures: Path
) -> None:
    assert knock(monkeypatch, "artist=artist") == 0
    said = json.loads((EVALUATIONS / "select.json").read_text())
    with np.load(EVALUATIONS / "select.npz") as stored:
        windows = dict(stored)
    assert windows["nats"].dtype == np.float32
    assert said["windows"] == len(windows["nats"]) == len(drawings(pictures).select)
    loss = windows["nats"].sum(dtype=np.float64) / windows["characters"].sum()
    assert said["loss"] == pytest.approx(loss)
    assert said["bpc"] == pytest.approx(said["loss"] / np.log(2))
    assert (said["context"], said["stride"]) == (96, "drawing")
    assert f"loss {said['loss']:.4f}" in capsys.readouterr().out


@pytest.mark.usefixtures("artist")
def test_the_same_twice_gives_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    knock(monkeypatch, "artist=artist")
    before = [(EVALUATIONS / f"select.{end}").read_bytes() for end in ("json", "npz")]
    knock(monkeypatch, "artist=artist")
    assert before == [(EVALUATIONS / f"select.{end}").read_bytes() for end in ("json", "npz")]


@pytest.mark.usefixtures("artist")
def test_every_touch_of_report_is_written_down(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert knock(monkeypatch, "artist=artist", "split=report") == 0
    assert "this is evaluation 2 of artist" in capsys.readouterr().err
    lines = read_evaluations(Path("experiments/report-touches.jsonl"))
    found = individual.find_individual("artist", Path("experiments"))
    assert [line["candidate"] for line in lines] == [found.id] * 2
    assert [line["purpose"] for line in lines] == ["evaluate artist on art"] * 2


@pytest.mark.usefixtures("artist")
def test_touches_of_an_older_lab_are_one_line_and_stay(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    log = Path("experiments/report-touches.jsonl")
    log.write_text('{"at": "2026-01-01T00:00:00+00:00", "individual": "0", "name": "artist"}\n')
    before = log.read_bytes()
    assert knock(monkeypatch, "artist=artist", "split=report") == 2
    said = capsys.readouterr().err
    assert "line 1 is damaged, or of an older lab" in said and said.count("\n") == 1
    assert log.read_bytes() == before
    assert not (EVALUATIONS / "report.json").exists()


def test_a_corpus_that_changed_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], pictures: Path
) -> None:
    config = {
        "corpus._target_": "lab.corpora.drawing_corpus.drawings",
        "corpus.path": str(pictures),
    }
    recipe = {"kind": "trained", "config": config, "corpus": "0" * 64}
    save("artist", drawings(pictures).vocabulary, recipe)
    write_config(Path("experiments/artist"), {"corpus": {"path": str(pictures)}})
    assert knock(monkeypatch, "artist=artist") == 0
    assert "art is no longer what artist learned from" in capsys.readouterr().err


@pytest.mark.usefixtures("artist")
def test_other_splits_leave_the_seal_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert knock(monkeypatch, "artist=artist", "split=train", "windows=3") == 0
    assert json.loads((EVALUATIONS / "train.json").read_text())["windows"] == 3
    assert not Path("experiments/report-touches.jsonl").exists()


def test_one_without_a_corpus_asks_for_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], pictures: Path
) -> None:
    save("orphan", drawings(pictures).vocabulary, {"kind": "adopted"})
    assert knock(monkeypatch, "artist=orphan") == 2
    assert "name one with corpus=..." in capsys.readouterr().err
    named = [f"corpus.path={pictures}", "corpus=drawings"]
    assert knock(monkeypatch, "artist=orphan", *named) == 0
    assert Path("experiments/orphan/evaluations/select-art.json").is_file()


BAD = {  # what the line says: what is typed
    "artist is missing: set it with artist=...": [],
    "no individual called nobody": ["artist=nobody"],
    "split must be one of train, select, report": ["artist=a", "split=reprot"],
    "windows must be at least 1": ["artist=a", "windows=0"],
    "half=A belongs to a corpus": ["artist=a", "half=A"],
    "there is no corpus=bestiry": ["artist=a", "corpus=bestiry"],
}


@pytest.mark.parametrize("line", BAD)
def test_what_is_wrong_is_one_line(
    line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert knock(monkeypatch, *BAD[line]) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1 and line in said[0]
