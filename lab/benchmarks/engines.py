"""The engine that is compared: the same model in llama.cpp, where one is installed, from our GGUF.

Gerganov et al., llama.cpp, https://github.com/ggml-org/llama.cpp.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from lab.corpora.vocabulary import Vocabulary
from lab.exports import llama_cpp_runner
from lab.exports.to_llama import convert, gguf
from lab.models.genotype import Genotype


class Text(Protocol):
    """One piece: its prefix, and all of its ids."""

    prefix: np.ndarray
    ids: np.ndarray


def peer(
    genotype: Genotype, vocabulary: Vocabulary, asked: Mapping[str, Sequence[Text]]
) -> dict[str, dict[str, float]]:
    """CPU seconds for the texts of each kind, written at once: one run, one thread, float16 cache.

    Where the engine fails the row says so.
    """
    installed = llama_cpp_runner.engines()
    if not installed:
        return {"llama.cpp: not installed, make engine": {}}
    with tempfile.TemporaryDirectory(prefix="lab-bench-") as folder:
        path = Path(folder) / "model.gguf"
        longest = max(len(text.ids) for texts in asked.values() for text in texts)
        try:
            path.write_bytes(gguf(convert(genotype, longest), vocabulary, "bench"))
            return _written(installed[0], path, asked)
        except (RuntimeError, ValueError) as error:  # what was measured before is kept
            return {f"llama.cpp: failed, {error}": {}}


def _written(
    installed: llama_cpp_runner.Engine, path: Path, asked: Mapping[str, Sequence[Text]]
) -> dict[str, dict[str, float]]:
    found = {}
    for kind, texts in asked.items():
        starts = [text.prefix.tolist() for text in texts]
        count = len(texts[0].ids) - len(starts[0])
        told = llama_cpp_runner.write(installed, path, starts, count, cache="f16")
        sizes = {"passes": count, "read": count * len(starts)}
        found[f"{told.engine}, {kind}"] = {"seconds": told.seconds} | sizes
    return found
