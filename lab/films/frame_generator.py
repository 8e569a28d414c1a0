"""A projector: the frames of a film, one after the other, as an individual knows them by heart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
import torch

from lab.corpora.film import FRAME_PLANE, ROW_PLANE, number_from_character
from lab.corpora.framing import FRAMING_CHARACTER, frame_prefix, row_prefix
from lab.corpora.vocabulary import EOA, Vocabulary
from lab.generation.draft_proposer import DraftProposer
from lab.generation.speculative_decoding import DecodeStats, decode_greedy
from lab.models.genotype import Genotype

FRAMINGS = ("frame", "row")
GPU_KV_BYTES = 2**33  # bytes of keys and values that a GPU holds at once
EXTERNAL_KV_BYTES, EXTERNAL_BATCH = (
    2**31,
    256,
)  # bytes, and texts, that an engine outside is asked for at once
DecodeFunction = Callable[[Sequence[np.ndarray], int, int], list[list[int]]]
"""(prefixes, length of a text, the id that ends it) -> what follows each prefix, end included."""


@dataclass
class FrameGenerator:
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
    stats: DecodeStats = field(default_factory=DecodeStats)
    decoder: DecodeFunction | None = None

    def __post_init__(self) -> None:
        """Refuse whoever knows no film."""
        if self.framing not in FRAMINGS:
            raise ValueError("this individual knows no film: rear one with corpus=frames")
        newline = self.vocabulary.encode("\n")[0] if self.framing == "frame" else None
        self.draft = (
            DraftProposer(None if newline is None else int(newline)) if self.drafting else None
        )
        self.stop = int(self.vocabulary.encode(EOA)[0])

    @property
    def numbers(self) -> list[str]:
        """The characters of the frames that it knows, in order."""
        return [
            character
            for character in self.vocabulary.characters
            if FRAME_PLANE <= ord(character) < ROW_PLANE
        ]

    @property
    def rows(self) -> int:
        """How many rows a frame has; 1 where it is written whole."""
        row_count = sum(ord(character) >= ROW_PLANE for character in self.vocabulary.characters)
        return row_count if self.framing == "row" else 1

    def frames(self, numbers: Sequence[str]) -> Iterator[str]:
        """The frames of these numbers, each as soon as it is written: lines of text, as drawn."""
        budget = EXTERNAL_KV_BYTES if self.decoder else GPU_KV_BYTES
        size = 1 if self.draft else max(1, budget // (self._kv_bytes() * self.rows))
        if self.decoder:
            size = max(1, min(size, EXTERNAL_BATCH // self.rows))
        queue = iter(numbers)
        while chunk := list(islice(queue, size)):
            yield from self._decode_frames(chunk)

    def _decode_frames(self, numbers: Sequence[str]) -> list[str]:
        prefixes = [
            self.vocabulary.encode(prefix)
            for number in numbers
            for prefix in self._prefixes(number)
        ]
        if self.decoder:
            written = self.decoder(prefixes, self.length, self.stop)
        else:
            written = decode_greedy(
                self.genotype, prefixes, self.length, self.stop, self.draft, self.device, self.stats
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
        return FRAMING_CHARACTER.split(text, maxsplit=1)[0]

    def _kv_bytes(self) -> int:
        a = self.genotype.architecture
        return 2 * 4 * a.depth * a.inner * self.length


def build_frame_generator(genotype: Genotype, birth: Any, device: torch.device) -> FrameGenerator:
    """The projector for an individual, by its birth certificate. ValueError for no film's."""
    return FrameGenerator(
        genotype, Vocabulary.from_dict(birth["vocabulary"]), str(birth.get("framing")),
        int(birth["context"]) + 1, device, drafting=device.type == "cpu",
    )  # fmt: skip


def select_frames(numbers: Sequence[str], indices: Sequence[int] | None = None) -> list[str]:
    """The characters of the frames that are wanted by number; all for None."""
    characters = {number_from_character(character): character for character in numbers}
    if missing := [index for index in indices or () if index not in characters]:
        raise ValueError(f"there is no frame {missing[0]}: they are 0 to {len(characters) - 1}")
    return list(numbers) if indices is None else [characters[index] for index in indices]
