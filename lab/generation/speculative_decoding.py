"""Speculative decoding: greedy decoding that verifies drafted ids, exact in every batch.

Leviathan et al. 2022, "Fast inference from transformers via speculative decoding", arXiv 2211.17192

Without a draft, a pass decodes one id a row. With a draft, a pass reads the proposal, accepts its
ids as long as they are the model's own argmax, and decodes one more. Passes of other shapes round
differently; where two logits are so close that this could matter, the argmax is repeated in float64
over the single sequence. So the output does not depend on drafting or batching.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from lab.generation.draft_proposer import DraftProposer
from lab.generation.kv_cache import KVCache, certified_argmax
from lab.generation.sampler import Float64Model, full_float32_precision
from lab.models.genotype import Genotype


@dataclass
class DecodeStats:
    """Decoding statistics: passes through the model, ids read in them, ties repeated in float64."""

    passes: int = 0
    characters_read: int = 0
    recomputed: int = 0


def decode_greedy(
    genotype: Genotype,
    prefixes: Sequence[np.ndarray],
    length: int,
    stop: int,
    draft: DraftProposer | None = None,
    device: torch.device | None = None,
    stats: DecodeStats | None = None,
) -> list[list[int]]:
    """Decode greedily from prefixes of one length, until `stop` or `length` ids.

    Returns the continuation of each prefix, `stop` included. ValueError for an empty or too long
    prefix, or prefixes of several lengths.
    """
    start = len(prefixes[0])
    if not 0 < start < length or any(len(prefix) != start for prefix in prefixes):
        raise ValueError(f"prefixes are of one length, 1 to {length - 1}")
    with full_float32_precision():
        decoder = SpeculativeDecoder(
            genotype, prefixes, length, stop, draft, device or torch.device("cpu")
        )
        decoder.stats = stats or decoder.stats
        while decoder.active:
            decoder.step()
        return [text[start:] for text in decoder.texts]


class SpeculativeDecoder:
    """Sequences decoded in a batch; `active` are the indices of the unfinished ones."""

    def __init__(
        self,
        genotype: Genotype,
        prefixes: Sequence[np.ndarray],
        length: int,
        stop: int,
        draft: DraftProposer | None,
        device: torch.device,
    ) -> None:
        self.texts = [prefix.tolist() for prefix in prefixes]
        self.start, self.length, self.stop, self.draft = len(prefixes[0]), length, stop, draft
        self.active = list(range(len(prefixes)))
        ahead = draft.max_proposal if draft else 0
        self.cache = KVCache(genotype, len(prefixes), length + ahead, device)
        self.float64_model, self.stats = Float64Model(genotype), DecodeStats()
        if self.start > 1:
            self.cache.read(np.stack(prefixes)[:, :-1])

    def step(self) -> None:
        """Run one pass, which adds at least one id to each active sequence."""
        proposals = [self.propose(row) for row in self.active]
        ids = np.zeros((len(self.active), 1 + max(map(len, proposals))), np.int64)
        for place, (row, proposal) in enumerate(zip(self.active, proposals, strict=True)):
            ids[place, : 1 + len(proposal)] = [self.texts[row][-1], *proposal]
        best, certified = certified_argmax(self.cache.read(ids))
        self.stats.passes += 1
        self.stats.characters_read += ids.size
        for place, (row, proposal) in enumerate(zip(self.active, proposals, strict=True)):
            self.accept(self.texts[row], proposal, best[place].tolist(), certified[place])
            self.cache.positions[place] = len(self.texts[row]) - 1
        remaining = [
            place for place, row in enumerate(self.active) if not self.is_finished(self.texts[row])
        ]
        if len(remaining) < len(self.active):
            self.cache.select_rows(np.array(remaining, np.int64))
            self.active = [self.active[place] for place in remaining]

    def propose(self, row: int) -> list[int]:
        """Return the draft's proposal for a row."""
        return self.draft.propose(row, self.texts[row][self.start :]) if self.draft else []

    def accept(
        self, text: list[int], proposal: Sequence[int], best: Sequence[int], certified: np.ndarray
    ) -> None:
        """Append the model's ids as far as the proposal agrees, and one more."""
        for index, token in enumerate(best[: 1 + len(proposal)]):
            if not certified[index]:
                token = int(self.float64_model.logits(np.array(text)).argmax())
                self.stats.recomputed += 1
            text.append(token)
            if self.is_finished(text) or proposal[index : index + 1] != [token]:
                return

    def is_finished(self, text: Sequence[int]) -> bool:
        """Whether a sequence is finished."""
        return text[-1] == self.stop or len(text) >= self.length
