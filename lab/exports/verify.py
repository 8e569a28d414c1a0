"""Check: what lies in the folder is read back and compared with the lab's own forward pass.

Two judges: our reader of the format, always; a real engine (llama.cpp), where one is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from lab.exports.formats import Made, Subject
from lab.exports.gguf_tokenizer import prompt, tokens
from lab.exports.llama_cpp_runner import Engine, prove

CLOSE = 1e-4  # of the largest logit: float32 sums in another order are never so far apart


def read_back(subject: Subject, made: Made, folder: Path, count: int) -> dict[str, Any]:
    """Largest difference of logits between file and lab, and how often their favourites agree.

    Over the opening and what is drawn after it, an end left out: it is drawn, never read.
    ValueError where a file that ought to be exact is not.
    """
    if made.read is None:
        return {}
    model, names = made.read(folder)
    ids = [one for one in text(subject, count) if one != tokens(subject.vocabulary).eos]
    ours = subject.logits(ids)
    theirs = model.forward(np.array(names)[ids])[:, names]
    far = float(np.abs(ours - theirs).max())
    told = {
        "tokens": len(ids),
        "max_logit_difference": far,
        "agreement": float((ours.argmax(1) == theirs.argmax(1)).mean()),
    }
    if made.exact and far > CLOSE * max(1.0, float(np.abs(ours).max())):
        raise ValueError(f"what lies in {folder} reads back wrongly: logits differ by {far:.2g}")
    return told


def text(subject: Subject, count: int) -> list[int]:
    """The ids of the opening and of what the artist goes on with, greedily, its end included."""
    ids = subject.vocabulary.encode(subject.start).tolist()
    room = min(count, subject.context - len(ids))
    return ids + continuation(subject, ids, room)


def continuation(subject: Subject, ids: list[int], count: int) -> list[int]:
    """The likeliest ids after some, an end that is drawn included."""
    end = tokens(subject.vocabulary).eos
    said = subject.model.greedy(ids, count, frozenset([end]))
    return said if len(said) == count else [*said, end]


def by_engine(subject: Subject, engine: Engine, folder: Path, count: int) -> Mapping[str, Any]:
    """What a llama.cpp says of model.gguf in a folder; RuntimeError where it cannot run it."""
    start = subject.vocabulary.encode(subject.start).tolist()
    ids = text(subject, count)
    whole = text(subject, min(count, 256))
    logits = subject.logits(whole)
    if len(tokens(subject.vocabulary).texts) > len(subject.vocabulary):  # the end it had not
        logits = np.concatenate([logits, logits.mean(1, keepdims=True)], axis=1)
    proof = prove(
        engine, folder / "model.gguf", prompt(subject.start, subject.vocabulary),
        start, ids[len(start) :], whole, logits,
    )  # fmt: skip
    return asdict(proof) | {"holds": proof.holds, "tokens": len(whole)}
