"""Rotary position embedding: each pair of coordinates rotates by an angle linear in position.

Su et al. 2021, "RoFormer: enhanced transformer with rotary position embedding", arXiv 2104.09864.

The genotype's pairs are interleaved, (0, 1), (2, 3), ..., as in rotary-embedding-torch. The forward
pass lays all first members before all second ones, which changes no product of queries and keys
and lets a processor rotate many pairs at a time.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from lab.models.architecture import Architecture


def rotary_frequencies(architecture: Architecture) -> Tensor:
    """Angular frequencies in radians a character, [D / 2], float32.

    geometric: base^(-2i/D); harmonic: 2 pi (i + 1) / period, the harmonics of a line of
    `rope_period` characters.
    """
    pairs = torch.arange(0, architecture.dim_head, 2).float()
    if architecture.rope == "harmonic":
        return 2 * math.pi * (pairs / 2 + 1) / architecture.rope_period
    return 1.0 / (architecture.rope_base ** (pairs / architecture.dim_head))


def rotation_table(
    architecture: Architecture, positions: Tensor | int, device: torch.device
) -> tuple[Tensor, Tensor]:
    """Return cosines and sines of positions 0..n-1, [T] or [B, T]: [T, D/2] or [B, 1, T, D/2]."""
    indices = torch.arange(positions, device=device) if isinstance(positions, int) else positions
    angles = indices.float().unsqueeze(-1) * rotary_frequencies(architecture).to(device)
    if angles.ndim == 3:
        angles = angles.unsqueeze(1)  # one table for all heads
    return angles.cos(), angles.sin()


def piece_positions(segments: Tensor) -> Tensor:
    """Return each character's position in its own piece, [B, T]: 0, 1, 2, 0, 1, ...

    s_qk scales the two members of a pair differently after the rotation, so a head depends on
    absolute positions: a packed piece must have the positions that it has alone.
    """
    indices = torch.arange(segments.shape[1], device=segments.device).expand_as(segments)
    starts = torch.zeros_like(indices)
    starts[:, 1:] = torch.where(segments[:, 1:] != segments[:, :-1], indices[:, 1:], 0)
    return indices - starts.cummax(dim=1).values


def split_pairs(x: Tensor, dim_head: int) -> Tensor:
    """Return x [H D, ...] with the first members of each head's pairs before the second ones."""
    return x.unflatten(0, (-1, dim_head // 2, 2)).transpose(1, 2).flatten(0, 2)


def interleave_pairs(x: Tensor) -> Tensor:
    """Return x [..., D] in `split_pairs` order with the members of each pair side by side again."""
    return x.unflatten(-1, (2, -1)).mT.flatten(-2)


def apply_rotary(x: Tensor, table: tuple[Tensor, Tensor]) -> Tensor:
    """Rotate x [B, H, T, D], its pairs (i, i + D / 2), by the angles of `rotation_table`."""
    first, second = x.chunk(2, dim=-1)
    cosine, sine = table
    rotated = (first * cosine - second * sine, second * cosine + first * sine)
    return torch.cat(rotated, dim=-1)
