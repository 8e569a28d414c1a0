"""Muon: an optimizer that makes the momentum of each matrix orthogonal before the step.

Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks",
https://kellerjordan.github.io/posts/muon; Liu et al. 2025, "Muon is scalable for LLM training",
arXiv 2502.16982 (steps as long as Adam's, so that one rate does for both).

PyTorch's own takes one parameter a matrix. Here matrices are blocks of one tensor, and those of one
shape are made orthogonal together.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from lab.training.two_tensor_optimizer import TwoTensorOptimizer

NEWTON_SCHULZ_COEFFICIENTS = (3.4445, -4.7750, 2.0315)  # the authors': within 0.7 to 1.2 after 5
NEWTON_SCHULZ_STEPS = 5
STEP_RMS = 0.2  # root mean square of a step's numbers at rate 1: about Adam's


class Muon(TwoTensorOptimizer):
    """Muon for blocks of the first tensor [R, dim]; Adam for its other rows and other tensors."""

    def __init__(
        self,
        tensors: Sequence[Tensor],
        matrices: Sequence[slice],
        *,
        lr: float,
        momentum: float,
        betas: tuple[float, float],
        eps: float,
    ) -> None:
        """matrices: the slice of rows of each matrix, in order, as it is or transposed."""
        super().__init__(tensors, lr, momentum=momentum, betas=betas, eps=eps)
        self.blocks_by_size: dict[int, list[slice]] = {}  # by their number of rows
        for block in matrices:
            self.blocks_by_size.setdefault(block.stop - block.start, []).append(block)
        ends = [0, *(block.stop for block in matrices)]
        starts = [*(block.start for block in matrices), len(tensors[0])]
        self.other_rows = [slice(a, b) for a, b in zip(ends, starts, strict=True) if a < b]

    def initial_state(self, tensor: Tensor) -> dict[str, Any]:
        """Return the count of steps and both moments, shaped like the tensor, all zero."""
        mean, square = (torch.zeros_like(tensor, requires_grad=False) for _ in range(2))
        return {"mean": mean, "square": square, "step": 0}

    @torch.no_grad()
    def step(self) -> None:
        """Take one optimizer step."""
        for state in self.state:
            state["step"] += 1
        for blocks in self.blocks_by_size.values():
            self._orthogonal_step(blocks)
        for block in self.other_rows:
            self._adam_step(0, block)
        for index in range(1, len(self.tensors)):
            self._adam_step(index, slice(None))

    def _orthogonal_step(self, blocks: Sequence[slice]) -> None:
        """Step matrices of one shape by their orthogonalized Nesterov momentum."""
        rows, mean, momentum = self.tensors[0], self.state[0]["mean"], self.settings["momentum"]
        assert rows.grad is not None
        nesterov = []
        for block in blocks:
            mean[block].lerp_(rows.grad[block], 1 - momentum)
            nesterov.append(rows.grad[block].lerp(mean[block], momentum))
        stack = torch.stack(nesterov)
        rate = self.lr * STEP_RMS * max(stack.shape[1:]) ** 0.5
        for block, direction in zip(blocks, orthogonalize(stack), strict=True):
            rows[block].sub_(direction, alpha=rate)

    def _adam_step(self, index: int, part: slice) -> None:
        """Step a part of one tensor by Adam."""
        tensor, state, (beta1, beta2) = (
            self.tensors[index],
            self.state[index],
            self.settings["betas"],
        )
        assert tensor.grad is not None
        gradient, mean, square = tensor.grad[part], state["mean"][part], state["square"][part]
        mean.lerp_(gradient, 1 - beta1)
        square.mul_(beta2).addcmul_(gradient, gradient, value=1 - beta2)
        size = (square / (1 - beta2 ** state["step"])).sqrt_().add_(self.settings["eps"])
        tensor[part].addcdiv_(mean, size, value=-self.lr / (1 - beta1 ** state["step"]))


def orthogonalize(matrices: Tensor) -> Tensor:
    """Approximate U V' of each matrix U S V' [K, n, m] by Newton-Schulz iteration."""
    tall = matrices.shape[1] > matrices.shape[2]
    x = matrices.mT if tall else matrices
    x = x / (torch.linalg.matrix_norm(x, keepdim=True) + 1e-7)  # largest singular value below 1
    a, b, c = NEWTON_SCHULZ_COEFFICIENTS
    for _ in range(NEWTON_SCHULZ_STEPS):
        gram = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x.mT if tall else x
