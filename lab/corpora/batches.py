"""Batches: random windows of a text, or rows packed with whole drawings, as training input.

Krell et al. 2021, "Efficient sequence packing without cross-contamination", arXiv 2107.02027.

Every draw comes from Philox keyed by (seed, step or epoch), so a stream can be resumed
at any position and gives the same batches on any machine. Shapes: B rows, T characters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

IGNORE_INDEX = -1  # target at padding
MAX_OPEN_ROWS = 32  # rows a packer keeps open; more fill rows better and mix an epoch less


@dataclass(frozen=True)
class Batch:
    """A batch: inputs and targets [B, T] int64, IGNORE_INDEX on padding; segments [B, T] or None.

    Segments number the pieces of a row from 0; padding has segment -1. A piece never attends
    to another, and the end of one never predicts the start of the next.
    """

    inputs: np.ndarray
    targets: np.ndarray
    segments: np.ndarray | None = None

    @property
    def characters(self) -> int:
        """Number of characters that are predicted."""
        return int((self.targets != IGNORE_INDEX).sum())

    def part(self, index: int, parts: int) -> Batch:
        """Return every parts-th row from index on, the share of a rank or a micro-batch."""
        pick = slice(index, None, parts)
        segments = None if self.segments is None else self.segments[pick]
        return Batch(self.inputs[pick], self.targets[pick], segments)


class BatchStream(Protocol):
    """An endless stream of batches that can be resumed at any position."""

    def next(self) -> Batch:
        """Return the batch at the position, and advance."""

    def position(self) -> list[int]:
        """Return the position, as numbers for a checkpoint."""

    def seek(self, position: Sequence[int]) -> None:
        """Go to a position."""


class TextBatches:
    """Random windows of a text: ids [N], each window context + 1 characters long.

    ValueError where the text is too short for one window.
    """

    def __init__(self, ids: np.ndarray, context: int, rows: int, seed: int) -> None:
        if len(ids) <= context:
            raise ValueError(
                f"the text has {len(ids):,} characters, too few for a context of {context}"
            )
        self.ids, self.context, self.rows, self.seed, self.step = ids, context, rows, seed, 0

    def next(self) -> Batch:
        """Return windows with uniformly random starts, drawn anew for each step."""
        starts = _generator(self.seed, self.step).integers(
            0, len(self.ids) - self.context, self.rows
        )
        self.step += 1
        window_ids = self.ids[starts[:, None] + np.arange(self.context + 1)].astype(np.int64)
        return Batch(window_ids[:, :-1], window_ids[:, 1:])

    def position(self) -> list[int]:
        """Return the number of batches drawn."""
        return [self.step]

    def seek(self, position: Sequence[int]) -> None:
        """Go to a batch."""
        (self.step,) = position


class DrawingBatches:
    """Rows of `context` positions packed with whole pieces; every piece once an epoch.

    pieces are framed drawings as ids. ValueError names how many are longer than a row.
    """

    def __init__(self, pieces: Sequence[np.ndarray], context: int, rows: int, seed: int) -> None:
        if not pieces:
            raise ValueError("there is no drawing to train on")
        if too_long := sum(len(piece) - 1 > context for piece in pieces):
            raise ValueError(f"{too_long} drawings are longer than the context of {context}")
        self.pieces, self.context, self.rows, self.seed = pieces, context, rows, seed
        self.seek([0, 0])

    def next(self) -> Batch:
        """Return the next rows of this epoch, and of the following one where it ends."""
        inputs = np.zeros((self.rows, self.context), np.int64)
        targets = np.full((self.rows, self.context), IGNORE_INDEX, np.int64)
        segments = np.full((self.rows, self.context), -1, np.int64)
        for i in range(self.rows):
            if self.row == len(self.packed_rows):
                self.seek([self.epoch + 1, 0])
            self._fill_row(self.packed_rows[self.row], inputs[i], targets[i], segments[i])
            self.row += 1
        return Batch(inputs, targets, segments)

    def position(self) -> list[int]:
        """Return the epoch and the row in it."""
        return [self.epoch, self.row]

    def seek(self, position: Sequence[int]) -> None:
        """Go to a row of an epoch."""
        self.epoch, self.row = position
        order = _generator(self.seed, self.epoch)
        sizes = [len(piece) - 1 for piece in self.pieces]
        packed_rows = pack_rows(order.permutation(len(sizes)).tolist(), sizes, self.context)
        self.packed_rows = [packed_rows[i] for i in order.permutation(len(packed_rows))]

    def _fill_row(
        self, row: list[int], inputs: np.ndarray, targets: np.ndarray, segments: np.ndarray
    ) -> None:
        at = 0
        for number, index in enumerate(row):
            piece = self.pieces[index]
            end = at + len(piece) - 1
            inputs[at:end], targets[at:end], segments[at:end] = piece[:-1], piece[1:], number
            at = end


def pack_rows(order: Sequence[int], sizes: Sequence[int], capacity: int) -> list[list[int]]:
    """Put the items, in order, each into the fullest open row that holds it.

    Returns rows of item numbers. At most MAX_OPEN_ROWS rows are open; then the fullest is closed.
    """
    rows: list[list[int]] = []
    remaining: list[int] = []
    closed: list[list[int]] = []
    for item in order:
        fitting = [i for i, free in enumerate(remaining) if free >= sizes[item]]
        if fitting:
            best = min(fitting, key=lambda i: remaining[i])
            rows[best].append(item)
            remaining[best] -= sizes[item]
            continue
        if len(rows) == MAX_OPEN_ROWS:
            fullest = min(range(len(remaining)), key=lambda i: remaining[i])
            closed.append(rows.pop(fullest))
            remaining.pop(fullest)
        rows.append([item])
        remaining.append(capacity - sizes[item])
    return closed + rows


def cut_windows(ids: np.ndarray, context: int) -> list[np.ndarray]:
    """Cut a text into windows of context + 1 characters that share their first and last one.

    Each character but the first is predicted once; a remainder shorter than a window is dropped.
    """
    return [ids[at : at + context + 1] for at in range(0, len(ids) - context, context)]


def _generator(seed: int, index: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=[seed, index]))
