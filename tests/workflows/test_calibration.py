"""Calibration windows: evenly spaced, hashed by their ids, and the same ones when reread."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lab.config.schemas.breed import BreedConfig
from lab.corpora.dataset import Dataset
from lab.corpora.vocabulary import Vocabulary
from lab.workflows.calibration import (
    describe_windows,
    hash_windows,
    reload_calibration_windows,
    take_calibration_windows,
)
from lab.workflows.corpus_paths import UngivenCorpus
from lab.workflows.train import framing_name
from lab.workflows.train_family import read_family_datasets

MakeConfig = Callable[..., BreedConfig]


def make_dataset(train: Any) -> Dataset:
    provenance = {"name": "numbers", "kind": "text", "fingerprint": "", "provenance": {}}
    return Dataset(provenance, Vocabulary(tuple("ab")), train, [], [], [], 0)


def bear(config: BreedConfig) -> tuple[dict[str, Any], list[np.ndarray]]:
    """The birth certificate of a child that was bred by a config's windows; and the windows."""
    datasets = read_family_datasets(config, None)
    windows = take_calibration_windows(datasets, config.training.context)
    birth = {
        "framing": framing_name(config),
        "context": config.training.context,
        "vocabulary": datasets[0].vocabulary.to_dict(),
        "recipe": {"shown": describe_windows(config, windows)},
    }
    return birth, windows


def test_windows_are_evenly_spaced_over_each_corpus() -> None:
    text, drawings = np.arange(81), [np.array([number]) for number in range(10)]
    windows = take_calibration_windows([make_dataset(text), make_dataset(drawings)], 8, 5)
    assert [int(window[0]) for window in windows] == [0, 16, 32, 48, 64, 0, 2, 4, 6, 8]
    assert windows[1].tolist() == list(range(16, 25))
    assert len(take_calibration_windows([make_dataset(drawings)], 8, 99)) == 10


def test_a_hash_is_of_lengths_and_ids_whatever_their_type() -> None:
    data = b"\x02" + bytes(7) + b"\x07" + bytes(7) + b"\x08" + bytes(7)
    windows = [np.array([7, 8], dtype=np.uint8)]
    assert hash_windows(windows) == hashlib.sha256(data).hexdigest()
    assert hash_windows([np.array([7, 8])]) == hash_windows(windows)
    assert hash_windows([np.array([7]), np.array([8])]) != hash_windows(windows)


def test_reloaded_windows_are_those_that_were_hashed(breed_config: MakeConfig) -> None:
    config = breed_config()
    birth, windows = bear(config)
    spec = birth["recipe"]["shown"]
    assert (spec["each"], spec["threads"], len(spec["corpora"])) == (64, 1, 1)
    again = reload_calibration_windows(birth, None, [config.corpus["path"]])
    assert [w.tobytes() for w in again] == [w.tobytes() for w in windows]
    assert hash_windows(again) == spec["sha256"]


@pytest.mark.parametrize("name", ["conditional", "unconditional"])
def test_drawings_are_framed_again_as_they_were(
    breed_config: MakeConfig, tmp_path: Path, name: str
) -> None:
    draw = random.Random(1)
    art = ["".join(draw.choices("/|\\_o-=+", k=9)) for _ in range(200)]
    (tmp_path / "lines.txt").write_text("\n%%\n".join(art))
    config = breed_config()
    config.corpus = {"_target_": "lab.corpora.drawing_corpus.drawings"}
    config.corpus["path"] = str(tmp_path / "lines.txt")
    config.framing = {"_target_": f"lab.corpora.framing.{name}", "_partial_": True}
    birth, windows = bear(config)
    again = reload_calibration_windows(birth, None, [config.corpus["path"]])
    assert birth["framing"] == name and len(windows) == 64
    assert [w.tobytes() for w in again] == [w.tobytes() for w in windows]


def test_a_corpus_that_has_changed_is_refused(breed_config: MakeConfig, tmp_path: Path) -> None:
    text = tmp_path / "book.txt"
    text.write_text("abba cab\n" * 900)
    config = breed_config()
    config.corpus["path"] = str(text)
    birth, _ = bear(config)
    text.write_text("abba bac\n" * 900)
    with pytest.raises(ValueError, match="windows of book are others than those it was bred by"):
        reload_calibration_windows(birth, None, [config.corpus["path"]])
    text.unlink()
    with pytest.raises(OSError, match=r"book\.txt"):
        reload_calibration_windows(birth, None, [config.corpus["path"]])


def test_a_file_that_only_the_recipe_names_is_not_read(breed_config: MakeConfig) -> None:
    birth, _ = bear(breed_config())
    with pytest.raises(UngivenCorpus, match="only its birth certificate names"):
        reload_calibration_windows(birth, None)
