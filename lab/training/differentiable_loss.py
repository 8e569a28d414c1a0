"""Differentiable loss: negative log-likelihood of a genotype, for Fisher information."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from lab.models.genotype import Genotype
from lab.models.network import forward


def differentiable_losses(windows: Sequence[np.ndarray]) -> list[Callable[[Genotype], Tensor]]:
    """For each window of ids, genotype -> its negative log-likelihood in nats, on the CPU."""

    def make_loss(window: np.ndarray) -> Callable[[Genotype], Tensor]:
        ids = torch.from_numpy(window.astype(np.int64)).unsqueeze(0)

        def loss(genotype: Genotype) -> Tensor:
            architecture = genotype.architecture
            logits = forward(architecture, genotype.rows, genotype.scales, ids[:, :-1])
            return F.cross_entropy(logits[0], ids[0, 1:], reduction="sum")

        return loss

    return [make_loss(window) for window in windows]
