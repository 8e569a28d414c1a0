"""Product replay: every product of a step is replayed, and nothing else."""

from __future__ import annotations

import torch
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

from lab.benchmarks.loops import TrainingLoop
from lab.benchmarks.product_replay import ProductRecorder, record_products
from lab.benchmarks.training import SIZES, random_batches


def test_products_of_both_passes_are_recorded() -> None:
    x, weight = torch.randn(3, 5, requires_grad=True), torch.randn(7, 5, requires_grad=True)
    with ProductRecorder() as recorder:
        F.linear(x, weight).exp().sum().backward()
    assert len(recorder.products) == 3  # the product and its two gradients


def test_a_replay_makes_the_operations_of_the_step() -> None:
    loop, device = TrainingLoop("step", torch.float32), torch.device("cpu")
    (ids,) = random_batches(SIZES["debug"], 1)

    def count(function: object) -> int:
        with FlopCounterMode(display=False) as counter:
            function()  # type: ignore[operator]
        return int(counter.get_total_flops())

    replay = record_products(lambda: loop.build_step(SIZES["debug"].architecture, device)(ids))
    whole = count(lambda: loop.build_step(SIZES["debug"].architecture, device)(ids))
    assert count(replay) == whole > 0
