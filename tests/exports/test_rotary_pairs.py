"""Rotary pairs: moved apart and back, head by head."""

from __future__ import annotations

import numpy as np

from lab.exports.rotary_pairs import interleave_rotary_pairs, split_rotary_pairs


def test_pairs_are_put_apart_and_together_again() -> None:
    rows = np.arange(16)
    assert split_rotary_pairs(rows[:8], 8).tolist() == [0, 2, 4, 6, 1, 3, 5, 7]
    assert split_rotary_pairs(rows, 8)[8:].tolist() == [8, 10, 12, 14, 9, 11, 13, 15]
    assert (interleave_rotary_pairs(split_rotary_pairs(rows, 8), 8) == rows).all()
