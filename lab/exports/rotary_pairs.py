"""Rotary pairs: the order of a head's query and key rows, side by side here, apart elsewhere.

Ours and llama2.c's pairs are rows (2 i, 2 i + 1); those of transformers and of llama.cpp's plamo3
are (i, i + D / 2), D the rows of a head.
"""

from __future__ import annotations

from lab.exports.llama_shape import Array


def split_rotary_pairs(rows: Array, head_dim: int) -> Array:
    """Rows [heads * D, ...] whose pairs (2 i, 2 i + 1) move apart to (i, i + D / 2), by head."""
    return rows.reshape(-1, head_dim // 2, 2, *rows.shape[1:]).swapaxes(1, 2).reshape(rows.shape)


def interleave_rotary_pairs(rows: Array, head_dim: int) -> Array:
    """Rows [heads * D, ...] whose pairs (i, i + D / 2) move back to (2 i, 2 i + 1), by head."""
    return rows.reshape(-1, 2, head_dim // 2, *rows.shape[1:]).swapaxes(1, 2).reshape(rows.shape)
