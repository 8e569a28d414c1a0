"""Breeding setup: parents, datasets and windows for one cross; corpora that parents cannot read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from lab.config.schemas.breed import BreedConfig
from lab.corpora.vocabulary import VocabularyMismatch
from lab.models.individual import Individual
from lab.training.precision import Arithmetic
from lab.workflows.breeding_setup import read_common_datasets, set_up_breeding

MakeConfig = Callable[..., BreedConfig]
EAGER = Arithmetic(torch.device("cpu"), torch.float32, False, "blocks", "fp32", 0.0)


@pytest.fixture
def forks(family: dict[str, Individual]) -> dict[str, Individual]:
    return {name: family[name] for name in ("forkL", "forkR")}


def test_parents_are_scored_on_the_whole_corpus(
    breed_config: MakeConfig, forks: dict[str, Individual], tale: Path
) -> None:
    setup = set_up_breeding(breed_config(), forks)
    (dataset,) = setup.datasets
    assert list(setup.cross.individuals) == ["forkL", "forkR"]
    assert dataset.vocabulary.to_dict() == forks["forkL"].birth["vocabulary"]
    assert dataset.training_size == ("characters", dataset.train.size)  # type: ignore[union-attr]
    assert dataset.train.size == pytest.approx(0.9 * len(tale.read_text()), rel=0.02)  # type: ignore[union-attr]


def test_operators_read_training_windows_only(
    breed_config: MakeConfig, forks: dict[str, Individual]
) -> None:
    setup = set_up_breeding(breed_config(), forks)
    (dataset,) = setup.datasets
    whole = np.asarray(dataset.train)
    assert len(setup.calibration_windows) == 64
    starts = [window.ctypes.data - whole.ctypes.data for window in setup.calibration_windows]
    assert min(starts) >= 0 and max(starts) < whole.nbytes  # views into the train split
    assert {len(window) for window in setup.calibration_windows} == {33}


def test_a_scorer_holds_select_and_report_and_logs_in_the_root(
    breed_config: MakeConfig, forks: dict[str, Individual], tmp_path: Path
) -> None:
    setup = set_up_breeding(breed_config(), forks)
    scorer = setup.make_scorer(replace(breed_config(), root=str(tmp_path)), "breed x", EAGER)
    (dataset,) = setup.datasets
    kept = {window.tobytes() for window in scorer.select_windows}
    assert kept == {window.tobytes() for window in dataset.select}
    assert [w.tobytes() for w in scorer.report_windows] == [w.tobytes() for w in dataset.report]
    assert (scorer.purpose, scorer.report_log.parent) == ("breed x", tmp_path)
    assert len(scorer.domains) == len(dataset.report) and set(scorer.domains) == {"left", "right"}


def test_external_parents_ask_for_the_corpus_they_learned_from(
    breed_config: MakeConfig, forks: dict[str, Individual], tmp_path: Path
) -> None:
    strange = tmp_path / "strange.txt"
    strange.write_text("<the cat>\n" * 500)
    files = ("parents=files", "parent_runs=[forkL,forkR]", "controls=none")
    config = breed_config(*files)
    config.corpus["path"] = str(strange)
    with pytest.raises(ValueError, match="forkL and forkR cannot read this corpus, .* no char"):
        read_common_datasets(config, forks)
    (tmp_path / "cats.txt").write_text("(o.o)\n%%\n(-.-)\n%%\n(^.^)")
    drawings = "lab.corpora.drawing_corpus.drawings"
    config.corpus = {"_target_": drawings, "path": str(tmp_path / "cats.txt")}
    with pytest.raises(ValueError, match="they learned with framing=none: name the one"):
        read_common_datasets(config, forks)


def test_a_family_of_another_vocabulary_keeps_its_own_error(
    breed_config: MakeConfig, forks: dict[str, Individual], tmp_path: Path
) -> None:
    strange = tmp_path / "strange.txt"
    strange.write_text("<the cat>\n" * 500)
    config = breed_config()
    config.corpus["path"] = str(strange)
    with pytest.raises(VocabularyMismatch, match="no character '<'"):
        read_common_datasets(config, forks)
