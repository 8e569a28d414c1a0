"""A tiny learner, batches of random pieces, and a plan that ends at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch

from lab.corpora.batches import DrawingBatches
from lab.models.architecture import Architecture
from lab.models.genotype import Genotype, founder
from lab.training.learner import Averaging, Learner
from lab.training.loop import TrainPlan
from lab.training.optimizers import adam
from lab.training.precision import Arithmetic

CPU = Arithmetic(torch.device("cpu"), torch.float32, False, "blocks", "highest", 0.0)


def tiny(seed: int = 0, **changes: Any) -> Genotype:
    shape: dict[str, Any] = {"vocab_size": 29, "dim": 32, "depth": 2, "heads": 2, "dim_head": 16}
    architecture = Architecture(**{**shape, "s_logit_init": 10.0, **changes})
    return founder(architecture, torch.Generator().manual_seed(seed))


def pieces(count: int = 60, longest: int = 48, seed: int = 0) -> list[np.ndarray]:
    generator = np.random.default_rng(seed)
    sizes = generator.integers(5, longest, count)
    return [generator.integers(0, 29, size).astype(np.uint8) for size in sizes]


@pytest.fixture
def genotype() -> Callable[..., Genotype]:
    """genotype(seed=0, tied=False, ...): a tiny founder."""
    return tiny


@pytest.fixture
def arithmetic() -> Arithmetic:
    """Float32 on the CPU."""
    return CPU


@pytest.fixture
def drawn() -> Callable[..., list[np.ndarray]]:
    """drawn(count, longest, seed): random pieces."""
    return pieces


@pytest.fixture
def learner() -> Callable[..., Learner]:
    """learner(seed=0, lr=..., last=..., normalization=..., tied=...): a tiny learner."""

    def made(
        seed: int = 0,
        lr: float = 3e-3,
        ema: float = 0.9,
        last: int = 3,
        every: int = 2,
        normalization: str = "step",
        **changes: Any,
    ) -> Learner:
        optimizer = partial(adam, lr=lr, beta1=0.9, beta2=0.99, eps=1e-8)
        averaging = Averaging(ema, last, every)
        return Learner(tiny(seed, **changes), optimizer, CPU, averaging, normalization)

    return made


@pytest.fixture
def batches() -> Callable[..., DrawingBatches]:
    """batches(rows=4, seed=0): packed rows of 48 places."""
    return lambda rows=4, seed=0: DrawingBatches(pieces(), 48, rows, seed)


@pytest.fixture
def plan() -> Callable[..., TrainPlan]:
    """plan(steps=6, ...): nothing happens on the way unless it is asked for."""

    def made(**changes: Any) -> TrainPlan:
        quiet: dict[str, Any] = {
            "steps": 6, "tokens": None, "minutes": None, "target_loss": None, "clip": 1.0,
            "accumulate": 1, "log_every": 1000, "evaluate_every": 1000, "checkpoint_every": 1000,
            "sample_every": None,
        }  # fmt: skip
        return TrainPlan(**{**quiet, **changes})

    return made
