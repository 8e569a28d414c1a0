"""What training costs: counted by hand, and measured as something that can be."""

from __future__ import annotations

import torch

from lab.models.architecture import Architecture
from lab.training.flops import flops_per_character, measure_matmul_rate, peak_memory

CPU = torch.device("cpu")


def test_operations_are_six_a_weight_used_and_attention() -> None:
    shape = {"vocab_size": 10, "dim": 8, "depth": 2, "heads": 2, "dim_head": 4, "ff_expand": 1.5}
    weights = 10 * 8 + 2 * (4 * 8 + 3 * 8) * 8  # 8 neurons
    attention = 6 * 2 * 16 * 8
    for tied in (True, False):
        counted = flops_per_character(Architecture(**shape, tied=tied), 16)  # type: ignore[arg-type]
        assert counted == 6 * weights + attention


def test_a_rate_is_of_some_machine() -> None:
    assert 1e7 < measure_matmul_rate(torch.float32, CPU, seconds=0.01) < 1e15


def test_the_clock_decides_what_is_counted() -> None:
    ticks = iter(range(10**6))
    rate = measure_matmul_rate(torch.float32, CPU, seconds=0.01, clock=lambda: float(next(ticks)))
    assert rate == 2.0 * 2048 * 256 * 768


def test_memory_does_not_shrink() -> None:
    before = peak_memory(CPU)
    held = torch.ones(4 * 2**20)
    assert before > 10**7 and peak_memory(CPU) >= before and held.sum() > 0
