"""Outside: an artist's texts written by llama.cpp from our file, in place of our own decoding.

Gerganov et al., llama.cpp, https://github.com/ggml-org/llama.cpp; GGUF: `lab.exports.gguf`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from lab.corpora.vocabulary import Vocabulary
from lab.exports import llama_cpp_runner
from lab.exports.to_llama import convert_to_llama, export_gguf
from lab.models.genotype import Genotype


class LlamaCppDecoder:
    """Goes on from prefixes, as `films.decoding.decode` does, by an engine that reads a GGUF.

    `name` tells which engine, `seconds` what its processor spent on texts so far, which does not
    include its start: half a second each time that it is asked, some seconds with node.
    """

    def __init__(
        self, genotype: Genotype, vocabulary: Vocabulary, length: int, folder: Path
    ) -> None:
        """Write the file into a folder; ValueError for what no engine computes, and for none."""
        data = export_gguf(convert_to_llama(genotype, length), vocabulary, "outside")
        engines = llama_cpp_runner.engines()
        if not engines:
            raise ValueError(llama_cpp_runner.NO_ENGINE)
        self.engine, self.path = engines[0], folder / "model.gguf"
        self.path.write_bytes(data)
        self.name, self.seconds = engines[0].name, 0.0

    def __call__(self, prefixes: Sequence[np.ndarray], length: int, stop: int) -> list[list[int]]:
        """What follows prefixes of one length, `stop` included, until a text is `length` long."""
        starts, continuations = [prefix.tolist() for prefix in prefixes], list[list[int]]()
        for at in range(0, len(starts), llama_cpp_runner.MAX_SEQUENCES):
            batch = starts[at : at + llama_cpp_runner.MAX_SEQUENCES]
            try:
                result = llama_cpp_runner.generate_engine_texts(
                    self.engine, self.path, batch, length - len(batch[0]), stop
                )
            except RuntimeError as error:
                raise ValueError(str(error)) from None
            self.name, self.seconds = result.engine, self.seconds + result.seconds
            continuations += result.ids
        return continuations
