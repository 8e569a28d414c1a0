"""Evaluation workflow: an individual scored on a split of its corpus."""

from __future__ import annotations

import io
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from lab.breeding.statistics.report_log import REPORT_LOG_NAME, read_evaluations, record_evaluation
from lab.config import instantiate
from lab.config.schemas.evaluate import EvaluateConfig
from lab.corpora import framing
from lab.corpora.dataset import Dataset, build_dataset, subsample_evenly
from lab.corpora.vocabulary import Vocabulary
from lab.films.accuracy import evaluate_film
from lab.films.frame_generator import build_frame_generator
from lab.models.individual import Individual
from lab.records import warn
from lab.records.finished_runs import run_folder_of
from lab.storage import atomic_file
from lab.training.scoring import Scores
from lab.workflows.training_corpora import read_corpus_of_birth

FRAMINGS = {
    name: getattr(framing, name) for name in ("conditional", "unconditional", "frame", "row")
}


def read_evaluation_dataset(config: EvaluateConfig, artist: Individual) -> Dataset:
    """The corpus that is named, else its own, framed and encoded as the individual reads it."""
    birth = artist.birth
    try:
        corpus = (
            instantiate(config.corpus)
            if config.corpus
            else read_corpus_of_birth(birth, config.data)
        )
    except ValueError as error:
        if config.corpus or "not born of" not in str(error):
            raise
        raise ValueError(f"{error}: name one with corpus=...") from None
    frame = FRAMINGS.get(str(birth.get("framing")))
    trained_fingerprint = birth["recipe"].get("corpus")
    if not config.corpus and trained_fingerprint not in (None, corpus.fingerprint):
        warn(
            f"{corpus.name} is no longer what {individual_label(artist)} learned from: its "
            "characters differ"
        )
    return build_dataset(
        corpus, frame, int(birth["context"]), Vocabulary.from_dict(birth["vocabulary"])
    )


def split_windows(
    config: EvaluateConfig, artist: Individual, dataset: Dataset
) -> Sequence[np.ndarray]:
    """The windows of the split, or an evenly spaced part of them."""
    if config.split == "train":
        max_windows = config.windows or sys.maxsize
        return dataset.training_windows(int(artist.birth["context"]), max_windows)
    return subsample_evenly(
        dataset.select if config.split == "select" else dataset.report, config.windows
    )


def evaluate_film_recall(
    config: EvaluateConfig, artist: Individual, dataset: Dataset, device: torch.device
) -> dict[str, Any]:
    """How much of a film comes out right from the numbers alone; nothing of another corpus."""
    if dataset.film is None:
        return {}
    generator = build_frame_generator(artist.genotype, artist.birth, device)
    return evaluate_film(generator, dataset.film, everything=config.split != "select")


def log_report_access(config: EvaluateConfig, artist: Individual, dataset: Dataset) -> None:
    """Write down, before it happens, that somebody looks at the sealed split; say it too."""
    path = Path(config.root) / REPORT_LOG_NAME
    count = 1 + sum(entry["candidate"] == artist.id for entry in read_evaluations(path))
    purpose = f"evaluate {individual_label(artist)} on {dataset.provenance['name']}"
    details = {"fingerprint": dataset.provenance["fingerprint"], "command": read_typed_command()}
    record_evaluation(path, artist.id, purpose, **details)
    warn(f"report is sealed: this is touch {count} by {individual_label(artist)}, noted in {path}")


def evaluation_path(config: EvaluateConfig, artist: Individual, dataset: Dataset) -> Path:
    """Where the scores go, without an ending: in the run's folder, under the split's name.

    A corpus that was named on the command line, and its half, are in the file's name, and so is an
    individual that a run keeps besides its own. Of runs elsewhere there is a folder under root.
    """
    suffix = f"-{dataset.provenance['name']}" if config.corpus else ""
    suffix += f"-{config.half}" if config.corpus and config.half != "all" else ""
    root, run, prefix = Path(config.root).resolve(), run_folder_of(artist.path).resolve(), ""
    if (run / "manifest.json").is_file() and root in run.parent.parents:
        run, prefix = run.parent, f"{run.name}-"
    folder = Path(config.root) / (run.relative_to(root) if root in run.parents else run.name)
    stem = folder / "evaluations" / f"{prefix}{config.split}{suffix}"
    stem.parent.mkdir(parents=True, exist_ok=True)
    return stem


def write_evaluation(stem: Path, scores: Scores, result: dict[str, Any]) -> None:
    """Write the scores of every window, then the means."""
    buffer = io.BytesIO()
    np.savez(
        buffer,
        nats=scores.nats,
        characters=scores.characters.astype(np.float32),
        correct=scores.correct.astype(np.float32),
    )
    atomic_file.write_atomic(stem.with_name(stem.name + ".npz"), buffer.getvalue())
    atomic_file.write_json_atomic(stem.with_name(stem.name + ".json"), result)


def window_stride(artist: Individual) -> int | str:
    """Characters from window to window; a drawing is a window of its own."""
    return "drawing" if artist.birth.get("framing") else int(artist.birth["context"])


def individual_label(artist: Individual) -> str:
    """What people call it."""
    return str(artist.birth.get("name") or artist.path.name)


def read_typed_command() -> str:
    """What was typed."""
    return shlex.join(["python", "-m", "lab.evaluate", *sys.argv[1:]])
