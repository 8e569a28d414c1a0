"""llama2.c's tokenizer: its file, how it cuts a prompt into pieces, how it prints them.

Karpathy 2023, llama2.c (run.c, tokenizer.py), https://github.com/karpathy/llama2.c.

The file: int32 longest piece, then per piece float32 score, int32 length, bytes. Ids 0, 1, 2 are
unknown, BOS and EOS; ids 3 to 258 stand for single bytes, for what no piece spells.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

BOS, EOS = 1, 2
BYTES = 3  # the id of byte 0
RAW = re.compile(rb"<0x([0-9A-F]{2})>")


@dataclass(frozen=True)
class Pieces:
    """`pieces[i]` is the spelling of id i, `scores[i]` its rank in merging: the highest first."""

    pieces: tuple[bytes, ...]
    scores: tuple[float, ...]

    @cached_property
    def ids(self) -> dict[bytes, int]:
        """The id of every spelling; of two alike, the first."""
        return {piece: at for at, piece in reversed(list(enumerate(self.pieces)))}

    def encode(self, text: str) -> list[int]:
        """BOS, a space that nobody wrote, then the text, merged pair by pair, best score first.

        ValueError for a character that run.c would look up outside the vocabulary.
        """
        told = [BOS]
        if text:
            told.append(self._id(b" ", "the space that llama2.c puts before a prompt"))
        for character in text:
            spelled = character.encode()
            if spelled in self.ids:
                told.append(self.ids[spelled])
            else:
                told += [self._raw(byte, character) for byte in spelled]
        while merge := self._best(told):
            at, piece = merge
            told[at : at + 2] = [piece]
        return told

    def decode(self, ids: Sequence[int]) -> str:
        """What run.c prints for ids[1:], each after the one before.

        A byte that stands alone is shown where it is ASCII that shows, or a blank.
        """
        shown = bytearray()
        for before, token in pairwise(ids):
            piece = self.pieces[token]
            if before == BOS:
                piece = piece.removeprefix(b" ")
            if found := RAW.fullmatch(piece):
                piece = bytes([int(found[1], 16)])
            if len(piece) != 1 or piece.isspace() or 32 <= piece[0] < 127:
                shown += piece
        return shown.decode("utf-8", "replace")

    def write(self) -> bytes:
        """The file."""
        longest = max(map(len, self.pieces))
        parts = [struct.pack("<i", longest)]
        for piece, score in zip(self.pieces, self.scores, strict=True):
            parts.append(struct.pack("<fi", score, len(piece)) + piece)
        return b"".join(parts)

    def _best(self, told: list[int]) -> tuple[int, int] | None:
        joined = [self.ids.get(self.pieces[a] + self.pieces[b]) for a, b in pairwise(told)]
        found = [(self.scores[one], -at, one) for at, one in enumerate(joined) if one is not None]
        if not found:
            return None
        _, at, piece = max(found)
        return -at, piece

    def _id(self, piece: bytes, what: str) -> int:
        if piece not in self.ids:
            raise ValueError(f"the vocabulary has no piece for {what}")
        return self.ids[piece]

    def _raw(self, byte: int, character: str) -> int:
        token = byte + BYTES
        if token >= len(self.pieces) or self.pieces[token] != raw(byte):
            raise ValueError(f"{character!r} is not in the vocabulary: leave it out of the prompt")
        return token


def raw(byte: int) -> bytes:
    """The spelling of a single byte."""
    return b"<0x%02X>" % byte


def read(data: bytes, vocab: int) -> Pieces:
    """The pieces in a file for `vocab` ids; ValueError where it is none, or bytes are left over."""
    pieces, scores, at = [], [], 4
    try:
        for _ in range(vocab):
            score, length = struct.unpack_from("<fi", data, at)
            if not 0 <= length <= len(data) - at - 8:
                raise struct.error
            pieces.append(data[at + 8 : at + 8 + length])
            scores.append(score)
            at += 8 + length
    except struct.error:
        raise ValueError(f"this is not a tokenizer of llama2.c for {vocab} ids") from None
    if at != len(data):
        raise ValueError(f"this tokenizer has {len(data) - at} bytes more than {vocab} ids need")
    return Pieces(tuple(pieces), tuple(scores))
