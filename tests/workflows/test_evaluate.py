"""Evaluation helpers: corpora by birth certificate, windows of a split, paths of scores."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from lab.config.schemas.evaluate import EvaluateConfig
from lab.corpora.drawing_corpus import drawings
from lab.models.architecture import Architecture
from lab.models.genotype import founder
from lab.models.individual import Individual, find_individual, save_individual
from lab.workflows.corpus_paths import UnknownCorpus
from lab.workflows.evaluate import (
    evaluate_film_recall,
    evaluation_path,
    read_evaluation_dataset,
    split_windows,
    window_stride,
)
from tests.workflows.conftest import write_config

Save = Callable[..., Individual]
CONFIG = EvaluateConfig(
    artist="artist", root="experiments", data=None, split="select", windows=None,
    half="all", corpus=None,
)  # fmt: skip


@pytest.fixture
def save(tmp_path: Path) -> Save:
    """save(recipe): an untrained artist of bars with this recipe, or with one that names them."""
    path = tmp_path / "art.jsonl"
    pieces = [{"label": "bar", "art": f"o{'-' * n}o"} for n in range(1, 60)]
    path.write_text("\n".join(map(json.dumps, pieces)))
    config = {"corpus._target_": "lab.corpora.drawing_corpus.drawings", "corpus.path": str(path)}

    def saved(recipe: dict[str, Any] | None = None) -> Individual:
        vocabulary = drawings(path).vocabulary
        birth = {
            "name": "artist", "framing": "conditional", "context": 96, "parents": [],
            "vocabulary": vocabulary.to_dict(),
            "recipe": {"kind": "trained", "config": config} if recipe is None else recipe,
        }  # fmt: skip
        genotype = founder(Architecture(len(vocabulary), 16, 1, 1, 16), torch.Generator())
        save_individual(Path("experiments/artist/checkpoint/step-00000000"), genotype, birth)
        write_config(Path("experiments/artist"), {"corpus": {"path": str(path)}})
        return find_individual("artist", Path("experiments"))

    return saved


def test_the_corpus_of_the_birth_certificate_is_read_again(save: Save) -> None:
    artist = save()
    dataset = read_evaluation_dataset(CONFIG, artist)
    assert dataset.vocabulary.to_dict() == artist.birth["vocabulary"]
    assert dataset.provenance["name"] == "art" and window_stride(artist) == "drawing"


def test_without_a_corpus_one_must_be_named(save: Save, tmp_path: Path) -> None:
    orphan = save({"kind": "adopted"})
    with pytest.raises(UnknownCorpus, match="name one with corpus="):
        read_evaluation_dataset(CONFIG, orphan)
    node = {"_target_": "lab.corpora.drawing_corpus.drawings", "path": str(tmp_path / "art.jsonl")}
    assert read_evaluation_dataset(replace(CONFIG, corpus=node), orphan).select


def test_another_error_of_a_corpus_is_no_unknown_corpus(save: Save, tmp_path: Path) -> None:
    artist = save()
    (tmp_path / "art.jsonl").write_text("no JSON")
    with pytest.raises(ValueError) as raised:
        read_evaluation_dataset(CONFIG, artist)
    assert not isinstance(raised.value, UnknownCorpus)


def test_windows_are_those_of_the_split(save: Save) -> None:
    artist = save()
    dataset = read_evaluation_dataset(CONFIG, artist)
    assert split_windows(CONFIG, artist, dataset) is dataset.select
    report = split_windows(replace(CONFIG, split="report", windows=2), artist, dataset)
    assert [w.tolist() for w in report] == [
        dataset.report[i * len(dataset.report) // 2].tolist() for i in (0, 1)
    ]
    assert len(split_windows(replace(CONFIG, split="train"), artist, dataset)) == len(dataset.train)


def test_a_split_that_holds_nothing_is_explained(save: Save) -> None:
    artist = save()
    dataset = read_evaluation_dataset(CONFIG, artist)
    none = replace(dataset, report=[], left_out=len(dataset.report), whole_context=99)
    with pytest.raises(ValueError, match=r"^report of art has nothing .*training.context=99 takes"):
        split_windows(replace(CONFIG, split="report"), artist, none)


def test_drawings_have_no_film_recall(save: Save) -> None:
    artist = save()
    dataset = read_evaluation_dataset(CONFIG, artist)
    assert evaluate_film_recall(CONFIG, artist, dataset, torch.device("cpu")) == {}


def test_scores_lie_in_the_runs_folder_by_split_and_corpus(save: Save) -> None:
    artist = save()
    dataset = read_evaluation_dataset(CONFIG, artist)
    stem = Path("experiments/artist/evaluations")
    assert evaluation_path(CONFIG, artist, dataset) == stem / "select"
    named = replace(CONFIG, corpus={"_target_": "x"}, half="A")
    assert evaluation_path(named, artist, dataset) == stem / "select-art-A"
    assert not stem.exists()  # made with the first file: the root may be read-only
