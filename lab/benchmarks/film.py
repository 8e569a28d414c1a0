"""Benchmark: seconds of a processor for one frame of a film, decoded in each way that we have.

Leviathan et al. 2022, arXiv 2211.17192 (drafting and verifying).

The model has the original's shape and random weights, so it knows no film: what a guess is worth is
told by the film itself (an oracle), as if the model had written each frame without an error. All
passes through the model are real ones, of real sizes. Guesses come from the frames before alone.
Where a llama.cpp is installed it decodes the same model from our GGUF: one run of the last frame on
one thread, a cache in float16, every character chosen by a few lines of Python.
Figures are medians of process CPU time, since a busy machine's wall time measures who else runs.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import torch

from lab.benchmarks.engines import peer
from lab.corpora.film import frame_number
from lab.corpora.film_corpus import frames
from lab.corpora.framing import frame, frame_prefix, row, row_prefix
from lab.corpora.vocabulary import EOA, Vocabulary
from lab.generation.draft_proposer import Draft
from lab.generation.kv_cache import Cache, decided
from lab.generation.speculative_decoding import Work, Writer
from lab.models.architecture import Architecture
from lab.models.genotype import Genotype, founder
from lab.training.flops import timed

SHAPES = {  # frames at least, dim, depth, heads, dim_head, neurons
    "debug": (2, 32, 2, 2, 16, 64),
    "original": (1745, 256, 4, 4, 64, 512),
}
SIZES = {"debug": (8, 12), "original": (58, 150)}  # lines and characters of a frame
PLACES = 5  # lengths at which a plain step is timed; its time in between is a straight line
STEPS = 16  # plain steps at each
BLOCK = 512  # characters a pass of the causal floor

COLUMNS = {
    "seconds": "CPU seconds a frame, on the threads that the command was told to use",
    "ratio": "seconds of plain decoding over these",
    "passes": "passes through the model for a frame",
    "read": "characters computed for a frame, wrong guesses included",
}


def run(
    size: str = "original",
    data: str | None = None,
    path: str | None = None,
    learned: int = 40,
    rounds: int = 3,
) -> dict[str, dict[str, Any]]:
    """One row of COLUMNS for each way to decode.

    data and path are those of `corpora.frames`. Guessing has seen `learned` frames before the
    `rounds` that are measured. ValueError for an unknown size, or a film that is too short.
    """
    if size not in SHAPES:
        raise ValueError(f"subject.size: no {size}, choose of {', '.join(SHAPES)}")
    if learned < 1 or rounds < 1:
        raise ValueError("subject.learned and subject.rounds are at least 1")
    height, width = SIZES[size]
    film = frames(data, path, height=height, width=width)
    first = max(0, min(200, len(film.train) - learned - rounds))
    pieces = film.train[first : first + learned + rounds]
    if len(pieces) <= learned:
        raise ValueError(f"subject.learned={learned} leaves none of {len(film.train)} frames")
    texts = [text for piece in film.train for text in (frame(piece), *row(piece)[:1])]
    numbers = [row_prefix(frame_number(one), 0)[1] for one in range(SHAPES[size][0])]
    numbers += [row_prefix(numbers[0], line)[-1] for line in range(height)]
    vocabulary = Vocabulary.of([*texts, *numbers], framed=True)
    genotype = _random(size, len(vocabulary))
    whole = [[_Text(vocabulary, frame_prefix(one.label), one.art + EOA)] for one in pieces]
    lines = [
        [
            _Text(vocabulary, row_prefix(one.label, at), line + EOA)
            for at, line in enumerate(one.art.split("\n"))
        ]
        for one in pieces
    ]
    newline = int(vocabulary.encode("\n")[0])
    plain = _plain(genotype, whole[0][0].ids)
    found: dict[str, dict[str, float]] = {"plain, a character a pass": plain}
    found["one causal pass: the floor"] = _floor(genotype, whole[0][0].ids, rounds)
    found[f"draft and verify ({film.name})"] = _oracle(genotype, whole, Draft(newline), learned)
    found[f"{height} rows in parallel"] = _oracle(genotype, lines[learned - 1 :], None, 1)
    found[f"{height} rows, drafted ({film.name})"] = _oracle(genotype, lines, Draft(None), learned)
    asked = {"a character a pass": whole[-1], f"{height} rows": lines[-1]}
    found |= peer(genotype, vocabulary, asked)
    for one in filter(None, found.values()):
        one["ratio"] = plain["seconds"] / one["seconds"]
    return {name: {key: one.get(key) for key in COLUMNS} for name, one in found.items()}


class _Text:
    """One piece: its prefix and all of its ids."""

    def __init__(self, vocabulary: Vocabulary, prefix: str, rest: str) -> None:
        self.prefix = vocabulary.encode(prefix)
        self.ids = vocabulary.encode(prefix + rest)


class _Oracle(Writer):
    """A writer whose model is always right: the truth decides, after the model has computed."""

    truth: dict[int, list[int]]

    def accept(
        self, text: list[int], guess: Sequence[int], best: Sequence[int], sure: np.ndarray
    ) -> None:
        """Write what the film has, as far as the guesses were right."""
        known = self.truth[id(text)]
        right = known[len(text) : len(text) + 1 + len(guess)]
        super().accept(text, guess, right, np.ones(len(right), bool))


def _random(size: str, characters: int) -> Genotype:
    _, dim, depth, heads, dim_head, neurons = SHAPES[size]
    shape = Architecture(
        characters, dim, depth, heads, dim_head, kind="llama", neurons=neurons, tied=False
    )
    return founder(shape, torch.Generator().manual_seed(0))


def _plain(genotype: Genotype, ids: np.ndarray) -> dict[str, float]:
    """Steps of one character at some lengths, and their time over all lengths."""
    places = np.linspace(0, len(ids) - 1 - STEPS, PLACES).astype(int)
    cache = Cache(genotype, 1, len(ids), _CPU)
    _read(cache, ids)

    def steps(at: int) -> None:
        cache.at[:] = at
        for one in ids[at : at + STEPS]:
            decided(cache.read(np.array([[one]])))

    seconds = [
        statistics.median(timed(partial(steps, at), _CPU) for _ in range(3)) / STEPS
        for at in places.tolist()
    ]
    total = float(np.trapezoid(seconds, places)) * len(ids) / float(places[-1])
    return {"seconds": total, "passes": len(ids) - 1, "read": len(ids) - 1}


def _floor(genotype: Genotype, ids: np.ndarray, rounds: int) -> dict[str, float]:
    """All characters known beforehand: nothing that writes a frame whole can be faster."""
    cache = Cache(genotype, 1, len(ids), _CPU)

    def once() -> None:
        cache.at[:] = 0
        _read(cache, ids)

    once()
    seconds = statistics.median(timed(once, _CPU) for _ in range(rounds))
    return {"seconds": seconds, "passes": -(-len(ids) // BLOCK), "read": len(ids)}


def _read(cache: Cache, ids: np.ndarray) -> None:
    for at in range(0, len(ids), BLOCK):
        cache.read(ids[None, at : at + BLOCK])


def _oracle(
    genotype: Genotype, pieces: list[list[_Text]], draft: Draft | None, learned: int
) -> dict[str, float]:
    """The frames after the `learned` ones, written with the model's work and the film's word."""
    if draft:
        for texts in pieces[:learned]:
            draft.learn([text.ids[len(text.prefix) :].tolist() for text in texts])
    taken, work = [], Work()
    for texts in pieces[learned:]:
        taken.append(timed(partial(_write, genotype, texts, draft, work), _CPU))
        if draft:
            draft.learn([text.ids[len(text.prefix) :].tolist() for text in texts])
    count = len(taken)
    passes, read = work.passes / count, work.read / count
    return {"seconds": statistics.median(taken), "passes": passes, "read": read}


def _write(genotype: Genotype, texts: list[_Text], draft: Draft | None, work: Work) -> None:
    length, stop = len(texts[0].ids), int(texts[0].ids[-1])
    writer = _Oracle(genotype, [text.prefix for text in texts], length, stop, draft, _CPU)
    pairs = zip(writer.texts, texts, strict=True)
    writer.truth, writer.work = {id(mine): text.ids.tolist() for mine, text in pairs}, work
    while writer.open:
        writer.turn()


_CPU = torch.device("cpu")
