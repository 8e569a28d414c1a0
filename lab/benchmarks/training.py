"""Training benchmark: the training loop beside nGPT-pytorch's and the machine's matrix rate.

A step is all that a loop does with a batch: forward, backward, optimizer, normalisation, and on our
side also the gradient's norm, the check that it is finite and the running averages.

The loops alternate step by step in one process, so that other load affects them equally; times are
medians over the rounds, of process CPU time on a CPU. The floor is the arithmetic of a step at
the rate of a single matrix product of the model's size, in each loop's number format and
precision.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from lab.benchmarks.loops import TrainingLoop, training_loops
from lab.benchmarks.process_memory import measure_peak_megabytes
from lab.benchmarks.product_replay import record_replay
from lab.models.architecture import Architecture
from lab.training.flops import (
    flops_per_character,
    measure_matmul_rate,
    measure_seconds,
    select_clock,
)

VOCABULARY_SIZE = 107
WARMUP_ROUNDS = 2  # warm-up rounds


@dataclass(frozen=True)
class BenchmarkSize:
    """The size of a benchmark: a model and its training batch."""

    architecture: Architecture
    rows: int
    context: int

    @property
    def characters(self) -> int:
        """Characters of a training step."""
        return self.rows * self.context


def make_benchmark_size(
    dim: int, depth: int, heads: int, dim_head: int, rows: int, context: int
) -> BenchmarkSize:
    """Return a size; the initial s_logit is the lab's."""
    return BenchmarkSize(
        Architecture(VOCABULARY_SIZE, dim, depth, heads, dim_head, s_logit_init=10.0), rows, context
    )


SIZES = {
    "debug": make_benchmark_size(32, 2, 2, 16, 4, 64),
    "0.15M": make_benchmark_size(64, 3, 2, 32, 16, 256),
    "1.8M": make_benchmark_size(192, 4, 4, 48, 4, 512),
    "3.18M": make_benchmark_size(256, 4, 4, 64, 4, 512),
}

COLUMNS = {
    "cpu_ms": "median process CPU time of a step",
    "wall_ms": "median wall time of a step",
    "speed": "characters a second, by the clock that counts: CPU time, on CUDA wall time",
    "ratio": "speed over the library's in its default mode",
    "floor_ms": "operations of a step / the machine's measured matrix rate",
    "of_floor": "share of the floor in the step's time: 1 is the limit",
    "replay_ms": "the matrix products of our step in this number format alone, in the same run",
    "of_replay": "share of the replay in the step's time: 1 is the limit of this machine",
    "loss_gap": "largest |loss - the library's in the same mode| over the run, in nats",
    "memory_mb": "peak memory of a process of its own that does two steps, imports included",
}


def run(
    sizes: Sequence[str], rounds: int = 12, compiled: bool = False, memory: bool = True
) -> dict[str, dict[str, Any]]:
    """Measure each size and loop; return rows of COLUMNS, named "3.18M ours fp32 eager".

    compiled adds our compiled loops, which take one to two minutes of a core each before their
    first step. ValueError for an unknown size or no rounds.
    """
    if unknown := [name for name in sizes if name not in SIZES]:
        raise ValueError(f"subject.sizes: no {unknown[0]}, choose one of {', '.join(SIZES)}")
    if rounds < 1 or not sizes:
        raise ValueError("subject: at least one round and one size are needed")
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    table: dict[str, dict[str, Any]] = {}
    for name in sizes:
        for loop, row in _measure(SIZES[name], training_loops(compiled), rounds, device).items():
            two = random_batches(SIZES[name], 2)
            row["memory_mb"] = (
                measure_peak_megabytes(loop, SIZES[name].architecture, two) if memory else None
            )
            table[f"{name} {loop.name}"] = row
    return table


def _measure(
    size: BenchmarkSize, measured: list[TrainingLoop], rounds: int, device: torch.device
) -> dict[TrainingLoop, dict[str, Any]]:
    previous_precision = torch.get_float32_matmul_precision()
    try:
        steps = {loop: loop.build_step(size.architecture, device) for loop in measured}
        measurements: dict[TrainingLoop, list[tuple[float, float, float]]] = {
            loop: [] for loop in measured
        }
        (ids,) = random_batches(size, 1)
        replays = {
            dtype: record_replay(TrainingLoop("step", dtype), size.architecture, ids, device)
            for dtype in {_format(loop) for loop in measured}
        }
        replay_seconds: dict[torch.dtype, list[float]] = {dtype: [] for dtype in replays}
        for ids in random_batches(size, WARMUP_ROUNDS + rounds):
            for loop, step in steps.items():
                cpu, wall = time.process_time(), time.perf_counter()
                loss = step(ids)
                if device.type == "cuda":
                    torch.cuda.synchronize()
                measurements[loop].append(
                    (loss, time.process_time() - cpu, time.perf_counter() - wall)
                )
            for dtype, replay in replays.items():
                replay_seconds[dtype].append(measure_seconds(replay, device))
        floors = {loop: _arithmetic_floor(size, loop, device) for loop in measured}
    finally:
        torch.set_float32_matmul_precision(previous_precision)
    replayed = {
        dtype: statistics.median(times[WARMUP_ROUNDS:]) for dtype, times in replay_seconds.items()
    }
    return {
        loop: _row(size, loop, measurements, (floors[loop], replayed[_format(loop)]), device)
        for loop in measured
    }


def _row(
    size: BenchmarkSize,
    loop: TrainingLoop,
    measurements: dict[TrainingLoop, list[tuple[float, float, float]]],
    bounds: tuple[float, float],
    device: torch.device,
) -> dict[str, Any]:
    floor, replay = bounds
    clock_column = 2 if device.type == "cuda" else 1
    own_measurements, peer_measurements = (
        measurements[loop],
        measurements[TrainingLoop(loop.normalization)],
    )
    seconds, default = (
        _median(own_measurements, clock_column),
        _median(measurements[TrainingLoop("graph")], clock_column),
    )
    return {
        "cpu_ms": 1e3 * _median(own_measurements, 1),
        "wall_ms": 1e3 * _median(own_measurements, 2),
        "speed": size.characters / seconds,
        "ratio": default / seconds,
        "floor_ms": 1e3 * floor,
        "of_floor": floor / seconds,
        "replay_ms": 1e3 * replay,
        "of_replay": replay / seconds,
        "loss_gap": max(
            abs(a[0] - b[0]) for a, b in zip(own_measurements, peer_measurements, strict=True)
        ),
    }


def _median(measurements: list[tuple[float, float, float]], column: int) -> float:
    return statistics.median(step[column] for step in measurements[WARMUP_ROUNDS:])


def _format(loop: TrainingLoop) -> torch.dtype:
    """Return the number format of a loop's matrix products; the library's is float32."""
    return loop.dtype or torch.float32


def _arithmetic_floor(size: BenchmarkSize, loop: TrainingLoop, device: torch.device) -> float:
    """Return the seconds of a step's operations at the rate of one matrix product."""
    torch.set_float32_matmul_precision(loop.matmul_precision(device))
    rate = measure_matmul_rate(loop.dtype or torch.float32, device, clock=select_clock(device))
    return size.characters * flops_per_character(size.architecture, size.context) / rate


def random_batches(size: BenchmarkSize, count: int) -> list[Tensor]:
    """Return batches of random ids [B, T + 1], the same for every loop."""
    generator = torch.Generator().manual_seed(1)
    shape = (size.rows, size.context + 1)
    return [torch.randint(VOCABULARY_SIZE, shape, generator=generator) for _ in range(count)]
