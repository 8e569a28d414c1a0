"""Calibration: the training windows given to an operator that needs data, and how to reread them.

Used by `lab.breed` and `lab.pedigree`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import torch

from lab.config.schemas.breed import BreedConfig
from lab.corpora.dataset import Dataset, build_dataset
from lab.corpora.framing import FRAMINGS
from lab.corpora.vocabulary import Vocabulary
from lab.records.config_hash import flatten_config
from lab.workflows.corpus_paths import read_corpus_of_birth
from lab.workflows.family_configs import scored_corpora

WINDOWS_PER_CORPUS = 64  # training windows of each corpus


def take_calibration_windows(
    datasets: Sequence[Dataset], context: int, max_windows: int = WINDOWS_PER_CORPUS
) -> list[np.ndarray]:
    """Return evenly spaced training windows of each dataset."""
    return [
        window for dataset in datasets for window in dataset.training_windows(context, max_windows)
    ]


def describe_windows(config: BreedConfig, windows: Sequence[np.ndarray]) -> dict[str, Any]:
    """What a recipe says of the windows: their hash, the corpora, and the threads that read them.

    Sums of many threads differ in the last bits from those of few.
    """
    return {
        "sha256": hash_windows(windows),
        "each": WINDOWS_PER_CORPUS,
        "threads": torch.get_num_threads(),
        "corpora": [flatten_config({"corpus": corpus}) for corpus in scored_corpora(config)],
    }


def reload_calibration_windows(
    birth: Mapping[str, Any], data: str | None, run_paths: Collection[str] = ()
) -> list[np.ndarray]:
    """The windows that the recipe of a birth certificate tells of, from the data folder.

    run_paths: the files of corpora that the run's own config names; no other is read.
    ValueError where they are others now; whatever reading a corpus raises.
    """
    window_spec, vocabulary = birth["recipe"]["shown"], Vocabulary.from_dict(birth["vocabulary"])
    frame, context = FRAMINGS.get(str(birth.get("framing"))), int(birth["context"])
    datasets = [
        build_dataset(
            read_corpus_of_birth({**birth, "recipe": {"config": corpus_config}}, data, run_paths),
            frame,
            context,
            vocabulary,
        )
        for corpus_config in window_spec["corpora"]
    ]
    windows = take_calibration_windows(datasets, context, int(window_spec["each"]))
    if hash_windows(windows) != window_spec["sha256"]:
        names = " and ".join(str(dataset.provenance["name"]) for dataset in datasets)
        raise ValueError(f"the training windows of {names} are others than those it was bred by")
    return windows


def hash_windows(windows: Sequence[np.ndarray]) -> str:
    """sha256 over all ids, window by window."""
    digest = hashlib.sha256()
    for window in windows:
        ids = np.ascontiguousarray(window, dtype="<i8")
        digest.update(len(ids).to_bytes(8, "little") + ids.tobytes())
    return digest.hexdigest()
