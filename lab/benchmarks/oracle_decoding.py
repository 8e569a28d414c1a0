"""Oracle decoding: speculative decoding timed with a model that is always right.

Leviathan et al. 2022, arXiv 2211.17192 (speculative decoding).
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from functools import partial

import numpy as np
import torch

from lab.corpora.vocabulary import Vocabulary
from lab.generation.draft_proposer import DraftProposer
from lab.generation.speculative_decoding import DecodeStats, SpeculativeDecoder
from lab.models.genotype import Genotype
from lab.training.flops import measure_seconds

CPU = torch.device("cpu")


class EncodedText:
    """An encoded piece: its prefix and all of its ids."""

    def __init__(self, vocabulary: Vocabulary, prefix: str, continuation: str) -> None:
        self.prefix = vocabulary.encode(prefix)
        self.ids = vocabulary.encode(prefix + continuation)


class OracleDecoder(SpeculativeDecoder):
    """A speculative decoder whose model is always right: the truth replaces its argmax."""

    truth: dict[int, list[int]]

    def accept(
        self, text: list[int], guess: Sequence[int], best: Sequence[int], certified: np.ndarray
    ) -> None:
        """Append the true ids as far as the proposal agrees, and one more."""
        true_ids = self.truth[id(text)]
        true_continuation = true_ids[len(text) : len(text) + 1 + len(guess)]
        super().accept(text, guess, true_continuation, np.ones(len(true_continuation), bool))


def time_oracle_decoding(
    genotype: Genotype, pieces: list[list[EncodedText]], draft: DraftProposer | None, learned: int
) -> dict[str, float]:
    """Time decoding of the frames after the `learned` ones, with the film as oracle."""
    if draft:
        for texts in pieces[:learned]:
            draft.learn([text.ids[len(text.prefix) :].tolist() for text in texts])
    seconds, stats = [], DecodeStats()
    for texts in pieces[learned:]:
        seconds.append(measure_seconds(partial(_write_frame, genotype, texts, draft, stats), CPU))
        if draft:
            draft.learn([text.ids[len(text.prefix) :].tolist() for text in texts])
    count = len(seconds)
    passes, read = stats.passes / count, stats.characters_read / count
    return {"seconds": statistics.median(seconds), "passes": passes, "read": read}


def _write_frame(
    genotype: Genotype, texts: list[EncodedText], draft: DraftProposer | None, stats: DecodeStats
) -> None:
    length, stop = len(texts[0].ids), int(texts[0].ids[-1])
    writer = OracleDecoder(genotype, [text.prefix for text in texts], length, stop, draft, CPU)
    pairs = zip(writer.texts, texts, strict=True)
    writer.truth, writer.stats = {id(written): text.ids.tolist() for written, text in pairs}, stats
    while writer.active:
        writer.step()
