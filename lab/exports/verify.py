"""Verification: exported files read back and compared with the lab's own forward pass.

By the lab's reader of the format always, by an engine (llama.cpp) where engine=true.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from lab.exports.formats import ExportBundle, ExportSource
from lab.exports.gguf_tokenizer import gguf_prompt, gguf_tokens
from lab.exports.llama_cpp_runner import LlamaCppEngine, compare_engine

TOLERANCE = 1e-4  # of the largest logit: float32 sums in another order are never so far apart


def check_read_back(
    source: ExportSource, bundle: ExportBundle, folder: Path, count: int
) -> dict[str, Any]:
    """The largest difference of logits between file and lab, and the agreement of their argmax.

    Over the prompt and its greedy continuation without an end token, which is never read.
    ValueError where a file that ought to be exact is not.
    """
    if bundle.read is None:
        return {}
    model, file_ids = bundle.read(folder)
    ids = [
        token for token in greedy_ids(source, count) if token != gguf_tokens(source.vocabulary).eos
    ]
    lab_logits = source.logits(ids)
    file_logits = model.forward(np.array(file_ids)[ids])[:, file_ids]
    difference = float(np.abs(lab_logits - file_logits).max())
    report = {
        "tokens": len(ids),
        "max_logit_difference": difference,
        "agreement": float((lab_logits.argmax(1) == file_logits.argmax(1)).mean()),
    }
    if bundle.exact and difference > TOLERANCE * max(1.0, float(np.abs(lab_logits).max())):
        raise ValueError(
            f"what lies in {folder} reads back wrongly: logits differ by {difference:.2g}"
        )
    return report


def greedy_ids(source: ExportSource, count: int) -> list[int]:
    """The ids of the prompt and of its greedy continuation, an end token included."""
    ids = source.vocabulary.encode(source.prompt).tolist()
    remaining = min(count, source.context - len(ids))
    return ids + greedy_continuation(source, ids, remaining)


def greedy_continuation(source: ExportSource, ids: list[int], count: int) -> list[int]:
    """The greedy continuation of ids, `count` long at most, an end token included."""
    end = gguf_tokens(source.vocabulary).eos
    continuation = source.model.generate_greedy(ids, count, frozenset([end]))
    return continuation if len(continuation) == count else [*continuation, end]


def check_with_engine(
    source: ExportSource, engine: LlamaCppEngine, folder: Path, count: int
) -> Mapping[str, Any]:
    """Compare a llama.cpp on a folder's model.gguf with the lab; RuntimeError where it fails."""
    prompt_ids = source.vocabulary.encode(source.prompt).tolist()
    ids = greedy_ids(source, count)
    compared_ids = greedy_ids(source, min(count, 256))
    logits = source.logits(compared_ids)
    if len(gguf_tokens(source.vocabulary).texts) > len(source.vocabulary):  # the end it had not
        logits = np.concatenate([logits, logits.mean(1, keepdims=True)], axis=1)
    comparison = compare_engine(
        engine, folder / "model.gguf", gguf_prompt(source.prompt, source.vocabulary),
        prompt_ids, ids[len(prompt_ids) :], compared_ids, logits,
    )  # fmt: skip
    return asdict(comparison) | {"holds": comparison.matches, "tokens": len(compared_ids)}
