"""llama2.c tokenizer: its file, its byte-pair merging of a prompt, and its printing of pieces.

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
FIRST_BYTE_ID = 3  # the id of byte 0
BYTE_PIECE = re.compile(rb"<0x([0-9A-F]{1,2})>")


@dataclass(frozen=True)
class Llama2cTokenizer:
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
        ids = [BOS]
        if text:
            ids.append(self._piece_id(b" ", "the space that llama2.c puts before a prompt"))
        for character in text:
            spelled = character.encode()
            if spelled in self.ids:
                ids.append(self.ids[spelled])
            else:
                ids += [self._byte_id(byte, character) for byte in spelled]
        while merge := self._best_merge(ids):
            at, piece = merge
            ids[at : at + 2] = [piece]
        return ids

    def decode(self, ids: Sequence[int]) -> str:
        """What run.c prints for ids[1:], each after the one before.

        A byte that stands alone is shown where it is ASCII that shows, or a blank.
        """
        output = bytearray()
        for previous, token in pairwise(ids):
            piece = self.pieces[token]
            if previous == BOS:
                piece = piece.removeprefix(b" ")
            if match := BYTE_PIECE.fullmatch(piece):
                piece = bytes([int(match[1], 16)])
            if len(piece) != 1 or piece.isspace() or 32 <= piece[0] < 127:
                output += piece
        return output.decode("utf-8", "replace")

    def to_bytes(self) -> bytes:
        """The file."""
        longest = max(map(len, self.pieces))
        parts = [struct.pack("<i", longest)]
        for piece, score in zip(self.pieces, self.scores, strict=True):
            parts.append(struct.pack("<fi", score, len(piece)) + piece)
        return b"".join(parts)

    def _best_merge(self, ids: list[int]) -> tuple[int, int] | None:
        merged = [self.ids.get(self.pieces[a] + self.pieces[b]) for a, b in pairwise(ids)]
        candidates = [
            (self.scores[piece_id], -at, piece_id)
            for at, piece_id in enumerate(merged)
            if piece_id is not None
        ]
        if not candidates:
            return None
        _, at, piece = max(candidates)
        return -at, piece

    def _piece_id(self, piece: bytes, description: str) -> int:
        if piece not in self.ids:
            raise ValueError(f"the vocabulary has no piece for {description}")
        return self.ids[piece]

    def _byte_id(self, byte: int, character: str) -> int:
        token = byte + FIRST_BYTE_ID
        if token >= len(self.pieces) or self.pieces[token] != byte_piece(byte):
            raise ValueError(f"{character!r} is not in the vocabulary: leave it out of the prompt")
        return token


def byte_piece(byte: int) -> bytes:
    """The spelling of a single byte."""
    return b"<0x%02X>" % byte


def read_llama2c_tokenizer(data: bytes, vocab: int) -> Llama2cTokenizer:
    """The pieces in a file for `vocab` ids; ValueError where it is none, or bytes are left over."""
    pieces, scores, offset = [], [], 4
    try:
        for _ in range(vocab):
            score, length = struct.unpack_from("<fi", data, offset)
            if not 0 <= length <= len(data) - offset - 8:
                raise struct.error
            pieces.append(data[offset + 8 : offset + 8 + length])
            scores.append(score)
            offset += 8 + length
    except struct.error:
        raise ValueError(f"this is not a tokenizer of llama2.c for {vocab} ids") from None
    if offset != len(data):
        raise ValueError(
            f"this tokenizer has {len(data) - offset} bytes more than {vocab} ids need"
        )
    return Llama2cTokenizer(tuple(pieces), tuple(scores))
