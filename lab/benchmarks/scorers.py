"""Scorers: loss per character by nGPT-pytorch's model and by the lab's, under one interface.

lucidrains, nGPT-pytorch 0.2.16, https://github.com/lucidrains/nGPT-pytorch.

Each returns nats a character of a child on windows of equal length, batch characters at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from lab.models.architecture import Architecture
from lab.models.foreign.ngpt_pytorch import library_model, to_library
from lab.models.genotype import Genotype
from lab.training import flops
from lab.training.compiled_scoring import Predictor, compiled_predictor
from lab.training.learner import predictor
from lab.training.precision import Arithmetic, can_compile, set_fast_matmul
from lab.training.scoring import score

Windows = Sequence[np.ndarray]
Scorer = Callable[[Genotype, Windows], float]
"""(child, windows) -> nats a character."""


def library_scorer(architecture: Architecture, parametrize: bool, batch: int) -> Scorer:
    """Return a scorer that loads a child into the library's model and runs its forward and loss."""
    model: Any = library_model(architecture, parametrize).eval()

    @torch.no_grad()
    def scorer(child: Genotype, windows: Windows) -> float:
        torch.set_float32_matmul_precision("highest")
        model.load_state_dict(to_library(child, parametrize))
        ids = torch.from_numpy(np.stack(windows).astype(np.int64))
        parts = ids.split(max(1, batch // (ids.shape[1] - 1)))
        model.to(benchmark_device())
        losses = [
            model(part.to(benchmark_device()), return_loss=True).item() * len(part)
            for part in parts
        ]
        return float(sum(losses)) / len(ids)

    return scorer


def lab_scorer(predictors: Predictor, arithmetic: Arithmetic, batch: int) -> Scorer:
    """Return the lab's scorer, which computes losses window by window."""

    def scorer(child: Genotype, windows: Windows) -> float:
        torch.set_float32_matmul_precision(arithmetic.matmul)
        return score(predictors(child), windows, arithmetic.device, batch).loss

    return scorer


def make_eager_predictor(arithmetic: Arithmetic) -> Predictor:
    """Return the lab's eager forward pass."""
    return lambda child: predictor(child, arithmetic)


def make_compiled_predictor(
    arithmetic: Arithmetic, windows: Windows, batch: int
) -> Predictor | None:
    """Return one compiled graph for all children; None without a compiler."""
    able = can_compile(arithmetic.device.type)
    return compiled_predictor(windows, arithmetic, batch) if able else None


def benchmark_arithmetics() -> tuple[Arithmetic, Arithmetic]:
    """Return arithmetics in fp32, by the fastest exact products, and in bf16."""
    precision, error = set_fast_matmul(benchmark_device())
    kernel = "fused" if benchmark_device().type == "cuda" else "blocks"
    exact = Arithmetic(benchmark_device(), torch.float32, False, kernel, precision, error)
    return exact, replace(exact, dtype=torch.bfloat16)


def benchmark_device() -> torch.device:
    """Return the CUDA device, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def benchmark_clock() -> float:
    """Return seconds of process CPU time, of wall time on CUDA."""
    return flops.select_clock(benchmark_device())()
