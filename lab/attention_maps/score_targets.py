"""Targets: what the scores of a head must be, so that its attention shows a picture.

Ours is linear with a white reference column; the other is that of Braye 2026, "Bad Apple but it's
GPT-2 XL attention maps", https://brayevalerien.com/blog/bad-apple-but-its-gpt2.

A picture is [T, T] in [0, 1], 0 black and 1 white; row i is what position i attends to. Softmax
forgets what is added to a whole row, so scores count up to a number a row.
"""

from __future__ import annotations

import torch
from torch import Tensor

LEAST = 1e-8  # what the original adds to pixels and to probabilities before it takes logarithms


def visible(size: int, causal: bool, device: torch.device | None = None) -> Tensor:
    """Which entries a head can show, [T, T] bool: the lower triangle of a causal one, else all."""
    everything = torch.ones(size, size, dtype=torch.bool, device=device)
    return everything.tril() if causal else everything


def linear(picture: Tensor) -> Tensor:
    """Scores for a contrast of one nat: pixel - 1, and 0 (white) in the reference column 0.

    Decoded against its own column 0, a row keeps its level: all-black and all-white rows differ.
    """
    scores = picture - 1
    scores[..., 0] = 0
    return scores


def original(picture: Tensor) -> Tensor:
    """The original's scores: the log of each row as probabilities, centred; hidden entries are 0.

    log((pixel + 1e-8) / sum + 1e-8): black lies some 13 nats below white.
    """
    seen = visible(picture.shape[-1], True, picture.device)
    row = (picture.double() + LEAST) * seen
    scores = (row / row.sum(-1, keepdim=True) + LEAST).log()
    return centred(scores, seen).to(picture.dtype)


def centred(scores: Tensor, seen: Tensor) -> Tensor:
    """Scores less the mean of what is visible of their row; hidden entries are 0."""
    scores = scores.masked_fill(~seen, 0)
    mean = scores.sum(-1, keepdim=True) / seen.sum(-1, keepdim=True)
    return (scores - mean).masked_fill(~seen, 0)


def one_sided(target: Tensor, scores: Tensor) -> Tensor:
    """The target, eased where pixels are saturated: white may be whiter, black blacker.

    For targets of `linear`, where the display clips; the reference column stays exact.
    """
    eased = torch.where(target >= 0, scores.clamp(min=0), target)
    eased = torch.where(target <= -1, scores.clamp(max=-1), eased)
    eased[..., 0] = target[..., 0]
    return eased
