"""Score targets: the attention scores of a head whose softmax shows a picture.

Ours is linear with a white reference column; the other is that of Braye 2026, "Bad Apple but it's
GPT-2 XL attention maps", https://brayevalerien.com/blog/bad-apple-but-its-gpt2.

A picture is [T, T] in [0, 1], 0 black and 1 white; row i is the attention of position i. Softmax is
invariant to a constant per row, so scores count up to one.
"""

from __future__ import annotations

import torch
from torch import Tensor

LOG_EPSILON = 1e-8  # added to pixels and to probabilities before the logarithms, as in the original


def visible_entries(size: int, causal: bool, device: torch.device | None = None) -> Tensor:
    """Return the visible entries, [T, T] bool: the lower triangle of a causal head, else all."""
    all_entries = torch.ones(size, size, dtype=torch.bool, device=device)
    return all_entries.tril() if causal else all_entries


def linear_target(picture: Tensor) -> Tensor:
    """Return scores of one nat of contrast: pixel - 1, and 0 (white) in the reference column 0.

    A row is decoded against its own column 0, so all-black and all-white rows differ.
    """
    scores = picture - 1
    scores[..., 0] = 0
    return scores


def log_probability_target(picture: Tensor) -> Tensor:
    """Return the original's scores: centred log probabilities of each row; masked entries 0.

    log((pixel + 1e-8) / sum + 1e-8): black lies some 13 nats below white.
    """
    visible = visible_entries(picture.shape[-1], True, picture.device)
    row = (picture.double() + LOG_EPSILON) * visible
    scores = (row / row.sum(-1, keepdim=True) + LOG_EPSILON).log()
    return centre_rows(scores, visible).to(picture.dtype)


def centre_rows(scores: Tensor, visible: Tensor) -> Tensor:
    """Subtract from scores the mean of the visible entries of their row; masked entries 0."""
    scores = scores.masked_fill(~visible, 0)
    mean = scores.sum(-1, keepdim=True) / visible.sum(-1, keepdim=True)
    return (scores - mean).masked_fill(~visible, 0)


def relax_saturated_target(target: Tensor, scores: Tensor) -> Tensor:
    """Relax a target at saturated pixels: white may be whiter, black blacker.

    For `linear_target`, where the display clips; the reference column stays exact.
    """
    relaxed = torch.where(target >= 0, scores.clamp(min=0), target)
    relaxed = torch.where(target <= -1, scores.clamp(max=-1), relaxed)
    relaxed[..., 0] = target[..., 0]
    return relaxed
