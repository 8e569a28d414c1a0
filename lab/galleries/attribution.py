"""Inheritance: which parent would sooner have written each character that a child drew.

Each parent reads the child's piece as it was drawn, frame and all, and is held to every character
in turn: its loss is the negative log-likelihood of that character given all before it, in nats.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch

from lab.corpora.vocabulary import SEP, SOL, Vocabulary
from lab.models import causal_attention
from lab.models.genotype import Genotype
from lab.models.network import forward

Parent = tuple[str, Genotype, Vocabulary]
"""A parent as a judge: what it is called, is and reads."""

EQUAL = 0.1  # nats within which parents are held equal
LACKED = 1000.0  # stands for an infinite difference, which JSON cannot hold


def inherited(line: Mapping[str, Any], parents: Sequence[Parent]) -> dict[str, Any]:
    """What a gallery's line gets beside the rest; nothing for fewer than two parents.

    parents: names. inheritance: for each character of `text` the first parent's loss minus the
    second's, to 3 digits; ±1000 where only one of them knows the character, 0 where neither does.
    closest, of three parents or more: the one of least loss, counted from 0, and -1 where two are
    within a tenth of a nat.
    """
    if len(parents) < 2:
        return {}
    start, text = opening(line), line["text"]
    found = np.stack([losses(known, read, start, text) for _, known, read in parents])
    with np.errstate(invalid="ignore"):  # inf - inf: neither knows it
        leads = np.nan_to_num(found[0] - found[1], nan=0.0, posinf=LACKED, neginf=-LACKED)
    told = {
        "parents": [name for name, _, _ in parents],
        "inheritance": [round(float(lead), 3) + 0.0 for lead in leads],  # + 0.0: no -0.0
    }
    return told if len(parents) == 2 else {**told, "closest": closest(found)}


def closest(found: np.ndarray) -> list[int]:
    """The row of least loss in each column of [K, T]; -1 where two are as good, or all are inf."""
    first, second = np.sort(found, axis=0)[:2]
    with np.errstate(invalid="ignore"):
        clear = np.isfinite(first) & (second - first >= EQUAL)
    return [int(one) for one in np.where(clear, found.argmin(0), -1)]


@torch.inference_mode()
def losses(genotype: Genotype, vocabulary: Vocabulary, before: str, text: str) -> np.ndarray:
    """The loss [T] in nats of each character of a text that follows `before`.

    Infinite for a character that the vocabulary lacks, which what follows is then read without;
    0 where nothing is before. A character of several bytes has the sum of theirs.
    """
    parts = [ids_of(vocabulary, one) for one in before + text]
    lengths = np.array([len(part) for part in parts], np.int64)
    each = np.zeros(int(lengths.sum()))
    if len(each) > 1:
        ids = torch.from_numpy(np.concatenate(parts).astype(np.int64))[None]
        device = genotype.rows.device
        logits = forward(
            genotype.architecture, genotype.rows, genotype.scales, ids[:, :-1].to(device),
            kernel=causal_attention.fused,
        )  # fmt: skip
        chances = logits[0].double().log_softmax(-1).cpu()
        each[1:] = -chances.gather(1, ids[0, 1:, None])[:, 0].numpy()
    sums = np.where(lengths == 0, np.inf, 0.0)
    np.add.at(sums, np.repeat(np.arange(len(parts)), lengths), each)
    return sums[len(before) :]


def ids_of(vocabulary: Vocabulary, character: str) -> np.ndarray:
    """The ids of one character, none where the vocabulary lacks it."""
    if vocabulary.kind == "characters" and character not in vocabulary.characters:
        return np.empty(0, np.uint8)
    return vocabulary.encode(character)


def opening(line: Mapping[str, Any]) -> str:
    """What stands before a piece's text: its frame and label, nothing before running text."""
    if not line.get("framing"):
        return ""
    label = line.get("label")
    return SOL if label is None else SOL + str(label) + SEP
