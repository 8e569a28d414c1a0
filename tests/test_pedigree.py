"""lab.pedigree: an adopted checkpoint is a finished run like any other."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import torch

from lab.models import individual
from lab.models.architecture import Architecture
from lab.models.bridge import to_library
from lab.models.genotype import founder
from lab.pedigree import main

TEXT = "\x02\x03\x04 abc"
SHAPE = Architecture(len(TEXT), 16, 1, 1, 16)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    model = to_library(founder(SHAPE, torch.Generator().manual_seed(0)))
    whole = {"config": {"block_size": 32}, "model": model, "itos": list(TEXT)}
    torch.save(whole, tmp_path / "old artist.pt")
    return tmp_path / "old artist.pt"


def knock(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    monkeypatch.setattr(sys, "argv", ["lab-pedigree", *map(str, words)])
    try:
        main()
    except SystemExit as left:
        return int(left.code or 0)
    return 0


def test_an_adopted_one_is_found_by_its_name(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert knock(monkeypatch, f"adopt='{file}'") == 0
    found = individual.find("old_artist", Path("experiments"))
    assert found.genotype.architecture == SHAPE
    assert (found.birth["framing"], found.birth["context"]) == ("conditional", 32)
    assert found.birth["recipe"]["kind"] == "adopted"
    result = json.loads(Path("experiments/old_artist/result.json").read_text())
    assert result["individual"] == found.id
    assert "s_logit_init=1.0" in capsys.readouterr().out


def test_the_same_again_is_done_already(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    knock(monkeypatch, f"adopt='{file}'", "call=a")
    before = individual.find("a", Path("experiments")).id
    assert knock(monkeypatch, f"adopt='{file}'", "call=a") == 0
    assert "is done already" in capsys.readouterr().err
    assert individual.find("a", Path("experiments")).id == before


def test_another_file_does_not_take_its_name(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    knock(monkeypatch, f"adopt='{file}'", "call=a")
    model = to_library(founder(SHAPE, torch.Generator().manual_seed(1)))
    torch.save({"config": {"block_size": 32}, "model": model, "itos": list(TEXT)}, file)
    assert knock(monkeypatch, f"adopt='{file}'", "call=a") == 2
    assert "holds a run of another config (sha256" in capsys.readouterr().err


BAD = {  # what the line says: what is typed beside or instead of adopt=
    "say exactly one of adopt=FILE": [],
    "nowhere.pt: No such file or directory": ["adopt=nowhere.pt"],
    "name must be 1 to 64 letters": ["adopt=x.pt", "call=../x"],
    "assume.residual must be one of lerp, geodesic": ["adopt=x.pt", "assume.residual=slurp"],
    "context must be at least 8": ["adopt=x.pt", "context=2"],
    "unknown key assume.head; did you mean assume.heads?": ["adopt=x.pt", "assume.head=2"],
}


@pytest.mark.parametrize("line", BAD)
def test_what_is_wrong_is_one_line(
    line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert knock(monkeypatch, *BAD[line]) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1 and said[0].startswith("lab: ")
    assert line in said[0]


def test_an_unknown_context_is_asked_for(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = torch.load(file, weights_only=True)
    torch.save({**whole, "config": {}}, file)
    assert knock(monkeypatch, f"adopt='{file}'") == 2
    assert "say context=..." in capsys.readouterr().err
    assert not Path("experiments/old_artist").exists()
