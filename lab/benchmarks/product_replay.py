"""Product replay: a training step's matrix products alone, the time that no step can go below.

The products of one step are recorded, forward and backward, and computed again in their order on
tensors of the same shapes and strides. A rate measured on one large product is no such bound: it is
warm in the cache, and the step's shapes do not reach it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from lab.benchmarks.loops import TrainingLoop
from lab.models.architecture import Architecture

aten = torch.ops.aten
PRODUCTS = {
    aten.mm.default, aten.mm.out, aten.bmm.default, aten.bmm.out, aten.addmm.default,
    aten.baddbmm.default, aten.baddbmm_.default,
}  # fmt: skip


class ProductRecorder(TorchDispatchMode):
    """Records the matrix products computed while it is active, as functions to call again."""

    def __init__(self) -> None:
        super().__init__()
        self.products: list[Callable[[], object]] = []

    def __torch_dispatch__(
        self, function: Any, types: Sequence[type], args: tuple = (), kwargs: Any = None
    ) -> Any:
        """Compute an operator; of a product, keep one of the same shapes."""
        kwargs = kwargs or {}
        if function in PRODUCTS:
            copies = [_like(argument) for argument in args]
            more = {name: _like(value) for name, value in kwargs.items()}
            self.products.append(_bind(function, copies, more))
        return function(*args, **kwargs)


def record_products(step: Callable[[], object]) -> Callable[[], None]:
    """Return a function that computes the matrix products of one call of step, nothing else."""
    with ProductRecorder() as recorder:
        step()

    def replay() -> None:
        with torch.no_grad():
            for product in recorder.products:
                product()

    return replay


def record_replay(
    loop: TrainingLoop, architecture: Architecture, ids: Tensor, device: torch.device
) -> Callable[[], None]:
    """Return the products alone of a step of a loop on ids [B, T + 1], at its matrix precision."""
    step, precision = loop.build_step(architecture, device), loop.matmul_precision(device)
    replay = record_products(lambda: step(ids))

    def run_replay() -> None:
        torch.set_float32_matmul_precision(precision)
        replay()

    return run_replay


def _bind(function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Callable[[], object]:
    return lambda: function(*args, **kwargs)


def _like(value: Any) -> Any:
    """A tensor of the same shape, strides, type and device, of small random numbers."""
    if not isinstance(value, Tensor):
        return value
    like = torch.empty_strided(value.shape, value.stride(), dtype=value.dtype, device=value.device)
    return like.normal_(std=0.01)
