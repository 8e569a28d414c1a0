"""Attribution: the parent that predicts each character of a child's drawing best.

Each parent scores the child's framed piece: its loss at a character is the negative log-likelihood
in nats given all characters before it.
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

ParentModel = tuple[str, Genotype, Vocabulary]
"""(name, genotype, vocabulary) of a parent."""

TIE_MARGIN = 0.1  # nats within which parents are tied
INFINITE_LEAD = 1000.0  # stands for an infinite difference, which JSON cannot hold


def attribute_piece(line: Mapping[str, Any], parents: Sequence[ParentModel]) -> dict[str, Any]:
    """Return the attribution fields of a gallery's line; empty for fewer than two parents.

    parents: names. inheritance: for each character of `text` the first parent's loss minus the
    second's, to 3 digits; ±1000 where only one of them has the character, 0 where neither does.
    closest, of three parents or more: the index of the one of least loss, -1 where two are
    within a tenth of a nat.
    """
    if len(parents) < 2:
        return {}
    start, text = piece_prefix(line), line["text"]
    losses = np.stack(
        [character_losses(genotype, vocabulary, start, text) for _, genotype, vocabulary in parents]
    )
    with np.errstate(invalid="ignore"):  # inf - inf: neither has it
        leads = np.nan_to_num(
            losses[0] - losses[1], nan=0.0, posinf=INFINITE_LEAD, neginf=-INFINITE_LEAD
        )
    fields = {
        "parents": [name for name, _, _ in parents],
        "inheritance": [round(float(lead), 3) + 0.0 for lead in leads],  # + 0.0: no -0.0
    }
    return fields if len(parents) == 2 else {**fields, "closest": closest_parents(losses)}


def closest_parents(losses: np.ndarray) -> list[int]:
    """Return the row of least loss in each column of [K, T]; -1 for ties and where all are inf."""
    first, second = np.sort(losses, axis=0)[:2]
    with np.errstate(invalid="ignore"):
        is_clear = np.isfinite(first) & (second - first >= TIE_MARGIN)
    return [int(parent) for parent in np.where(is_clear, losses.argmin(0), -1)]


@torch.inference_mode()
def character_losses(
    genotype: Genotype, vocabulary: Vocabulary, prefix: str, text: str
) -> np.ndarray:
    """Return the loss [T] in nats of each character of a text that follows `prefix`.

    Infinite for a character that the vocabulary lacks, which is then dropped from the context;
    0 for a first character without prefix. A character of several bytes has the sum of
    their losses.
    """
    encoded = [encode_character(vocabulary, character) for character in prefix + text]
    lengths = np.array([len(part) for part in encoded], np.int64)
    token_losses = np.zeros(int(lengths.sum()))
    if len(token_losses) > 1:
        ids = torch.from_numpy(np.concatenate(encoded).astype(np.int64))[None]
        device = genotype.rows.device
        logits = forward(
            genotype.architecture, genotype.rows, genotype.scales, ids[:, :-1].to(device),
            kernel=causal_attention.fused_attention,
        )  # fmt: skip
        log_probs = logits[0].double().log_softmax(-1).cpu()
        token_losses[1:] = -log_probs.gather(1, ids[0, 1:, None])[:, 0].numpy()
    totals = np.where(lengths == 0, np.inf, 0.0)
    np.add.at(totals, np.repeat(np.arange(len(encoded)), lengths), token_losses)
    return totals[len(prefix) :]


def encode_character(vocabulary: Vocabulary, character: str) -> np.ndarray:
    """Return the ids of one character, none where the vocabulary lacks it."""
    if vocabulary.kind == "characters" and character not in vocabulary.characters:
        return np.empty(0, np.uint8)
    return vocabulary.encode(character)


def piece_prefix(line: Mapping[str, Any]) -> str:
    """Return the framing and label before a piece's text; empty for running text."""
    if not line.get("framing"):
        return ""
    label = line.get("label")
    return SOL if label is None else SOL + str(label) + SEP
