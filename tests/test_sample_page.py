"""The sample door's page: written beside the lines, shown in W&B, with a child's inheritance."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

import lab.sample
from lab.corpora.vocabulary import Vocabulary
from lab.models import individual
from lab.models.architecture import Architecture
from lab.models.genotype import Genotype, founder
from lab.storage.verified_folder import DamagedIndividual

VOCABULARY = Vocabulary.from_texts(["Cats \n/\\_^o.()|-"], framed=True)
SHAPE = Architecture(
    vocab_size=len(VOCABULARY), dim=16, depth=1, heads=2, dim_head=8, s_logit_init=20.0
)


def born(folder: Path, seed: int, name: str, **more: Any) -> str:
    """An individual that draws, untaught, in a run's folder; its id."""
    birth = {
        "name": name, "parents": [], "recipe": {}, "framing": "conditional", "context": 48,
        "vocabulary": VOCABULARY.to_dict(), **more,
    }  # fmt: skip
    genotype: Genotype = founder(SHAPE, torch.Generator().manual_seed(seed))
    return individual.save_individual(folder / "checkpoint" / "step-00000000", genotype, birth)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """mother, father and their child."""
    root = tmp_path / "experiments"
    ids = [born(root / name, seed, name) for seed, name in enumerate(("mother", "father"))]
    names = ["mother", "father"]
    born(root / "child", 2, "child", parents=ids, parent_names=names, recipe={"kind": "bred"})
    return root


def sample(monkeypatch: pytest.MonkeyPatch, root: Path, *words: str) -> None:
    told = (f"root={root}", "labels=Cats", "count=2", "closed=false", f"galleries={root.parent}/g")
    monkeypatch.setattr(sys, "argv", ["lab.sample", *told, *words])
    lab.sample.main()


def test_a_childs_characters_are_held_to_its_parents(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample(monkeypatch, root, "artist=mother,child", "gallery=kin")
    lines = (root.parent / "g" / "kin.samples.jsonl").read_text().splitlines()
    pieces = [json.loads(line) for line in lines]
    assert [piece["artist"] for piece in pieces] == ["mother", "child"] * 2
    for piece in pieces:
        if piece["artist"] == "child":
            assert piece["parents"] == ["mother", "father"]
            assert len(piece["inheritance"]) == len(piece["text"]) > 0
        else:
            assert "inheritance" not in piece
    page = (root.parent / "g" / "kin.html").read_text()
    assert page.count("<article") == 4 and '<span class="p0">' in page
    assert (root.parent / "g" / "kin.md").is_file()


def test_lost_parents_are_one_warning(
    root: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(root / "father")
    sample(monkeypatch, root, "artist=child")
    (warning,) = capfd.readouterr().err.splitlines()
    assert "the parents of" in warning and "are not compared" in warning
    assert "inheritance" not in (root.parent / "g" / "child.samples.jsonl").read_text()


def test_wandb_gets_the_table_and_the_page(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sample(monkeypatch, root, "artist=child", "tracker=wandb", "tracker.mode=offline")
    (kept,) = root.glob("wandb/offline-run-*/files/media/html/*.html")
    assert kept.read_bytes() == (root.parent / "g" / "child.html").read_bytes()
    (told,) = root.glob("wandb/offline-run-*/files/media/table/*.json")
    table = json.loads(told.read_text())
    assert len(table["data"]) == 2 and table["data"][0][table["columns"].index("label")] == "Cats"


def test_an_artist_whose_name_is_a_path_cannot_be(root: Path) -> None:
    with pytest.raises(DamagedIndividual, match="is no run's name"):
        born(root / "odd", 3, "../../<b>x")
