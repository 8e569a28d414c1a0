"""Batches: every piece whole and once an epoch, and a stream that can be taken up anywhere."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.corpora.batches import (
    IGNORE_INDEX,
    MAX_OPEN_ROWS,
    Batch,
    BatchStream,
    DrawingBatches,
    TextBatches,
    cut_windows,
    pack_rows,
)

CONTEXT = 64


def pieces(count: int = 150, seed: int = 0) -> list[np.ndarray]:
    """Distinct pieces of log-normal length, as drawings have: many small, a few near the limit."""
    generator = np.random.default_rng(seed)
    sizes = np.clip(generator.lognormal(3.0, 0.6, count), 3, CONTEXT + 1).astype(int)
    return [np.concatenate([[i], generator.integers(200, 300, n - 1)]) for i, n in enumerate(sizes)]


def taken(batch: Batch) -> list[tuple[int, ...]]:
    """The pieces in a batch: input and last target of each segment."""
    assert batch.segments is not None
    found = []
    for row in range(len(batch.inputs)):
        for segment in range(batch.segments[row].max() + 1):
            here = batch.segments[row] == segment
            assert (np.diff(np.flatnonzero(here)) == 1).all()
            inputs, targets = batch.inputs[row][here], batch.targets[row][here]
            assert (inputs[1:] == targets[:-1]).all()
            found.append((*inputs.tolist(), int(targets[-1])))
        padding = batch.segments[row] == -1
        assert ((batch.targets[row] == IGNORE_INDEX) == padding).all()
    return found


def test_every_piece_comes_whole_and_once_an_epoch() -> None:
    known = pieces()
    stream = DrawingBatches(known, CONTEXT, 1, seed=3)
    for number in range(3):
        stream.seek([number, 0])
        epoch = [piece for _ in range(len(stream.packed_rows)) for piece in taken(stream.next())]
        assert Counter(epoch) == Counter(tuple(piece.tolist()) for piece in known)


def test_an_epoch_ends_inside_a_batch_without_losing_a_piece() -> None:
    known = pieces(40)
    stream = DrawingBatches(known, CONTEXT, 7, seed=0)
    seen: Counter[int] = Counter()
    while stream.epoch < 4:
        seen.update(piece[0] for piece in taken(stream.next()))
    assert set(seen.values()) <= {4, 5} and len(seen) == 40


def test_epochs_are_mixed_anew() -> None:
    stream = DrawingBatches(pieces(), CONTEXT, 4, seed=0)
    first, again = stream.packed_rows, DrawingBatches(pieces(), CONTEXT, 4, seed=0).packed_rows
    stream.seek([1, 0])
    assert first == again != stream.packed_rows
    assert DrawingBatches(pieces(), CONTEXT, 4, seed=1).packed_rows != first


def streams() -> list[BatchStream]:
    ids = np.random.default_rng(0).integers(0, 256, 5000).astype(np.uint8)
    return [DrawingBatches(pieces(), CONTEXT, 5, 0), TextBatches(ids, CONTEXT, 5, 0)]


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("after", [0, 1, 7, 40])
def test_a_stream_is_taken_up_where_it_was_left(which: int, after: int) -> None:
    stream, other = streams()[which], streams()[which]
    for _ in range(after):
        stream.next()
    other.seek(list(stream.position()))
    for _ in range(9):
        one, same = stream.next(), other.next()
        assert np.array_equal(one.inputs, same.inputs)
        assert np.array_equal(one.targets, same.targets)
    assert stream.position() == other.position()


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("parts", [1, 2, 5, 8])
def test_parts_cover_a_batch_once(which: int, parts: int) -> None:
    batch = streams()[which].next()
    shares = [batch.part(i, parts) for i in range(parts)]
    assert sum(share.characters for share in shares) == batch.characters
    rows = [row.tobytes() for share in shares for row in share.inputs]
    assert Counter(rows) == Counter(row.tobytes() for row in batch.inputs)


def test_text_windows_lie_anywhere_in_the_text_and_in_it_only() -> None:
    ids = np.arange(30)
    stream, starts = TextBatches(ids, 25, 8, seed=0), set()
    for _ in range(30):
        batch = stream.next()
        assert (batch.targets == batch.inputs + 1).all() and batch.targets.max() <= 29
        starts |= set(batch.inputs[:, 0].tolist())
    assert starts == {0, 1, 2, 3, 4}


def test_text_batches_are_of_their_seed_and_step() -> None:
    ids = np.arange(5000)
    first, same, other = (TextBatches(ids, 16, 4, seed) for seed in (7, 7, 8))
    assert np.array_equal(first.next().inputs, same.next().inputs)
    assert not np.array_equal(first.next().inputs, other.next().inputs)


def test_a_batch_counts_what_is_predicted() -> None:
    batch = DrawingBatches(pieces(), CONTEXT, 6, 0).next()
    assert batch.characters == sum(len(piece) - 1 for piece in taken(batch))
    assert TextBatches(np.arange(100), 16, 3, 0).next().characters == 48


@pytest.mark.parametrize("seed", range(5))
def test_a_typical_mix_fills_the_rows(seed: int) -> None:
    sizes = [len(piece) - 1 for piece in pieces(600, seed)]
    order = np.random.default_rng(seed).permutation(600).tolist()
    packed = pack_rows(order, sizes, CONTEXT)
    assert sum(sizes) / (len(packed) * CONTEXT) > 0.9


@given(st.lists(st.integers(1, 20), max_size=200))
def test_packing_holds_every_item_once_and_no_row_overflows(sizes: list[int]) -> None:
    packed = pack_rows(range(len(sizes)), sizes, 20)
    assert sorted(item for row in packed for item in row) == list(range(len(sizes)))
    assert all(sum(sizes[item] for item in row) <= 20 for row in packed)


def test_packing_closes_the_fullest_row_when_too_many_are_open() -> None:
    sizes = [12, 11] + [13] * MAX_OPEN_ROWS + [8]
    packed = pack_rows(range(len(sizes)), sizes, 20)
    assert packed[:2] == [[2], [3]]  # one row more than may be open, twice
    assert [0, len(sizes) - 1] in packed  # not [1, ...], where more room is


def test_windows_share_their_border_and_leave_the_rest() -> None:
    found = cut_windows(np.arange(24), 5)
    assert [window.tolist() for window in found[:2]] == [[0, 1, 2, 3, 4, 5], [5, 6, 7, 8, 9, 10]]
    assert len(found) == 4 and found[-1][-1] == 20
    assert len(cut_windows(np.arange(26), 5)) == 5 and cut_windows(np.arange(5), 5) == []


def test_what_cannot_be_learned_is_refused() -> None:
    with pytest.raises(ValueError, match="the text has 16 characters, too few"):
        TextBatches(np.arange(16), 16, 2, 0)
    with pytest.raises(ValueError, match="no drawing to train on"):
        DrawingBatches([], 16, 2, 0)
    with pytest.raises(ValueError, match="1 drawings are longer than the context of 16"):
        DrawingBatches([np.arange(17), np.arange(18)], 16, 2, 0)
