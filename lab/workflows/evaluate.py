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
from lab.breeding.statistics.window_scores import WindowScores
from lab.config import instantiate
from lab.config.schemas.evaluate import EvaluateConfig
from lab.corpora.dataset import Dataset, build_dataset, subsample_evenly
from lab.corpora.framing import FRAMINGS
from lab.corpora.omissions import describe_omissions
from lab.corpora.vocabulary import Vocabulary
from lab.models.individual import Individual
from lab.records import warn
from lab.records.finished_runs import run_folder_of
from lab.storage import atomic_file
from lab.storage.contained_names import refuse_links
from lab.workflows.corpus_paths import (
    UngivenCorpus,
    UnknownCorpus,
    paths_of_run,
    read_corpus_of_birth,
)
from lab.workflows.run_ending import make_run_ending


def read_evaluation_dataset(config: EvaluateConfig, artist: Individual) -> Dataset:
    """The corpus that is named, else the artist's own, framed and encoded as the artist reads it.

    UnknownCorpus where none is named and the birth certificate has none either.
    """
    birth = artist.birth
    if config.corpus:
        own_context = {"context": int(birth["context"])} if "context" in config.corpus else {}
        corpus = instantiate({**config.corpus, **own_context})
    else:
        try:
            run_paths = paths_of_run(artist.path, Path(config.root))
            corpus = read_corpus_of_birth(birth, config.data, run_paths)
        except UngivenCorpus as error:
            kind = str(birth["recipe"]["config"]["corpus._target_"]).rpartition(".")[2]
            raise UngivenCorpus(f"{error}: give it with corpus={kind} corpus.path=...") from None
        except UnknownCorpus as error:
            raise UnknownCorpus(f"{error}: name one with corpus=...") from None
        if birth["recipe"].get("corpus") not in (None, corpus.fingerprint):
            warn(
                f"{corpus.name} is no longer what {individual_label(artist)} learned from: its "
                "characters differ"
            )
    frame = FRAMINGS.get(str(birth.get("framing")))
    vocabulary = Vocabulary.from_dict(birth["vocabulary"])
    return build_dataset(corpus, frame, int(birth["context"]), vocabulary)


def split_windows(
    config: EvaluateConfig, artist: Individual, dataset: Dataset
) -> Sequence[np.ndarray]:
    """The windows of the split, at most config.windows of them, evenly spaced.

    ValueError where it has none, with what was left out of the corpus and why.
    """
    context = int(artist.birth["context"])
    if config.split == "train":
        return dataset.training_windows(context, config.windows or sys.maxsize)
    windows = dataset.select if config.split == "select" else dataset.report
    if not len(windows):
        name, omissions = dataset.provenance["name"], describe_omissions(dataset, context)
        raise ValueError("; ".join([f"{config.split} of {name} has nothing to score", *omissions]))
    return subsample_evenly(windows, config.windows)


def evaluate_film_recall(
    config: EvaluateConfig, artist: Individual, dataset: Dataset, device: torch.device
) -> dict[str, Any]:
    """Accuracy of a film's frames, generated from their numbers alone; empty for other corpora.

    Every 25th frame on select, all of them on another split.
    """
    framing, context = artist.birth.get("framing"), int(artist.birth["context"])
    ending = make_run_ending(dataset, framing, context, device, thorough=config.split != "select")
    return ending.evaluate(artist.genotype)


def log_report_access(config: EvaluateConfig, artist: Individual, dataset: Dataset) -> None:
    """Record an access to the held-out report split before it happens, and warn of it."""
    path = Path(config.root) / REPORT_LOG_NAME
    count = 1 + sum(entry["candidate"] == artist.id for entry in read_evaluations(path))
    purpose = f"evaluate {individual_label(artist)} on {dataset.provenance['name']}"
    details = {"fingerprint": dataset.provenance["fingerprint"], "command": read_typed_command()}
    record_evaluation(path, artist.id, purpose, **details)
    label = individual_label(artist)
    warn(f"report is held out: this is evaluation {count} of {label}, noted in {path}")


def evaluation_path(config: EvaluateConfig, artist: Individual, dataset: Dataset) -> Path:
    """The path of the evaluation's files without a suffix, in the run's folder, named by the split.

    The file's name has the corpus and half that were named on the command line, and an individual
    that a run keeps besides its own (gen-0). A run outside root gets a folder under root.
    """
    suffix = f"-{dataset.provenance['name']}" if config.corpus else ""
    suffix += f"-{config.half}" if config.corpus and config.half != "all" else ""
    root, run, prefix = Path(config.root).resolve(), run_folder_of(artist.path).resolve(), ""
    if (run / "manifest.json").is_file() and root in run.parent.parents:
        run, prefix = run.parent, f"{run.name}-"
    folder = Path(config.root) / (run.relative_to(root) if root in run.parents else run.name)
    stem = folder / "evaluations" / f"{prefix}{config.split}{suffix}"
    refuse_links(stem.parent, Path(config.root))
    return stem


def write_evaluation(stem: Path, scores: WindowScores, result: dict[str, Any]) -> bool:
    """Write the scores of every window (stem.npz, float32) and the means (stem.json).

    False where nothing may be written there.
    """
    buffer = io.BytesIO()
    np.savez(
        buffer,
        nats=scores.nats,
        characters=scores.characters.astype(np.float32),
        correct=np.asarray(scores.correct, np.float32),
    )
    record = atomic_file.indented_json(result)
    files = {".npz": buffer.getvalue(), ".json": record}
    try:
        atomic_file.write_files_atomic(
            {stem.with_name(stem.name + suffix): data for suffix, data in files.items()}
        )
    except OSError as error:
        if not atomic_file.is_read_only(error):
            raise
        return False
    return True


def window_stride(artist: Individual) -> int | str:
    """The distance between window starts in characters; "drawing": each drawing is one window."""
    return "drawing" if artist.birth.get("framing") else int(artist.birth["context"])


def individual_label(artist: Individual) -> str:
    """The individual's name, or its folder's where it has none."""
    return str(artist.birth.get("name") or artist.path.name)


def read_typed_command() -> str:
    """The command line, quoted for a shell."""
    return shlex.join(["python", "-m", "lab.evaluate", *sys.argv[1:]])
