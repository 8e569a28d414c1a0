"""Process memory: that of a process of its own, not of this one."""

from __future__ import annotations

import torch

from lab.benchmarks.loops import TrainingLoop
from lab.benchmarks.process_memory import measure_peak_megabytes
from lab.benchmarks.training import SIZES, random_batches
from lab.training.flops import peak_memory


def test_memory_is_that_of_a_process_of_its_own() -> None:
    ballast = torch.ones(250_000_000)  # 1 GB here, none of it there
    size, loop = SIZES["debug"], TrainingLoop("step", torch.float32)
    held = measure_peak_megabytes(loop, size.architecture, random_batches(size, 2))
    assert 100 < held < 900 < 1000 < peak_memory(torch.device("cpu")) / 1e6
    assert float(ballast[-1]) == 1.0
