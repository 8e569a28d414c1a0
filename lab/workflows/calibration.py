"""Evidence: the training windows that an operator with data is shown, told so as to be found again.

Used by `lab.breed` and `lab.pedigree`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch

from lab.config.schemas.breed import Breed
from lab.corpora import framing
from lab.corpora.dataset import Lesson, lesson
from lab.corpora.vocabulary import Vocabulary
from lab.records.config_hash import flat
from lab.workflows.family_configs import corpora
from lab.workflows.training_corpora import corpus_of

SHOWN = 64  # training windows of each corpus
FRAMINGS = {"conditional": framing.conditional, "unconditional": framing.unconditional}


def evidence(lessons: Sequence[Lesson], context: int, most: int = SHOWN) -> list[np.ndarray]:
    """Evenly spaced training windows of each lesson."""
    return [window for one in lessons for window in one.training_windows(context, most)]


def told(config: Breed, shown: Sequence[np.ndarray]) -> dict[str, Any]:
    """What a recipe says of the windows: their hash, the corpora, and the threads that read them.

    Sums of many threads differ in the last bits from those of few.
    """
    return {
        "sha256": fingerprint(shown),
        "each": SHOWN,
        "threads": torch.get_num_threads(),
        "corpora": [flat({"corpus": one}) for one in corpora(config)],
    }


def found_again(birth: Mapping[str, Any], data: str | None) -> list[np.ndarray]:
    """The windows that the recipe of a birth certificate tells of, from the data folder.

    ValueError where they are others now; whatever reading a corpus raises.
    """
    shown, vocabulary = birth["recipe"]["shown"], Vocabulary.from_dict(birth["vocabulary"])
    frame, context = FRAMINGS.get(str(birth.get("framing"))), int(birth["context"])
    lessons = [
        lesson(corpus_of({**birth, "recipe": {"config": one}}, data), frame, context, vocabulary)
        for one in shown["corpora"]
    ]
    windows = evidence(lessons, context, int(shown["each"]))
    if fingerprint(windows) != shown["sha256"]:
        names = " and ".join(str(one.about["name"]) for one in lessons)
        raise ValueError(f"the training windows of {names} are others than those it was bred by")
    return windows


def fingerprint(windows: Sequence[np.ndarray]) -> str:
    """sha256 over all ids, window by window."""
    digest = hashlib.sha256()
    for window in windows:
        ids = np.ascontiguousarray(window, dtype="<i8")
        digest.update(len(ids).to_bytes(8, "little") + ids.tobytes())
    return digest.hexdigest()
