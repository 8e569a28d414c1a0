"""Draft proposer: a context-model draft for speculative decoding of a film's frames.

Leviathan et al. 2022, "Fast inference from transformers via speculative decoding", arXiv 2211.17192
(draft and verify); the draft is a context model as in bi-level image coding, ISO 11544.

A table counts the character that occurred in each context: the cells to the left and above in this
frame, and around the same place in the previous one. It is updated online, from the frames that
the model itself has decoded.
"""

from __future__ import annotations

from collections.abc import Sequence

MAX_PROPOSAL = 192  # characters proposed at once
MAX_ROW_PROPOSAL = 12  # of parallel rows, which all wait for the longest
MIN_PROBABILITY = 0.5  # a proposal ends where its probability falls below this
ContextTable = dict[bytes, list[int]]  # context -> [most frequent character, hits, misses]


class DraftProposer:
    """A draft model of one film, decoded by frames (newline: its id) or by rows (newline: None)."""

    def __init__(
        self,
        newline: int | None,
        max_proposal: int | None = None,
        min_probability: float = MIN_PROBABILITY,
    ) -> None:
        self.newline, self.min_probability = newline, min_probability
        self.max_proposal = max_proposal or (
            MAX_PROPOSAL if newline is not None else MAX_ROW_PROPOSAL
        )
        self.symbols: dict[int, int] = {}  # id -> byte, from 1 on; 0 is outside the frame
        self.ids: list[int] = [0]
        self.wide_table, self.narrow_table = dict[bytes, list[int]](), dict[bytes, list[int]]()
        self.stride = 0  # characters of a line, its end included; 0: not yet known
        self.previous_frame = b""  # the previous frame, padded
        self.rows: dict[int, bytearray] = {}  # the decoded part of each row of this frame, padded

    def propose(self, row: int, text: Sequence[int]) -> list[int]:
        """Propose the ids after `text` of a row (of the frame itself, where newline is an id)."""
        if not self._has_stride(text):
            return []
        row_symbols = self.rows.get(row)
        if row_symbols is None:
            row_symbols = self.rows[row] = bytearray(self.pad)
        row_symbols += bytes(self._symbol(token) for token in text[len(row_symbols) - self.pad :])
        start, shift, probability = len(row_symbols), row * self.stride, 1.0
        while len(row_symbols) - start < self.max_proposal:
            wide, narrow = self._contexts(row_symbols, len(row_symbols), shift)
            entry = self.wide_table.get(wide) or self.narrow_table.get(narrow)
            if entry is None:
                break
            symbol, hits, misses = entry
            probability *= (hits + 0.5) / (hits + misses + 1)
            if probability < self.min_probability:
                break
            row_symbols.append(symbol)
        proposal = [self.ids[symbol] for symbol in row_symbols[start:]]
        del row_symbols[start:]
        return proposal

    def learn(self, rows: Sequence[Sequence[int]]) -> None:
        """Update the tables with a decoded frame: its rows in order, or the frame alone."""
        if not self._has_stride(rows[0], whole=True):
            return
        for row, text in enumerate(rows):
            row_symbols = bytearray(self.pad) + bytes(self._symbol(token) for token in text)
            for at in range(self.pad, len(row_symbols)):
                wide, narrow = self._contexts(row_symbols, at, row * self.stride)
                _update_table(self.wide_table, wide, row_symbols[at])
                _update_table(self.narrow_table, narrow, row_symbols[at])
        flat = [self._symbol(token) for text in rows for token in text]
        self.previous_frame = bytes(self.pad) + bytes(flat) + bytes(self.pad)
        self.rows = {}

    @property
    def pad(self) -> int:
        """Bytes of padding on either side: the reach of a context beyond an edge."""
        return self.stride + 4

    def _has_stride(self, text: Sequence[int], whole: bool = False) -> bool:
        """Whether the length of a line is known, from the first complete line."""
        if not self.stride and self.newline is None and whole:
            self.stride = len(text)
        elif not self.stride and self.newline is not None and self.newline in text:
            self.stride = list(text).index(self.newline) + 1
        return self.stride > 0 and len(self.ids) <= 256

    def _symbol(self, token: int) -> int:
        if token not in self.symbols:
            self.symbols[token] = min(len(self.ids), 255)  # further ids share one symbol
            self.ids.append(token)
        return self.symbols[token]

    def _contexts(self, row_symbols: bytearray, at: int, shift: int) -> tuple[bytes, bytes]:
        """The wide and the narrow context of a position."""
        stride, previous, position = self.stride, self.previous_frame, at + shift
        below = previous[position + stride - 1 : position + stride + 2]
        if self.newline is None:  # the rows above are decoded at the same time
            near, far = (
                previous[position - 2 : position + 3],
                previous[position - stride - 1 : position - stride + 2],
            )
            return bytes(row_symbols[at - 3 : at]) + near + far + below, bytes(
                row_symbols[at - 2 : at]
            ) + near[1:4]
        above = row_symbols[at - stride - 2 : at - stride + 3]
        near = previous[position - 1 : position + 3]
        wide = bytes(row_symbols[at - 3 : at] + above) + near + below
        return wide, bytes(row_symbols[at - 2 : at] + above[1:4]) + near[1:3]


def _update_table(table: ContextTable, context: bytes, symbol: int) -> None:
    """Count a hit or a miss; a character with more hits becomes the prediction."""
    entry = table.setdefault(context, [symbol, 0, 0])
    if entry[0] == symbol:
        entry[1] += 1
    elif entry[2] < entry[1]:
        entry[2] += 1
    else:
        entry[:] = [symbol, entry[2] + 1, entry[1]]
