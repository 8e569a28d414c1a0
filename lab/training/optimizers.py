"""Optimizers: Adam and Muon over an individual's two tensors.

Kingma and Ba 2015, "Adam", arXiv 1412.6980.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from lab.training.muon import Muon
from lab.training.two_tensor_optimizer import TwoTensorOptimizer


class FusedAdam(TwoTensorOptimizer):
    """Adam without weight decay, one fused kernel a step: the bits of torch's with fused=True."""

    def initial_state(self, tensor: Tensor) -> dict[str, Any]:
        """Return the count of steps [] and both moments, shaped like the tensor, all zero."""
        return {
            "step": torch.zeros((), dtype=torch.float32, device=tensor.device),
            "exp_avg": torch.zeros_like(tensor, requires_grad=False),
            "exp_avg_sq": torch.zeros_like(tensor, requires_grad=False),
        }

    @torch.no_grad()
    def step(self) -> None:
        """Take one optimizer step; a tensor without a gradient stays as it is."""
        pairs = zip(self.tensors, self.state, strict=True)
        used = [(t, t.grad, state) for t, state in pairs if t.grad is not None]
        steps = [state["step"] for *_, state in used]
        torch._foreach_add_(steps, 1)
        beta1, beta2 = self.settings["betas"]
        torch._fused_adam_(
            [tensor for tensor, *_ in used],
            [gradient for _, gradient, _ in used],
            [state["exp_avg"] for *_, state in used],
            [state["exp_avg_sq"] for *_, state in used],
            [],
            steps,
            lr=self.lr,
            beta1=beta1,
            beta2=beta2,
            weight_decay=0.0,
            eps=self.settings["eps"],
            amsgrad=False,
            maximize=False,
        )


def adam(
    tensors: Sequence[Tensor],
    matrices: Sequence[slice] = (),
    *,
    lr: float,
    beta1: float,
    beta2: float,
    eps: float,
) -> TwoTensorOptimizer:
    """Adam without weight decay: on the hypersphere every norm is fixed anyway."""
    return FusedAdam(tensors, lr, betas=(beta1, beta2), eps=eps)


def muon(
    tensors: Sequence[Tensor],
    matrices: Sequence[slice],
    *,
    lr: float,
    momentum: float,
    beta1: float,
    beta2: float,
    eps: float,
) -> TwoTensorOptimizer:
    """Muon for the matrices in the first tensor, Adam at the same rate for all else; no decay."""
    return Muon(tensors, matrices, lr=lr, momentum=momentum, betas=(beta1, beta2), eps=eps)
