"""Decoding a film: the likeliest character after the likeliest, fast and always the same.

Leviathan et al. 2022, "Fast inference from transformers via speculative decoding", arXiv 2211.17192

Plain, a pass writes one character a row. With a draft, a pass reads what the draft guessed, keeps
the guesses that the model would have written itself, and writes one more. Passes of other shapes
round otherwise; where two characters are so near that this could matter, the model decides again in
float64 over the whole text. So plain, drafted, alone or beside others: the same film.
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
    """What decoding took: passes through the model, characters read in them, ties decided anew."""

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
    """Go on from prefixes of one length, until `stop` is written or a text is `length` long.

    Returns what follows each prefix, `stop` included. ValueError for an empty or too long prefix,
    or prefixes of several lengths.
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
    """Texts that grow together; `open` are the numbers of those that are not finished."""

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
        """One pass: at least one character more in each open text."""
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
        """What the draft expects of a row."""
        return self.draft.propose(row, self.texts[row][self.start :]) if self.draft else []

    def accept(
        self, text: list[int], proposal: Sequence[int], best: Sequence[int], certified: np.ndarray
    ) -> None:
        """Write what the model would have written, as far as the guesses were right."""
        for index, token in enumerate(best[: 1 + len(proposal)]):
            if not certified[index]:
                token = int(self.float64_model.logits(np.array(text)).argmax())
                self.stats.recomputed += 1
            text.append(token)
            if self.is_finished(text) or proposal[index : index + 1] != [token]:
                return

    def is_finished(self, text: Sequence[int]) -> bool:
        """Whether nothing follows."""
        return text[-1] == self.stop or len(text) >= self.length
