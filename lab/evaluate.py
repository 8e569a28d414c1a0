"""Score an individual on a split: how well it knows what it never learned from.

    python -m lab.evaluate artist=styleA                    on select, the split to choose by
    python -m lab.evaluate artist=styleA split=report       on report: every touch is written down
    python -m lab.evaluate artist=oldA corpus=apehex half=A one whose corpus is not on its record

It reads with the context and framing that it was trained with. The scores of every window go to
experiments/<name>/evaluations/, so that two individuals can be compared window by window. Of a film
it is also told how much comes out right without help: of every 25th frame on select, else of all.
"""

from __future__ import annotations

import io
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from lab.breeding.journal import TOUCHES, touch, touches
from lab.config import build, door
from lab.config.evaluate import Evaluate
from lab.config.recall import corpus_of
from lab.corpora import framing
from lab.corpora.vocabulary import Vocabulary
from lab.films.judging import examine, verdict
from lab.films.projector import projector
from lab.models import individual
from lab.models.individual import Individual
from lab.records import atomic, warn
from lab.records.runs import run_of
from lab.training.learner import predictor
from lab.training.lesson import Lesson, lesson, spread
from lab.training.precision import choose
from lab.training.scoring import Scores, score

FRAMINGS = {
    name: getattr(framing, name) for name in ("conditional", "unconditional", "frame", "row")
}


@door("evaluate", Evaluate)
def main(config: Evaluate) -> None:
    """Score, write the scores down, print the means."""
    torch.set_num_threads(config.threads or torch.get_num_threads())
    artist = individual.find(config.artist, Path(config.root), warn)
    taught = exam(config, artist)
    windows = chosen(config, artist, taught)
    if config.split == "report":
        unseal(config, artist, taught)
    arithmetic = choose(config.device, config.precision, False, "auto", 0.0)
    scores = score(predictor(artist.genotype, arithmetic), windows, arithmetic.device)
    stem = place(config, artist, taught)
    free = freely(config, artist, taught, arithmetic.device)
    result = {
        "individual": artist.id,
        "name": label(artist),
        "split": config.split,
        "context": artist.birth["context"],
        "stride": stride(artist),
        **scores.summary(),
        **({"freely": free} if free else {}),
        "corpus": dict(taught.about),
        "left out": taught.left_out,
        "arithmetic": arithmetic.to_dict(),
        "command": command(),
    }
    keep(stem, scores, result)
    print(card(result, stem))


def exam(config: Evaluate, artist: Individual) -> Lesson:
    """The corpus that is named, else its own, framed and encoded as the individual reads it."""
    birth = artist.birth
    try:
        corpus = build(config.corpus) if config.corpus else corpus_of(birth, config.data)
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
    more = {"fingerprint": taught.about["fingerprint"], "command": command()}
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
    atomic.write(stem.with_name(stem.name + ".npz"), buffer.getvalue())
    atomic.write_json(stem.with_name(stem.name + ".json"), result)


def stride(artist: Individual) -> int | str:
    """Characters from window to window; a drawing is a window of its own."""
    return "drawing" if artist.birth.get("framing") else int(artist.birth["context"])


def card(result: dict[str, Any], stem: Path) -> str:
    """The means for people."""
    film = "".join(f"freely, {verdict(*one)}\n" for one in result.get("freely", {}).items())
    return (
        f"{result['name']} on {result['split']} of {result['corpus']['name']}\n"
        f"loss {result['loss']:.4f} nats, {result['bpc']:.4f} bits per character, "
        f"next character right {100 * result['accuracy']:.2f} %\n"
        f"{result['characters']:,} characters in {result['windows']:,} windows, "
        f"context {result['context']}, stride {result['stride']}\n{film}"
        f"written to {stem}.json and .npz"
    )


def label(artist: Individual) -> str:
    """What people call it."""
    return str(artist.birth.get("name") or artist.path.name)


def command() -> str:
    """What was typed."""
    return shlex.join(["python", "-m", "lab.evaluate", *sys.argv[1:]])


if __name__ == "__main__":
    main()
