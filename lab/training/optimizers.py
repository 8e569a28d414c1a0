"""Optimizers: Adam and Muon over an individual's two tensors.

Kingma and Ba 2015, "Adam", arXiv 1412.6980.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from lab.training.muon import Muon


def adam(
    tensors: Sequence[Tensor],
    matrices: Sequence[slice] = (),
    *,
    lr: float,
    beta1: float,
    beta2: float,
    eps: float,
) -> torch.optim.Optimizer:
    """Adam without weight decay: on the hypersphere every norm is fixed anyway."""
    return torch.optim.Adam(tensors, lr=lr, betas=(beta1, beta2), eps=eps, fused=True)


def muon(
    tensors: Sequence[Tensor],
    matrices: Sequence[slice],
    *,
    lr: float,
    momentum: float,
    beta1: float,
    beta2: float,
    eps: float,
) -> torch.optim.Optimizer:
    """Muon for the matrices in the first tensor, Adam at the same rate for all else; no decay."""
    return Muon(tensors, matrices, lr=lr, momentum=momentum, betas=(beta1, beta2), eps=eps)
