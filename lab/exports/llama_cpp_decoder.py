"""Outside: an artist's texts written by llama.cpp from our file, in place of our own decoding.

Gerganov et al., llama.cpp, https://github.com/ggml-org/llama.cpp; GGUF: `lab.exports.gguf`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from lab.corpora.vocabulary import Vocabulary
from lab.exports import llama_cpp_runner
from lab.exports.to_llama import convert, gguf
from lab.models.genotype import Genotype


class Outside:
    """Goes on from prefixes, as `films.decoding.decode` does, by an engine that reads a GGUF.

    `name` tells which engine, `seconds` what its processor spent on texts so far, which does not
    include its start: half a second each time that it is asked, some seconds with node.
    """

    def __init__(
        self, genotype: Genotype, vocabulary: Vocabulary, length: int, folder: Path
    ) -> None:
        """Write the file into a folder; ValueError for what no engine computes, and for none."""
        data = gguf(convert(genotype, length), vocabulary, "outside")
        found = llama_cpp_runner.engines()
        if not found:
            raise ValueError(llama_cpp_runner.ABSENT)
        self.engine, self.path = found[0], folder / "model.gguf"
        self.path.write_bytes(data)
        self.name, self.seconds = found[0].name, 0.0

    def __call__(self, prefixes: Sequence[np.ndarray], length: int, stop: int) -> list[list[int]]:
        """What follows prefixes of one length, `stop` included, until a text is `length` long."""
        starts, written = [prefix.tolist() for prefix in prefixes], list[list[int]]()
        for at in range(0, len(starts), llama_cpp_runner.TOGETHER):
            some = starts[at : at + llama_cpp_runner.TOGETHER]
            try:
                told = llama_cpp_runner.write(
                    self.engine, self.path, some, length - len(some[0]), stop
                )
            except RuntimeError as error:
                raise ValueError(str(error)) from None
            self.name, self.seconds = told.engine, self.seconds + told.seconds
            written += told.ids
        return written
