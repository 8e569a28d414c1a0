"""One graph for many individuals: the scoring forward compiled once, their weights its arguments.

Ansel et al. 2024, "PyTorch 2: faster machine learning through dynamic Python bytecode
transformation and graph compilation", ASPLOS.

On a CPU the graph spends most of its time in matrix products and is 1.3 x as fast as the eager
forward at 3.18M parameters (experiments/bench-fitness). Its logits differ from the eager ones in
the last bits, so a search uses one or the other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from lab.models import causal_attention
from lab.models.architecture import Architecture
from lab.models.genotype import Genotype
from lab.models.network import network
from lab.models.rotary import rotation
from lab.training.flops import flops_per_character
from lab.training.learner import compiled
from lab.training.precision import Arithmetic
from lab.training.scoring import Predict, room

PAYS = 2e13  # operations: a core's 5 minutes; compiling takes half of one and saves 1 or more
PADDED = 1.1  # places a character scored; beyond it padding costs what the graph saves

Predictor = Callable[[Genotype], Predict]
"""An individual -> what predicts under it."""


def pays(architecture: Architecture, windows: Sequence[np.ndarray], children: int) -> bool:
    """Whether scoring so many children on these windows is worth a graph of its own.

    It follows from the configuration alone: PAYS operations at least, if all children are scored on
    all windows, and windows of about one length, since the graph takes only batches of one shape.
    """
    places = max((len(window) - 1 for window in windows), default=0)
    characters = sum(len(window) - 1 for window in windows)
    work = children * characters * flops_per_character(architecture, places) / 3  # forward only
    return work >= PAYS and places * len(windows) <= PADDED * characters


def shared(
    windows: Sequence[np.ndarray], arithmetic: Arithmetic, budget: int | None = None
) -> Predictor:
    """A predictor for `score` on these windows, or on some of them, with the same budget.

    Compiles at the first prediction, once for all individuals of an architecture: a batch that is
    not full is padded. compile=false in the arithmetic does not matter here.
    """
    places = max(len(window) - 1 for window in windows)
    rows = min(len(windows), max(1, (budget or room(arithmetic.device)) // places))
    return partial(_prepared, arithmetic, (rows, places))


def _prepared(arithmetic: Arithmetic, shape: tuple[int, int], genotype: Genotype) -> Predict:
    a, device, dtype = genotype.architecture, arithmetic.device, arithmetic.dtype
    rows, places = shape
    weights = network(a).prepare(a, genotype.rows.to(device), genotype.scales.to(device), dtype)
    table, graph = rotation(a, places, device), _graph(a, dtype, arithmetic.attention, shape)

    def predict(ids: Tensor) -> Tensor:
        return torch.cat([_padded(part) for part in ids.split(rows)])

    def _padded(ids: Tensor) -> Tensor:
        count, length = ids.shape
        full = F.pad(ids, (0, places - length, 0, rows - count))  # no character sees later ones
        return graph(weights, full, table)[:count, :length]

    return predict


@lru_cache(maxsize=1)
def _graph(
    architecture: Architecture, dtype: torch.dtype, kernel: str, _: tuple[int, int]
) -> Callable[..., Tensor]:
    torch._dynamo.reset()  # it refuses the ninth graph of one piece of code, kept ones counted
    mix: causal_attention.Kernel = getattr(causal_attention, kernel)
    run = network(architecture).run

    def logits(weights: Any, ids: Tensor, table: tuple[Tensor, Tensor]) -> Tensor:
        return run(architecture, weights, ids, table, lambda _, q, k, v: mix(q, k, v, None), dtype)

    return compiled(logits, whole=True)
