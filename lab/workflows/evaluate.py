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

from lab.breeding.statistics.report_log import TOUCHES, touch, touches
from lab.config import instantiate
from lab.config.schemas.evaluate import Evaluate
from lab.corpora import framing
from lab.corpora.dataset import Lesson, lesson, spread
from lab.corpora.vocabulary import Vocabulary
from lab.films.accuracy import examine
from lab.films.frame_generator import projector
from lab.models.individual import Individual
from lab.records import warn
from lab.records.finished_runs import run_of
from lab.storage import atomic_file
from lab.training.scoring import Scores
from lab.workflows.training_corpora import corpus_of

FRAMINGS = {
    name: getattr(framing, name) for name in ("conditional", "unconditional", "frame", "row")
}


def exam(config: Evaluate, artist: Individual) -> Lesson:
    """The corpus that is named, else its own, framed and encoded as the individual reads it."""
    birth = artist.birth
    try:
        corpus = instantiate(config.corpus) if config.corpus else corpus_of(birth, config.data)
    except ValueError as error:
        if config.corpus or "not born of" not in str(error):
            raise
        raise ValueError(f"{error}: name one with corpus=...") from None
    frame = FRAMINGS.get(str(birth.get("framing")))
    learned = birth["recipe"].get("corpus")
    if not config.corpus and learned not in (None, corpus.fingerprint):
        warn(f"{corpus.name} is no longer what {label(artist)} learned from: its characters differ")
    return lesson(corpus, frame, int(birth["context"]), Vocabulary.from_dict(birth["vocabulary"]))


def chosen(config: Evaluate, artist: Individual, taught: Lesson) -> Sequence[np.ndarray]:
    """The windows of the split, or an evenly spaced part of them."""
    if config.split == "train":
        most = config.windows or sys.maxsize
        return taught.training_windows(int(artist.birth["context"]), most)
    return spread(taught.select if config.split == "select" else taught.report, config.windows)


def freely(
    config: Evaluate, artist: Individual, taught: Lesson, device: torch.device
) -> dict[str, Any]:
    """How much of a film comes out right from the numbers alone; nothing of another corpus."""
    if taught.film is None:
        return {}
    knows = projector(artist.genotype, artist.birth, device)
    return examine(knows, taught.film, everything=config.split != "select")


def unseal(config: Evaluate, artist: Individual, taught: Lesson) -> None:
    """Write down, before it happens, that somebody looks at the sealed split; say it too."""
    path = Path(config.root) / TOUCHES
    times = 1 + sum(one["candidate"] == artist.id for one in touches(path))
    purpose = f"evaluate {label(artist)} on {taught.about['name']}"
    more = {"fingerprint": taught.about["fingerprint"], "command": typed_command()}
    touch(path, artist.id, purpose, **more)
    warn(f"report is sealed: this is touch {times} by {label(artist)}, noted in {path}")


def place(config: Evaluate, artist: Individual, taught: Lesson) -> Path:
    """Where the scores go, without an ending: in the run's folder, under the split's name.

    A corpus that was named on the command line, and its half, are in the file's name, and so is an
    individual that a run keeps besides its own. Of runs elsewhere there is a folder under root.
    """
    named = f"-{taught.about['name']}" if config.corpus else ""
    named += f"-{config.half}" if config.corpus and config.half != "all" else ""
    root, run, who = Path(config.root).resolve(), run_of(artist.path).resolve(), ""
    if (run / "manifest.json").is_file() and root in run.parent.parents:
        run, who = run.parent, f"{run.name}-"
    home = Path(config.root) / (run.relative_to(root) if root in run.parents else run.name)
    stem = home / "evaluations" / f"{who}{config.split}{named}"
    stem.parent.mkdir(parents=True, exist_ok=True)
    return stem


def keep(stem: Path, scores: Scores, result: dict[str, Any]) -> None:
    """Write the scores of every window, then the means."""
    buffer = io.BytesIO()
    np.savez(
        buffer,
        nats=scores.nats,
        characters=scores.characters.astype(np.float32),
        correct=scores.correct.astype(np.float32),
    )
    atomic_file.write(stem.with_name(stem.name + ".npz"), buffer.getvalue())
    atomic_file.write_json(stem.with_name(stem.name + ".json"), result)


def stride(artist: Individual) -> int | str:
    """Characters from window to window; a drawing is a window of its own."""
    return "drawing" if artist.birth.get("framing") else int(artist.birth["context"])


def label(artist: Individual) -> str:
    """What people call it."""
    return str(artist.birth.get("name") or artist.path.name)


def typed_command() -> str:
    """What was typed."""
    return shlex.join(["python", "-m", "lab.evaluate", *sys.argv[1:]])
