"""Ensemble: the prediction of several models by the mean of their probabilities.

Lakshminarayanan, Pritzel & Blundell 2017, "Simple and scalable predictive uncertainty estimation
using deep ensembles", arXiv 1612.01474.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from lab.training.scoring import Predict


def ensemble(members: Sequence[Predict]) -> Predict:
    """Combine models into one: ids [B, T] -> log of their mean probability [B, T, V]."""

    def predict(ids: Tensor) -> Tensor:
        log_probabilities = torch.stack([member(ids).log_softmax(-1) for member in members])
        return log_probabilities.logsumexp(0) - math.log(len(members))

    return predict
