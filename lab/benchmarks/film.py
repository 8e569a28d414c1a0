"""Film benchmark: CPU seconds to decode one frame of a film, by each decoding method.

Leviathan et al. 2022, arXiv 2211.17192 (speculative decoding).

The model has the original's shape and random weights, so proposals are verified against the film
itself (an oracle), as if the model had memorised every frame. All passes through the model are
real, of real sizes. Proposals come from earlier frames alone. An installed llama.cpp decodes the
same model from an exported GGUF: one run of the last frame on one thread, a cache in float16, every
id chosen by a few lines of Python. Figures are medians of process CPU time.
"""

from __future__ import annotations

import statistics
from functools import partial
from typing import Any

import numpy as np
import torch

from lab.benchmarks.engines import time_llama_cpp
from lab.benchmarks.oracle_decoding import CPU, EncodedText, time_oracle_decoding
from lab.corpora.film import frame_number
from lab.corpora.film_corpus import frames
from lab.corpora.framing import frame, frame_prefix, row, row_prefix
from lab.corpora.vocabulary import EOA, Vocabulary
from lab.generation.draft_proposer import DraftProposer
from lab.generation.kv_cache import KVCache, certified_argmax
from lab.models.architecture import Architecture
from lab.models.genotype import Genotype, founder
from lab.training.flops import measure_seconds

SHAPES = {  # frames at least, dim, depth, heads, dim_head, neurons
    "debug": (2, 32, 2, 2, 16, 64),
    "original": (1745, 256, 4, 4, 64, 512),
}
FRAME_SIZES = {"debug": (8, 12), "original": (58, 150)}  # lines and characters of a frame
TIMED_LENGTHS = 5  # lengths at which a plain step is timed; interpolated between
STEPS_PER_LENGTH = 16  # plain steps at each
BLOCK_CHARACTERS = 512  # characters a pass of the causal floor

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
    """Measure each decoding method; return rows of COLUMNS.

    data and path are those of `film_corpus.frames`. The draft is trained on `learned` frames before
    the `rounds` that are measured. ValueError for an unknown size, or a film that is too short.
    """
    if size not in SHAPES:
        raise ValueError(f"subject.size: no {size}, choose one of {', '.join(SHAPES)}")
    if learned < 1 or rounds < 1:
        raise ValueError("subject.learned and subject.rounds are at least 1")
    height, width = FRAME_SIZES[size]
    film = frames(data, path, height=height, width=width)
    first = max(0, min(200, len(film.train) - learned - rounds))
    pieces = film.train[first : first + learned + rounds]
    if len(pieces) <= learned:
        raise ValueError(f"subject.learned={learned} leaves none of {len(film.train)} frames")
    texts = [text for piece in film.train for text in (frame(piece), *row(piece)[:1])]
    numbers = [row_prefix(frame_number(number), 0)[1] for number in range(SHAPES[size][0])]
    numbers += [row_prefix(numbers[0], line)[-1] for line in range(height)]
    vocabulary = Vocabulary.from_texts([*texts, *numbers], framed=True)
    genotype = _random_genotype(size, len(vocabulary))
    frame_texts = [
        [EncodedText(vocabulary, frame_prefix(piece.label), piece.art + EOA)] for piece in pieces
    ]
    row_texts = [
        [
            EncodedText(vocabulary, row_prefix(piece.label, at), line + EOA)
            for at, line in enumerate(piece.art.split("\n"))
        ]
        for piece in pieces
    ]
    newline = int(vocabulary.encode("\n")[0])
    plain = _time_plain_decoding(genotype, frame_texts[0][0].ids)
    results: dict[str, dict[str, float]] = {"plain, a character a pass": plain}
    results["one causal pass: the floor"] = _time_causal_pass(
        genotype, frame_texts[0][0].ids, rounds
    )
    results[f"draft and verify ({film.name})"] = time_oracle_decoding(
        genotype, frame_texts, DraftProposer(newline), learned
    )
    results[f"{height} rows in parallel"] = time_oracle_decoding(
        genotype, row_texts[learned - 1 :], None, 1
    )
    results[f"{height} rows, drafted ({film.name})"] = time_oracle_decoding(
        genotype, row_texts, DraftProposer(None), learned
    )
    texts_by_kind = {"a character a pass": frame_texts[-1], f"{height} rows": row_texts[-1]}
    results |= time_llama_cpp(genotype, vocabulary, texts_by_kind)
    for result in filter(None, results.values()):
        result["ratio"] = plain["seconds"] / result["seconds"]
    return {name: {key: result.get(key) for key in COLUMNS} for name, result in results.items()}


def _random_genotype(size: str, characters: int) -> Genotype:
    _, dim, depth, heads, dim_head, neurons = SHAPES[size]
    shape = Architecture(
        characters, dim, depth, heads, dim_head, kind="llama", neurons=neurons, tied=False
    )
    return founder(shape, torch.Generator().manual_seed(0))


def _time_plain_decoding(genotype: Genotype, ids: np.ndarray) -> dict[str, float]:
    """Time steps of one id at some lengths, and integrate over all lengths."""
    positions = np.linspace(0, len(ids) - 1 - STEPS_PER_LENGTH, TIMED_LENGTHS).astype(int)
    cache = KVCache(genotype, 1, len(ids), CPU)
    _read_blocks(cache, ids)

    def take_steps(at: int) -> None:
        cache.positions[:] = at
        for token in ids[at : at + STEPS_PER_LENGTH]:
            certified_argmax(cache.read(np.array([[token]])))

    seconds = [
        statistics.median(measure_seconds(partial(take_steps, at), CPU) for _ in range(3))
        / STEPS_PER_LENGTH
        for at in positions.tolist()
    ]
    total = float(np.trapezoid(seconds, positions)) * len(ids) / float(positions[-1])
    return {"seconds": total, "passes": len(ids) - 1, "read": len(ids) - 1}


def _time_causal_pass(genotype: Genotype, ids: np.ndarray, rounds: int) -> dict[str, float]:
    """Time passes over known ids, the lower bound for decoding whole frames."""
    cache = KVCache(genotype, 1, len(ids), CPU)

    def read_all() -> None:
        cache.positions[:] = 0
        _read_blocks(cache, ids)

    read_all()
    seconds = statistics.median(measure_seconds(read_all, CPU) for _ in range(rounds))
    return {"seconds": seconds, "passes": -(-len(ids) // BLOCK_CHARACTERS), "read": len(ids)}


def _read_blocks(cache: KVCache, ids: np.ndarray) -> None:
    for at in range(0, len(ids), BLOCK_CHARACTERS):
        cache.read(ids[None, at : at + BLOCK_CHARACTERS])
