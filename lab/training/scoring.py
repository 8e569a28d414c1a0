"""Scoring: negative log-likelihood and next-character accuracy of a model on windows of ids.

bpc = mean negative log-likelihood / ln 2 over every scored character. A text is cut into
windows of the training context that share only their border character, so stride = context and
no window has warm-up characters; a drawing is one window, scored from its SOL.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from lab.breeding.statistics.window_scores import WindowScores
from lab.corpora.batches import IGNORE_INDEX
from lab.training import distributed

Predict = Callable[[Tensor], Tensor]
"""ids [B, T] -> logits [B, T, V]."""


@torch.no_grad()
def score(
    predict: Predict, windows: Sequence[np.ndarray], device: torch.device, budget: int | None = None
) -> WindowScores:
    """Score windows of ids, each predicted from its first character on; ranks share the work.

    windows: ids [length], at least 2 each. budget: places (padding included) in one batch; None:
    `batch_budget` of the device. ValueError where there is no window.
    """
    if not windows:
        raise ValueError(
            "there is nothing to score: no piece of this split fits the context, or it is shorter "
            "than one window"
        )
    budget = budget or batch_budget(device)
    table = torch.zeros(3, len(windows), dtype=torch.float64, device=device)
    remaining = sorted(
        range(distributed.rank(), len(windows), distributed.world_size()),
        key=lambda i: len(windows[i]),
    )
    while remaining:
        max_length = len(windows[remaining[-1]]) - 1  # the longest: the batch is padded to it
        batch, remaining = (
            remaining[-max(1, budget // max_length) :],
            remaining[: -max(1, budget // max_length)],
        )
        inputs, targets = _pad_windows([windows[i] for i in batch], max_length, device)
        table[:, batch] = _measure_windows(predict(inputs), targets)
    distributed.all_reduce_sum([table])
    nats, characters, correct = table.cpu().numpy()
    return WindowScores(nats, characters, correct)


def batch_budget(device: torch.device) -> int:
    """The default number of places in one scoring batch: quick on the device."""
    return 2048 if device.type == "cpu" else 65536


def _pad_windows(
    windows: Sequence[np.ndarray], length: int, device: torch.device
) -> tuple[Tensor, Tensor]:
    inputs = np.zeros((len(windows), length), np.int64)
    targets = np.full((len(windows), length), IGNORE_INDEX, np.int64)
    for row, window in enumerate(windows):
        inputs[row, : len(window) - 1] = window[:-1]
        targets[row, : len(window) - 1] = window[1:]
    return torch.from_numpy(inputs).to(device), torch.from_numpy(targets).to(device)


def _measure_windows(logits: Tensor, targets: Tensor) -> Tensor:
    flat = F.cross_entropy(
        logits.flatten(0, 1), targets.flatten(), ignore_index=IGNORE_INDEX, reduction="none"
    )
    scored = targets != IGNORE_INDEX
    correct = (logits.argmax(-1) == targets) & scored
    return torch.stack(
        [flat.view_as(targets).double().sum(1), scored.double().sum(1), correct.double().sum(1)]
    )
