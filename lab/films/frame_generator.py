"""Frame generator: the frames of a memorised film, decoded from an individual by number."""

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
GPU_KV_BYTES = 2**33  # bytes of the KV cache on a GPU
EXTERNAL_KV_BYTES, EXTERNAL_BATCH = (
    2**31,
    256,
)  # bytes, and sequences, of a batch in an external engine
DecodeFunction = Callable[[Sequence[np.ndarray], int, int], list[list[int]]]
"""(prefixes, length, stop id) -> the continuation of each prefix, stop included."""


@dataclass
class FrameGenerator:
    """A model that memorised a film: framing is frame or row, length the characters of a piece.

    drafting: speculative decoding (fast on a CPU), else frames are decoded in a batch (fast on a
    GPU). `stats` counts the decoding work. decoder replaces the lab's own, for an external engine.
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
        """Raise ValueError for an individual that was not trained on a film."""
        if self.framing not in FRAMINGS:
            raise ValueError(
                "this individual was not trained on a film: train one with corpus=frames"
            )
        newline = self.vocabulary.encode("\n")[0] if self.framing == "frame" else None
        self.draft = (
            DraftProposer(None if newline is None else int(newline)) if self.drafting else None
        )
        self.stop = int(self.vocabulary.encode(EOA)[0])

    @property
    def numbers(self) -> list[str]:
        """The characters that number its frames, in order."""
        return [
            character
            for character in self.vocabulary.characters
            if FRAME_PLANE <= ord(character) < ROW_PLANE
        ]

    @property
    def rows(self) -> int:
        """Number of rows of a frame; 1 where it is decoded whole."""
        row_count = sum(ord(character) >= ROW_PLANE for character in self.vocabulary.characters)
        return row_count if self.framing == "row" else 1

    def frames(self, numbers: Sequence[str]) -> Iterator[str]:
        """Decode the frames of these numbers; yield each, as lines of text, when complete."""
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
        """Return a decoded text up to the first framing character."""
        text = self.vocabulary.decode(np.array(ids))
        return FRAMING_CHARACTER.split(text, maxsplit=1)[0]

    def _kv_bytes(self) -> int:
        a = self.genotype.architecture
        return 2 * 4 * a.depth * a.inner * self.length


def build_frame_generator(genotype: Genotype, birth: Any, device: torch.device) -> FrameGenerator:
    """Build the generator of an individual; ValueError if it was not trained on a film."""
    return FrameGenerator(
        genotype, Vocabulary.from_dict(birth["vocabulary"]), str(birth.get("framing")),
        int(birth["context"]) + 1, device, drafting=device.type == "cpu",
    )  # fmt: skip


def select_frames(numbers: Sequence[str], indices: Sequence[int] | None = None) -> list[str]:
    """Return the characters of the frames with these indices, all for None; ValueError for none."""
    characters = {number_from_character(character): character for character in numbers}
    if missing := [index for index in indices or () if index not in characters]:
        raise ValueError(f"there is no frame {missing[0]}: they are 0 to {len(characters) - 1}")
    return list(numbers) if indices is None else [characters[index] for index in indices]
