"""Compiled scoring: one graph of the forward pass for many individuals, weights as arguments.

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
from lab.models.network import get_network
from lab.models.rotary import rotation_table
from lab.training.compilation import compile_function
from lab.training.flops import flops_per_character
from lab.training.precision import Arithmetic
from lab.training.scoring import Predict, batch_budget

GRAPH_MIN_OPERATIONS = 2e13  # 5 minutes of a core; compiling takes half a minute, saves 1 or more
MAX_PADDING = 1.1  # places a character scored; beyond it padding costs what the graph saves

Predictor = Callable[[Genotype], Predict]
"""A genotype -> its prediction function."""


def is_worth_compiling(
    architecture: Architecture, windows: Sequence[np.ndarray], children: int
) -> bool:
    """Whether scoring this many children on these windows is worth compiling a graph.

    Follows from the configuration alone: at least GRAPH_MIN_OPERATIONS if all children are scored
    on all windows, and windows of about one length, as the graph takes batches of one shape.
    """
    max_length = max((len(window) - 1 for window in windows), default=0)
    characters = sum(len(window) - 1 for window in windows)
    work = children * characters * flops_per_character(architecture, max_length) / 3  # forward only
    return work >= GRAPH_MIN_OPERATIONS and max_length * len(windows) <= MAX_PADDING * characters


def compiled_predictor(
    windows: Sequence[np.ndarray], arithmetic: Arithmetic, budget: int | None = None
) -> Predictor:
    """A predictor for `score` on these windows, or on some of them, with the same budget.

    Compiles at the first prediction, once for all individuals of an architecture: a batch that is
    not full is padded. compile=false in the arithmetic does not matter here.
    """
    max_length = max(len(window) - 1 for window in windows)
    rows = min(len(windows), max(1, (budget or batch_budget(arithmetic.device)) // max_length))
    return partial(_prepare_predictor, arithmetic, (rows, max_length))


def _prepare_predictor(
    arithmetic: Arithmetic, shape: tuple[int, int], genotype: Genotype
) -> Predict:
    a, device, dtype = genotype.architecture, arithmetic.device, arithmetic.dtype
    rows, max_length = shape
    weights = get_network(a).prepare(a, genotype.rows.to(device), genotype.scales.to(device), dtype)
    table, graph = (
        rotation_table(a, max_length, device),
        _compiled_forward(a, dtype, arithmetic.attention, shape),
    )

    def predict(ids: Tensor) -> Tensor:
        return torch.cat([predict_padded(part) for part in ids.split(rows)])

    def predict_padded(ids: Tensor) -> Tensor:
        count, length = ids.shape
        padded = F.pad(
            ids, (0, max_length - length, 0, rows - count)
        )  # no character sees later ones
        return graph(weights, padded, table)[:count, :length]

    return predict


@lru_cache(maxsize=1)
def _compiled_forward(
    architecture: Architecture, dtype: torch.dtype, kernel: str, _: tuple[int, int]
) -> Callable[..., Tensor]:
    torch._dynamo.reset()  # it refuses the ninth graph of one piece of code, kept ones counted
    attend: causal_attention.Kernel = causal_attention.KERNELS[kernel]
    run = get_network(architecture).run

    def logits(weights: Any, ids: Tensor, table: tuple[Tensor, Tensor]) -> Tensor:
        return run(
            architecture, weights, ids, table, lambda _, q, k, v: attend(q, k, v, None), dtype
        )

    return compile_function(logits, fullgraph=True)
