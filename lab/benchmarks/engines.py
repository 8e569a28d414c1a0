"""Engines: the same film decoded by llama.cpp from an exported GGUF file, where it is installed.

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
from lab.exports.to_llama import convert_to_llama, export_gguf
from lab.models.genotype import Genotype


class FilmText(Protocol):
    """An encoded piece: its prefix, and all of its ids."""

    prefix: np.ndarray
    ids: np.ndarray


def time_llama_cpp(
    genotype: Genotype, vocabulary: Vocabulary, texts_by_kind: Mapping[str, Sequence[FilmText]]
) -> dict[str, dict[str, float]]:
    """Measure CPU seconds of the texts of each kind in a batch: one thread, float16 cache.

    A failure of the engine is reported in its row.
    """
    engines = llama_cpp_runner.engines()
    if not engines:
        return {"llama.cpp: not installed, make engine": {}}
    with tempfile.TemporaryDirectory(prefix="lab-bench-") as folder:
        path = Path(folder) / "model.gguf"
        longest = max(len(text.ids) for texts in texts_by_kind.values() for text in texts)
        try:
            path.write_bytes(export_gguf(convert_to_llama(genotype, longest), vocabulary, "bench"))
            return _time_engine(engines[0], path, texts_by_kind)
        except (RuntimeError, ValueError) as error:  # earlier measurements are kept
            return {f"llama.cpp: failed, {error}": {}}


def _time_engine(
    engine: llama_cpp_runner.LlamaCppEngine,
    path: Path,
    texts_by_kind: Mapping[str, Sequence[FilmText]],
) -> dict[str, dict[str, float]]:
    rows = {}
    for kind, texts in texts_by_kind.items():
        prefixes = [text.prefix.tolist() for text in texts]
        count = len(texts[0].ids) - len(prefixes[0])
        result = llama_cpp_runner.generate_engine_texts(engine, path, prefixes, count, cache="f16")
        sizes = {"passes": count, "read": count * len(prefixes)}
        rows[f"{result.engine}, {kind}"] = {"seconds": result.seconds} | sizes
    return rows
