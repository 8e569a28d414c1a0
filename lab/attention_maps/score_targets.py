"""Targets: what the scores of a head must be, so that its attention shows a picture.

Ours is linear with a white reference column; the other is that of Braye 2026, "Bad Apple but it's
GPT-2 XL attention maps", https://brayevalerien.com/blog/bad-apple-but-its-gpt2.

A picture is [T, T] in [0, 1], 0 black and 1 white; row i is what position i attends to. Softmax
forgets what is added to a whole row, so scores count up to a number a row.
"""

from __future__ import annotations

import torch
from torch import Tensor

LOG_EPSILON = (
    1e-8  # what the original adds to pixels and to probabilities before it takes logarithms
)


def visible_entries(size: int, causal: bool, device: torch.device | None = None) -> Tensor:
    """Which entries a head can show, [T, T] bool: the lower triangle of a causal one, else all."""
    all_entries = torch.ones(size, size, dtype=torch.bool, device=device)
    return all_entries.tril() if causal else all_entries


def linear_target(picture: Tensor) -> Tensor:
    """Scores for a contrast of one nat: pixel - 1, and 0 (white) in the reference column 0.

    Decoded against its own column 0, a row keeps its level: all-black and all-white rows differ.
    """
    scores = picture - 1
    scores[..., 0] = 0
    return scores


def log_probability_target(picture: Tensor) -> Tensor:
    """The original's scores: the log of each row as probabilities, centred; hidden entries are 0.

    log((pixel + 1e-8) / sum + 1e-8): black lies some 13 nats below white.
    """
    visible = visible_entries(picture.shape[-1], True, picture.device)
    row = (picture.double() + LOG_EPSILON) * visible
    scores = (row / row.sum(-1, keepdim=True) + LOG_EPSILON).log()
    return centre_rows(scores, visible).to(picture.dtype)


def centre_rows(scores: Tensor, visible: Tensor) -> Tensor:
    """Scores less the mean of what is visible of their row; hidden entries are 0."""
    scores = scores.masked_fill(~visible, 0)
    mean = scores.sum(-1, keepdim=True) / visible.sum(-1, keepdim=True)
    return (scores - mean).masked_fill(~visible, 0)


def relax_saturated_target(target: Tensor, scores: Tensor) -> Tensor:
    """The target, eased where pixels are saturated: white may be whiter, black blacker.

    For targets of `linear`, where the display clips; the reference column stays exact.
    """
    relaxed = torch.where(target >= 0, scores.clamp(min=0), target)
    relaxed = torch.where(target <= -1, scores.clamp(max=-1), relaxed)
    relaxed[..., 0] = target[..., 0]
    return relaxed
