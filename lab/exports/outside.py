"""Outside: an artist's texts written by llama.cpp from our file, in place of our own decoding."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from lab.corpora.vocabulary import Vocabulary
from lab.exports import engine, llamacpp
from lab.exports.conversion import convert
from lab.exports.tokens import tokens
from lab.models.genotype import Genotype


class Outside:
    """Goes on from prefixes, as `films.decoding.decode` does, by an engine that reads a GGUF.

    `name` tells which engine, from the first text on; `seconds` what its processor spent.
    """

    def __init__(self, genotype: Genotype, vocabulary: Vocabulary, folder: Path) -> None:
        """Write the file into a folder; ValueError for no engine, or for what none computes."""
        found = engine.engines()
        if not found:
            raise ValueError(engine.ABSENT)
        self.engine, self.path = found[0], folder / "model.gguf"
        self.name, self.seconds = found[0].name, 0.0
        self.genotype, self.vocabulary = genotype, vocabulary

    def __call__(self, prefixes: Sequence[np.ndarray], length: int, stop: int) -> list[list[int]]:
        """What follows prefixes of one length, `stop` included, until a text is `length` long."""
        if not self.path.exists():
            spelled = tokens(self.vocabulary)
            data = llamacpp.write(convert(self.genotype, length), spelled, "film")
            self.path.write_bytes(data)
        starts = [prefix.tolist() for prefix in prefixes]
        try:
            written = engine.write(self.engine, self.path, starts, length - len(starts[0]), stop)
        except RuntimeError as error:
            raise ValueError(str(error)) from None
        self.name, self.seconds = written.engine, self.seconds + written.seconds
        return written.ids
