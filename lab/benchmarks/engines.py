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
from lab.exports import engine, llamacpp
from lab.exports.conversion import convert
from lab.exports.tokens import tokens
from lab.models.genotype import Genotype


class Text(Protocol):
    """One piece: its prefix, and all of its ids."""

    prefix: np.ndarray
    ids: np.ndarray


def peer(
    genotype: Genotype, vocabulary: Vocabulary, asked: Mapping[str, Sequence[Text]]
) -> dict[str, dict[str, float]]:
    """CPU seconds for the texts of each kind, written at once, with the engine's own cache."""
    installed = engine.engines()
    if not installed:
        return {"llama.cpp: not installed, make engine": {}}
    found = {}
    with tempfile.TemporaryDirectory(prefix="lab-bench-") as folder:
        path = Path(folder) / "model.gguf"
        longest = max(len(text.ids) for texts in asked.values() for text in texts)
        path.write_bytes(llamacpp.write(convert(genotype, longest), tokens(vocabulary), "bench"))
        for kind, texts in asked.items():
            starts = [text.prefix.tolist() for text in texts]
            count = len(texts[0].ids) - len(starts[0])
            told = engine.write(installed[0], path, starts, count, cache="f16")
            sizes = {"passes": count, "read": count * len(starts)}
            found[f"{told.engine}, {kind}"] = {"seconds": told.seconds} | sizes
    return found
