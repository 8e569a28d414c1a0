"""Runtime estimate: seconds a character of training, from a few timed steps on this machine."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import numpy as np
import torch

from lab.corpora.batches import TextBatches
from lab.models.architecture import Architecture
from lab.models.genotype import founder
from lab.training.learner import Averaging, Learner
from lab.training.optimizers import adam
from lab.training.precision import Arithmetic

TIMED_STEPS = 3
MIN_CHARACTERS = 1024  # a step of fewer is slower per character than a whole batch


def seconds_per_character(
    architecture: Architecture, context: int, arithmetic: Arithmetic
) -> float:
    """Measure training time per character: the quickest of three small steps on noise."""
    rows = max(1, MIN_CHARACTERS // context)
    step = make_training_step(architecture, context, rows, arithmetic)
    durations = []
    for _ in range(TIMED_STEPS):
        start = time.perf_counter()
        step()
        durations.append(time.perf_counter() - start)
    return min(durations) / (rows * context)


def make_training_step(
    architecture: Architecture, context: int, rows: int, arithmetic: Arithmetic
) -> Callable[[], object]:
    """Build a founder; return a function that trains it one step on noise [rows, context]."""
    generator = torch.Generator().manual_seed(0)
    optimizer = partial(adam, lr=1e-3, beta1=0.9, beta2=0.99, eps=1e-8)
    learner = Learner(
        founder(architecture, generator), optimizer, arithmetic, Averaging(0.9, last=1, every=1)
    )
    noise = np.random.default_rng(0).integers(0, architecture.vocab_size, 2 * context + 1)
    batches = TextBatches(noise, context, rows, seed=0)
    return lambda: learner.step(batches.next(), factor=1.0, clip=1.0, accumulate=1)
