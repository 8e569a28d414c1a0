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

from lab.generation.draft_proposer import Draft
from lab.generation.kv_cache import Cache, decided
from lab.generation.sampler import Referee, exact
from lab.models.genotype import Genotype


@dataclass
class Work:
    """What decoding took: passes through the model, characters read in them, ties decided anew."""

    passes: int = 0
    read: int = 0
    referred: int = 0


def decode(
    genotype: Genotype,
    prefixes: Sequence[np.ndarray],
    length: int,
    stop: int,
    draft: Draft | None = None,
    device: torch.device | None = None,
    work: Work | None = None,
) -> list[list[int]]:
    """Go on from prefixes of one length, until `stop` is written or a text is `length` long.

    Returns what follows each prefix, `stop` included. ValueError for an empty or too long prefix,
    or prefixes of several lengths.
    """
    start = len(prefixes[0])
    if not 0 < start < length or any(len(prefix) != start for prefix in prefixes):
        raise ValueError(f"prefixes are of one length, 1 to {length - 1}")
    with exact():
        writer = Writer(genotype, prefixes, length, stop, draft, device or torch.device("cpu"))
        writer.work = work or writer.work
        while writer.open:
            writer.turn()
        return [text[start:] for text in writer.texts]


class Writer:
    """Texts that grow together; `open` are the numbers of those that are not finished."""

    def __init__(
        self,
        genotype: Genotype,
        prefixes: Sequence[np.ndarray],
        length: int,
        stop: int,
        draft: Draft | None,
        device: torch.device,
    ) -> None:
        self.texts = [prefix.tolist() for prefix in prefixes]
        self.start, self.length, self.stop, self.draft = len(prefixes[0]), length, stop, draft
        self.open = list(range(len(prefixes)))
        ahead = draft.most if draft else 0
        self.cache = Cache(genotype, len(prefixes), length + ahead, device)
        self.referee, self.work = Referee(genotype), Work()
        if self.start > 1:
            self.cache.read(np.stack(prefixes)[:, :-1])

    def turn(self) -> None:
        """One pass: at least one character more in each open text."""
        guesses = [self.guess(row) for row in self.open]
        ids = np.zeros((len(self.open), 1 + max(map(len, guesses))), np.int64)
        for place, (row, guess) in enumerate(zip(self.open, guesses, strict=True)):
            ids[place, : 1 + len(guess)] = [self.texts[row][-1], *guess]
        best, sure = decided(self.cache.read(ids))
        self.work.passes += 1
        self.work.read += ids.size
        for place, (row, guess) in enumerate(zip(self.open, guesses, strict=True)):
            self.accept(self.texts[row], guess, best[place].tolist(), sure[place])
            self.cache.at[place] = len(self.texts[row]) - 1
        left = [place for place, row in enumerate(self.open) if not self.finished(self.texts[row])]
        if len(left) < len(self.open):
            self.cache.keep(np.array(left, np.int64))
            self.open = [self.open[place] for place in left]

    def guess(self, row: int) -> list[int]:
        """What the draft expects of a row."""
        return self.draft.guess(row, self.texts[row][self.start :]) if self.draft else []

    def accept(
        self, text: list[int], guess: Sequence[int], best: Sequence[int], sure: np.ndarray
    ) -> None:
        """Write what the model would have written, as far as the guesses were right."""
        for place, likeliest in enumerate(best[: 1 + len(guess)]):
            if not sure[place]:
                likeliest = int(self.referee.logits(np.array(text)).argmax())
                self.work.referred += 1
            text.append(likeliest)
            if self.finished(text) or guess[place : place + 1] != [likeliest]:
                return

    def finished(self, text: Sequence[int]) -> bool:
        """Whether nothing follows."""
        return text[-1] == self.stop or len(text) >= self.length
