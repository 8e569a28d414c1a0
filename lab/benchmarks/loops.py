"""Training loops: the lab's training step and nGPT-pytorch's, under one interface.

lucidrains, nGPT-pytorch 0.2.16, train.py, https://github.com/lucidrains/nGPT-pytorch (without its
CUDA autocast and gradient scaling).

Both start from the same weights, train on the same batches, and use Adam at that train.py's rate.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor

from lab.corpora.batches import Batch
from lab.kernels.numba_options import is_numba_installed
from lab.models.architecture import Architecture
from lab.models.foreign.ngpt_pytorch import library_model, to_library
from lab.models.genotype import founder
from lab.training.learner import Averaging, Learner
from lab.training.optimizers import adam
from lab.training.precision import Arithmetic, set_fast_matmul

TrainStep = Callable[[Tensor], float]
"""ids [B, T + 1] -> the training loss of the step, in nats a character."""

RATE, BETAS, EPSILON = 1e-3, (0.9, 0.999), 1e-8  # train.py's rate, PyTorch's defaults
AVERAGING = Averaging(ema=0.999, last=4, every=50)


@dataclass(frozen=True)
class TrainingLoop:
    """A training loop; normalization "graph" is the library's parametrize=True, "step" its False.

    dtype None means the library.
    """

    normalization: str
    dtype: torch.dtype | None = None
    compiled: bool = False
    kernels: str = "torch"

    @property
    def name(self) -> str:
        """The name of its row."""
        if self.dtype is None:
            return "library" if self.normalization == "graph" else "library, manual"
        number_format = "bf16" if self.dtype == torch.bfloat16 else "fp32"
        mode = "compiled" if self.compiled else "eager"
        more = ", graph" if self.normalization == "graph" else ""
        return f"ours {number_format} {mode}" + more + (", numba" if self.has_numba else "")

    @property
    def has_numba(self) -> bool:
        """Whether Numba's kernels compute what stands between its products."""
        return self.kernels == "numba"

    def matmul_precision(self, device: torch.device) -> str:
        """Return its float32 matrix precision: the fastest exact one, or torch's default."""
        return "highest" if self.dtype is None else set_fast_matmul(device)[0]

    def build_step(self, architecture: Architecture, device: torch.device) -> TrainStep:
        """Build its training step, which runs at its own matrix precision."""
        build = _library_step if self.dtype is None else _lab_step
        precision = self.matmul_precision(device)
        step = build(self, architecture, device, precision)

        def take_step(ids: Tensor) -> float:
            torch.set_float32_matmul_precision(precision)
            return step(ids)

        return take_step


def training_loops(compiled: bool) -> list[TrainingLoop]:
    """Return the library in both modes, then ours in both, by number format."""
    compiled_options = (False, True) if compiled else (False,)
    lab_loops = [
        TrainingLoop(normalization, dtype, is_compiled)
        for dtype in (torch.float32, torch.bfloat16)
        for is_compiled in compiled_options
        for normalization in ("step", "graph")
    ]
    if is_numba_installed() and not torch.cuda.is_available():
        lab_loops.insert(0, TrainingLoop("step", torch.float32, kernels="numba"))
    return [TrainingLoop("graph"), TrainingLoop("step"), *lab_loops]


def _library_step(
    loop: TrainingLoop, architecture: Architecture, device: torch.device, _: str
) -> TrainStep:
    parametrize = loop.normalization == "graph"
    model: Any = library_model(architecture, parametrize)
    genotype = founder(architecture, torch.Generator().manual_seed(0))
    model.load_state_dict(to_library(genotype, parametrize))
    model.to(device).train()
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE, betas=BETAS, eps=EPSILON)
    if not parametrize:
        model.register_step_post_hook(optimizer)

    def step(ids: Tensor) -> float:
        loss: Tensor = model(ids.to(device), return_loss=True)
        loss.backward()
        loss_value = loss.item()
        optimizer.step()
        optimizer.zero_grad()
        return float(loss_value)

    return step


def _lab_step(
    loop: TrainingLoop, architecture: Architecture, device: torch.device, precision: str
) -> TrainStep:
    assert loop.dtype is not None
    kernel = "fused" if device.type == "cuda" else "blocks"
    learner = Learner(
        founder(architecture, torch.Generator().manual_seed(0)),
        partial(adam, lr=RATE, beta1=BETAS[0], beta2=BETAS[1], eps=EPSILON),
        Arithmetic(device, loop.dtype, loop.compiled, kernel, precision, 0.0, loop.kernels),
        AVERAGING,
        loop.normalization,
    )

    def step(ids: Tensor) -> float:
        batch = Batch(ids[:, :-1].numpy(), ids[:, 1:].numpy())
        return learner.step(batch, factor=1.0, clip=0.0, accumulate=1)[0]

    return step
