"""A draft: what a frame's next characters will be, guessed from the frames that were written.

Leviathan et al. 2022, "Fast inference from transformers via speculative decoding", arXiv 2211.17192
(drafting and verifying); the guess itself is the context table of bi-level image coding, ISO 11544.

A table counts which character stood where the cells around it (to the left and above in this
frame, around the same place in the frame before) looked as they do now. It learns as it goes: from
this film alone, and only from what the model itself has written.
"""

from __future__ import annotations

from collections.abc import Sequence

MOST = 192  # characters guessed at once; of rows written at once FEW, as all wait for the longest
FEW = 12
HOPE = 0.5  # guessing ends where all of it is less likely to be right
Table = dict[bytes, list[int]]  # what was around -> [the usual character, hits, misses]


class Draft:
    """Guesses for one film, written whole (newline: its id) or by rows at once (newline: None)."""

    def __init__(self, newline: int | None, most: int | None = None, hope: float = HOPE) -> None:
        self.newline, self.hope = newline, hope
        self.most = most or (MOST if newline is not None else FEW)
        self.symbols: dict[int, int] = {}  # id -> byte, from 1 on; 0 is what is outside
        self.ids: list[int] = [0]
        self.wide, self.narrow = dict[bytes, list[int]](), dict[bytes, list[int]]()
        self.stride = 0  # characters of a line, its end included; 0: not yet known
        self.before = b""  # the frame before, padded
        self.rows: dict[int, bytearray] = {}  # what is known of each row of this frame, padded

    def guess(self, row: int, text: Sequence[int]) -> list[int]:
        """What follows the ids `text` of a row (of the frame itself, where newline is an id)."""
        if not self._measure(text):
            return []
        known = self.rows.get(row)
        if known is None:
            known = self.rows[row] = bytearray(self.pad)
        known += bytes(self._symbol(one) for one in text[len(known) - self.pad :])
        start, shift, chance = len(known), row * self.stride, 1.0
        while len(known) - start < self.most:
            wide, narrow = self._around(known, len(known), shift)
            found = self.wide.get(wide) or self.narrow.get(narrow)
            if found is None:
                break
            symbol, hits, misses = found
            chance *= (hits + 0.5) / (hits + misses + 1)
            if chance < self.hope:
                break
            known.append(symbol)
        guessed = [self.ids[symbol] for symbol in known[start:]]
        del known[start:]
        return guessed

    def learn(self, rows: Sequence[Sequence[int]]) -> None:
        """Take in a frame that is written: its rows in order, or itself as the only one."""
        if not self._measure(rows[0], whole=True):
            return
        for row, text in enumerate(rows):
            known = bytearray(self.pad) + bytes(self._symbol(one) for one in text)
            for at in range(self.pad, len(known)):
                wide, narrow = self._around(known, at, row * self.stride)
                _vote(self.wide, wide, known[at])
                _vote(self.narrow, narrow, known[at])
        flat = [self._symbol(one) for text in rows for one in text]
        self.before = bytes(self.pad) + bytes(flat) + bytes(self.pad)
        self.rows = {}

    @property
    def pad(self) -> int:
        """Bytes of nothing before and after: as far as a context looks beyond an edge."""
        return self.stride + 4

    def _measure(self, text: Sequence[int], whole: bool = False) -> bool:
        """Whether a line's length is known, from the first line that ever ended."""
        if not self.stride and self.newline is None and whole:
            self.stride = len(text)
        elif not self.stride and self.newline is not None and self.newline in text:
            self.stride = list(text).index(self.newline) + 1
        return self.stride > 0 and len(self.ids) <= 256

    def _symbol(self, one: int) -> int:
        if one not in self.symbols:
            self.symbols[one] = min(len(self.ids), 255)  # of more kinds, the rest look alike
            self.ids.append(one)
        return self.symbols[one]

    def _around(self, known: bytearray, at: int, shift: int) -> tuple[bytes, bytes]:
        """The wide and the narrow context of a place."""
        line, was, then = self.stride, self.before, at + shift
        below = was[then + line - 1 : then + line + 2]
        if self.newline is None:  # the rows above are being written at the same time
            near, far = was[then - 2 : then + 3], was[then - line - 1 : then - line + 2]
            return bytes(known[at - 3 : at]) + near + far + below, bytes(known[at - 2 : at]) + near[
                1:4
            ]
        above = known[at - line - 2 : at - line + 3]
        near = was[then - 1 : then + 3]
        wide = bytes(known[at - 3 : at] + above) + near + below
        return wide, bytes(known[at - 2 : at] + above[1:4]) + near[1:3]


def _vote(table: Table, context: bytes, symbol: int) -> None:
    """Count for the usual character, or against it; the one that comes more often becomes it."""
    found = table.setdefault(context, [symbol, 0, 0])
    if found[0] == symbol:
        found[1] += 1
    elif found[2] < found[1]:
        found[2] += 1
    else:
        found[:] = [symbol, found[2] + 1, found[1]]
