"""lab.export: files that read back, a folder that is left as it was, and errors in one line."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import pytest
import torch

from lab.corpora.vocabulary import Vocabulary
from lab.export import main
from lab.models import individual
from lab.models.architecture import Architecture
from lab.models.genotype import founder
from tests.exports.odd import ODD

ROOT = Path("experiments")


def artist(
    name: str, kind: str, vocabulary: Vocabulary, framing: str | None, **more: object
) -> None:
    """Save a founder as a run would."""
    architecture = Architecture(len(vocabulary), 32, 1, 2, 16, kind=kind, tied=False)
    birth = {
        "name": name, "framing": framing, "context": 64, "parents": [],
        "vocabulary": vocabulary.to_dict(), "recipe": {"kind": "founder"}, **more,
    }  # fmt: skip
    genotype = founder(architecture, torch.Generator().manual_seed(5))
    averages = {"ema.rows": genotype.rows, "ema.scales": genotype.scales * 1.5}
    individual.save_individual(
        ROOT / name / "checkpoint" / "step-00000000", genotype, birth, averages=averages
    )


@pytest.fixture(autouse=True)
def artists(own_folder: None) -> None:
    artist("llama", "llama", ODD, "conditional")
    artist("writer", "llama", Vocabulary.byte_level(), None)
    artist("sandwich", "sandwich", ODD, "unconditional")
    artist("sphere", "ngpt", ODD, "conditional")


def export(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["lab.export", *words, "wish=b", "count=9"])
    try:
        main()
    except SystemExit as left:
        return int(left.code or 0)
    return 0


@pytest.mark.parametrize("words", [
    "artist=llama format=gguf", "artist=writer format=gguf", "artist=sandwich format=gguf",
    "artist=llama format=llama2c", "artist=writer format=llama2c version=1",
    "artist=llama format=llama2c version=2", "artist=llama format=hub",
    "artist=llama format=gguf weights=ema",
])  # fmt: skip
def test_what_is_written_reads_back(
    words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if "gguf" in words:
        pytest.importorskip("gguf")
    assert export(monkeypatch, *words.split(), "output=out") == 0
    record = json.loads(Path("out/export.json").read_text())
    for name, told in record["files"].items():
        data = (Path("out") / name).read_bytes()
        assert len(data) == told["bytes"] and hashlib.sha256(data).hexdigest() == told["sha256"]
    back = record["read_back"]
    assert back["tokens"] >= 2
    assert back["max_logit_difference"] < (0.5 if "version=2" in words else 1e-5)
    said = capsys.readouterr().out
    assert all(f"out/{name}  " in said for name in record["files"])
    assert "read back: logits differ by" in said
    assert {"gguf": "llama-completion -m out/model.gguf", "hub": "lab.sample artist=out"}.get(
        record["format"], "out/model.bin -z out/tokenizer.bin"
    ) in said
    assert str(Path.cwd()) not in json.dumps(record)


def test_averages_are_other_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    for weights in ("raw", "ema"):
        words = ["artist=llama", "format=llama2c", f"weights={weights}", f"output={weights}"]
        assert export(monkeypatch, *words) == 0
    assert Path("raw/model.bin").read_bytes() != Path("ema/model.bin").read_bytes()


@pytest.mark.parametrize("name", ["sphere", "sandwich", "llama"])
def test_a_hubs_folder_is_an_artist_again(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    assert export(monkeypatch, f"artist={name}", "format=hub", "output=out") == 0
    card = Path("out/README.md").read_text()
    assert f"# {name}" in card and "it has no parents" in card
    mine = individual.find_individual(name, ROOT)
    Path("out").rename("elsewhere")
    assert individual.find_individual("elsewhere", ROOT).id == mine.id
    assert export(monkeypatch, "artist=elsewhere", "format=hub", "output=twice") == 0
    assert Path("elsewhere/transformers/config.json").is_file() == (name == "llama")


def test_the_card_knows_relatives_and_scores(monkeypatch: pytest.MonkeyPatch) -> None:
    mother = individual.find_individual("sphere", ROOT).id
    recipe = {"kind": "bred", "operator": "slerp", "parameters": {"alpha": 0.5}, "seed": 1}
    artist("child", "ngpt", ODD, "conditional", parents=[mother, "e" * 64], recipe=recipe)
    scores = {"scores": {"report": {"bpc": 1.5, "accuracy": 0.75}}}
    (ROOT / "child" / "result.json").write_text(json.dumps(scores))
    (ROOT / "child" / "evaluations").mkdir()
    told = {"bpc": 2.5, "accuracy": 0.5}
    (ROOT / "child" / "evaluations" / "select.json").write_text(json.dumps(told))
    assert export(monkeypatch, "artist=child", "format=hub", "output=out") == 0
    card = Path("out/README.md").read_text()
    assert f"| 1 | sphere | founder | `{mother[:12]}` |" in card
    assert "| unknown | `eeeeeeeeeeee` |" in card
    assert "| report | 1.5000 | 75.00 % |" in card and "| select (evaluated) | 2.5000" in card


def test_nothing_is_overwritten_unasked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["artist=llama", "format=llama2c", "output=out"]
    Path("out").mkdir()
    Path("out/mine.txt").write_text("mine")
    assert export(monkeypatch, *words) == 0
    before = {path: path.stat().st_mtime_ns for path in Path("out").iterdir()}
    assert export(monkeypatch, *words) == 2
    said = capsys.readouterr().err
    assert "out/model.bin is there already: again=true writes over it" in said
    assert before == {path: path.stat().st_mtime_ns for path in Path("out").iterdir()}
    assert export(monkeypatch, *words, "again=true") == 0
    assert Path("out/mine.txt").read_text() == "mine"


def test_everything_lies_below_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    before = set(Path().rglob("*"))
    assert export(monkeypatch, "artist=llama", "format=llama2c") == 0
    made = {path for path in set(Path().rglob("*")) - before if path.is_file()}
    names = ("model.bin", "tokenizer.bin", "export.json")
    assert made == {ROOT / "llama" / "llama2c" / name for name in names}


BAD = {  # what the line says: what is typed
    "an nGPT has no form that llama.cpp or llama2.c runs": "artist=sphere format=gguf",
    "llama2.c runs no sandwich": "artist=sandwich format=llama2c",
    "no llama.cpp engine is installed: make engine": "artist=llama format=gguf engine=true",
    "engine=true belongs to format=gguf": "artist=llama format=hub engine=true",
    "there is no format=onnx: choose one of gguf, hub, llama2c": "artist=llama format=onnx",
    "did you mean gguf?": "artist=llama format=ggfu",
    "format is missing": "artist=llama",
    "no individual called nobody": "artist=nobody format=hub",
    "keeps no averages": "artist=llama format=hub weights=last",
    "version must be": "artist=llama format=llama2c version=3",
    "is no name on the hub": "artist=hub:x format=hub",
}


@pytest.mark.parametrize("line", BAD)
def test_what_is_wrong_is_one_line(
    line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("LAB_ENGINES", str(tmp_path))
    assert export(monkeypatch, *BAD[line].split(), "output=out") == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1 and line in said[0]
    assert not Path("out").exists()
