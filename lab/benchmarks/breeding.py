"""Breeding benchmark: row-wise slerp beside mergekit's slerp and the memory bandwidth.

Goddard et al. 2024, "Arcee's MergeKit", arXiv 2403.13257 (its slerp, rewritten here from what it
computes).

A row-wise slerp must read both parents and write the child, 12 bytes a number; the floor is that
traffic at the bandwidth of a plain copy, measured in the same run. All jobs are interleaved on one
thread; figures are medians of process CPU time, since wall time depends on other processes.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch

from lab.breeding.operators.slerp import slerp
from lab.kernels.numba_options import is_numba_installed
from lab.models import hypersphere
from lab.models.architecture import Architecture
from lab.models.genotype import Genotype, founder

SIZES = {
    "3.18M": Architecture(vocab_size=107, dim=256, depth=4, heads=4, dim_head=64),
    "99.4M": Architecture(vocab_size=256, dim=768, depth=14, heads=12, dim_head=64),
}
COLUMNS = {
    "copy_gb_per_s": "memory read and written by a copy of the rows",
    "floor_ms": "12 bytes a number at that speed",
    "kernel_ms": "our slerp of all rows into a child that is there",
    "operator_ms": "breeding.operators.slerp: also checks both parents, crosses scales, allocates",
    "mergekit_ms": "mergekit's slerp of the same tensors, one by one",
    "kernel_over_floor": "kernel_ms / floor_ms",
    "mergekit_over_kernel": "mergekit_ms / kernel_ms",
    "mergekit_over_operator": "mergekit_ms / operator_ms",
    "numba_kernel_ms": "the same as kernel_ms by Numba's loop, squared lengths included",
    "numba_operator_ms": "the same as operator_ms by Numba's loop",
    "numba_kernel_over_floor": "numba_kernel_ms / floor_ms",
    "mergekit_over_numba_kernel": "mergekit_ms / numba_kernel_ms",
    "mergekit_over_numba_operator": "mergekit_ms / numba_operator_ms",
}
COLLINEAR = 0.9995  # mergekit's threshold on the cosine
DISTANCE = 0.3  # radians between the parents' rows: trained siblings are 15 to 25 degrees apart


def run(rounds: int = 15, sizes: dict[str, Architecture] | None = None) -> dict[str, Any]:
    """Measure each size; return its number of parameters and COLUMNS."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return {
            name: _measure(architecture, rounds) for name, architecture in (sizes or SIZES).items()
        }
    finally:
        torch.set_num_threads(threads)


def whole_tensor_slerp(t: float, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Compute mergekit's slerp of a pair of tensors, with one angle for all of their numbers.

    It hands float32 tensors to numpy and back without a copy, as is done here. Both are copied
    and scaled to length 1 as flat vectors; where the cosine is beyond `COLLINEAR`, of either
    sign, the straight mixture is returned; else the originals are mixed by sin((1-t) w) / sin w
    and sin(t w) / sin w, w = acos(cosine).
    """
    original_a, original_b = np.copy(a), np.copy(b)
    unit_a, unit_b = _normalise(a), _normalise(b)
    cosine = np.sum(unit_a * unit_b)
    if np.abs(cosine) > COLLINEAR:
        return (1 - t) * original_a + t * original_b
    omega = np.arccos(cosine)
    wa, wb = np.sin((1 - t) * omega) / np.sin(omega), np.sin(t * omega) / np.sin(omega)
    return wa * original_a + wb * original_b


def related_genotypes(architecture: Architecture) -> tuple[Genotype, Genotype]:
    """Return two genotypes whose rows are about `DISTANCE` radians apart."""
    generator = torch.Generator().manual_seed(0)
    a = founder(architecture, generator)
    noise = torch.randn(a.rows.shape, generator=generator).mul_(DISTANCE / architecture.dim**0.5)
    return a, Genotype(architecture, hypersphere.normalize(noise.add_(a.rows)), a.scales.clone())


def _measure(architecture: Architecture, rounds: int) -> dict[str, float | None]:
    a, b = related_genotypes(architecture)
    child = torch.empty_like(a.rows)
    blocks = list(a.layout.row_blocks.values())
    tensors = [(a.rows[block].numpy(), b.rows[block].numpy()) for block in blocks]
    seconds = _interleaved(
        rounds,
        copy=lambda: child.copy_(a.rows),
        kernel=lambda: hypersphere.slerp_rows(a.rows, b.rows, 0.4, out=child),
        operator=lambda: slerp([a, b], alpha=0.4),
        **numba_jobs(a, b, child),
        mergekit=lambda: [whole_tensor_slerp(0.4, *pair) for pair in tensors],
    )
    floor = 1.5 * seconds["copy"]  # a copy moves 8 bytes a number, a cross 12
    kernel, operator, mergekit = (seconds[name] for name in ("kernel", "operator", "mergekit"))
    return {
        "parameters": architecture.num_parameters,
        "copy_gb_per_s": 8e-9 * child.numel() / seconds["copy"],
        "floor_ms": 1e3 * floor,
        "kernel_ms": 1e3 * kernel,
        "operator_ms": 1e3 * operator,
        "mergekit_ms": 1e3 * mergekit,
        "kernel_over_floor": kernel / floor,
        "mergekit_over_kernel": mergekit / kernel,
        "mergekit_over_operator": mergekit / operator,
        **compare_numba(seconds, floor),
    }


def numba_jobs(a: Genotype, b: Genotype, child: torch.Tensor) -> dict[str, Callable[[], object]]:
    """Return the jobs of Numba's kernel, squared lengths included; none without the extra."""
    if not is_numba_installed():
        return {}
    squares = torch.empty(2, len(a.rows))
    return {
        "numba_kernel": lambda: hypersphere.slerp_rows(
            a.rows, b.rows, 0.4, out=child, squares=squares, kernel="numba"
        ),
        "numba_operator": lambda: slerp([a, b], alpha=0.4, kernel="numba"),
    }


def compare_numba(seconds: Mapping[str, float], floor: float) -> dict[str, float | None]:
    """Return the columns of Numba's kernel, None where it was not measured."""
    if "numba_kernel" not in seconds:
        return {name: None for name in COLUMNS if "numba" in name}
    kernel, operator = seconds["numba_kernel"], seconds["numba_operator"]
    return {
        "numba_kernel_ms": 1e3 * kernel,
        "numba_operator_ms": 1e3 * operator,
        "numba_kernel_over_floor": kernel / floor,
        "mergekit_over_numba_kernel": seconds["mergekit"] / kernel,
        "mergekit_over_numba_operator": seconds["mergekit"] / operator,
    }


def _interleaved(rounds: int, **jobs: Callable[[], object]) -> dict[str, float]:
    """Return the median seconds of each job over interleaved rounds, after a warm-up round."""
    timings: dict[str, list[float]] = {name: [] for name in jobs}
    for round_index in range(rounds + 1):
        for name, job in jobs.items():
            start = time.process_time()
            job()
            if round_index:
                timings[name].append(time.process_time() - start)
    return {name: statistics.median(times) for name, times in timings.items()}


def _normalise(x: np.ndarray) -> np.ndarray:
    length = np.linalg.norm(x)
    return x / length if length > 1e-8 else x
