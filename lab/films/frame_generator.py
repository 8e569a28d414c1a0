"""A projector: the frames of a film, one after the other, as an individual knows them by heart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
import torch

from lab.corpora.film import FRAMES, ROWS, number_of
from lab.corpora.framing import MARK, frame_prefix, row_prefix
from lab.corpora.vocabulary import EOA, Vocabulary
from lab.generation.draft_proposer import Draft
from lab.generation.speculative_decoding import Work, decode
from lab.models.genotype import Genotype

FRAMINGS = ("frame", "row")
ROOM = 2**33  # bytes of keys and values that a GPU holds at once
OUTSIDE, TOGETHER = 2**31, 256  # bytes, and texts, that an engine outside is asked for at once
Decoder = Callable[[Sequence[np.ndarray], int, int], list[list[int]]]
"""(prefixes, length of a text, the id that ends it) -> what follows each prefix, end included."""


@dataclass
class Projector:
    """Who knows the film, and how: framing is frame or row, length the characters of a piece.

    drafting guesses and verifies (what is quick on a CPU), else frames are written side by side
    (what is quick on a GPU). `work` counts what it took. decoder, where it is given, writes in
    place of the lab: an engine outside, say.
    """

    genotype: Genotype
    vocabulary: Vocabulary
    framing: str
    length: int
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    drafting: bool = True
    work: Work = field(default_factory=Work)
    decoder: Decoder | None = None

    def __post_init__(self) -> None:
        """Refuse whoever knows no film."""
        if self.framing not in FRAMINGS:
            raise ValueError("this individual knows no film: rear one with corpus=frames")
        newline = self.vocabulary.encode("\n")[0] if self.framing == "frame" else None
        self.draft = Draft(None if newline is None else int(newline)) if self.drafting else None
        self.stop = int(self.vocabulary.encode(EOA)[0])

    @property
    def numbers(self) -> list[str]:
        """The characters of the frames that it knows, in order."""
        return [one for one in self.vocabulary.characters if FRAMES <= ord(one) < ROWS]

    @property
    def rows(self) -> int:
        """How many rows a frame has; 1 where it is written whole."""
        known = sum(ord(one) >= ROWS for one in self.vocabulary.characters)
        return known if self.framing == "row" else 1

    def frames(self, numbers: Sequence[str]) -> Iterator[str]:
        """The frames of these numbers, each as soon as it is written: lines of text, as drawn."""
        room = OUTSIDE if self.decoder else ROOM
        size = 1 if self.draft else max(1, room // (self._bytes() * self.rows))
        if self.decoder:
            size = max(1, min(size, TOGETHER // self.rows))
        waiting = iter(numbers)
        while few := list(islice(waiting, size)):
            yield from self._together(few)

    def _together(self, numbers: Sequence[str]) -> list[str]:
        prefixes = [
            self.vocabulary.encode(prefix) for one in numbers for prefix in self._prefixes(one)
        ]
        if self.decoder:
            written = self.decoder(prefixes, self.length, self.stop)
        else:
            written = decode(
                self.genotype, prefixes, self.length, self.stop, self.draft, self.device, self.work
            )
        if self.draft:
            self.draft.learn(written)
        lines = [self._line(ids) for ids in written]
        return ["\n".join(lines[at : at + self.rows]) for at in range(0, len(lines), self.rows)]

    def _prefixes(self, number: str) -> list[str]:
        if self.framing == "frame":
            return [frame_prefix(number)]
        return [row_prefix(number, row) for row in range(self.rows)]

    def _line(self, ids: Sequence[int]) -> str:
        """What is drawn of a text: nothing from the first framing character on."""
        text = self.vocabulary.decode(np.array(ids))
        return MARK.split(text, maxsplit=1)[0]

    def _bytes(self) -> int:
        a = self.genotype.architecture
        return 2 * 4 * a.depth * a.inner * self.length


def projector(genotype: Genotype, birth: Any, device: torch.device) -> Projector:
    """The projector for an individual, by its birth certificate. ValueError for no film's."""
    return Projector(
        genotype, Vocabulary.from_dict(birth["vocabulary"]), str(birth.get("framing")),
        int(birth["context"]) + 1, device, drafting=device.type == "cpu",
    )  # fmt: skip


def chosen(numbers: Sequence[str], wanted: Sequence[int] | None = None) -> list[str]:
    """The characters of the frames that are wanted by number; all for None."""
    known = {number_of(one): one for one in numbers}
    if missing := [one for one in wanted or () if one not in known]:
        raise ValueError(f"there is no frame {missing[0]}: they are 0 to {len(known) - 1}")
    return list(numbers) if wanted is None else [known[one] for one in wanted]
