"""FLOPs: floating-point operations a character, the machine's matrix rate, and peak memory.

Kaplan et al. 2020, "Scaling laws for neural language models", arXiv 2001.08361, table 1.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch

from lab.models.architecture import Architecture


def flops_per_character(architecture: Architecture, context: int) -> float:
    """Operations to train on one character: 6 for each weight used, and 6 L T inner for attention.

    L is the depth, T the context, inner the width of all heads. Two for the multiply-add, times
    three for the forward and the backward pass; a tied embedding is used once, by the logits.
    Attention counts the lower triangle only.
    """
    a = architecture
    weights = (a.num_rows - (0 if a.tied else a.vocab_size)) * a.dim
    return 6.0 * weights + 6.0 * a.depth * context * a.inner


def measure_matmul_rate(
    dtype: torch.dtype,
    device: torch.device,
    seconds: float = 0.3,
    clock: Callable[[], float] = time.perf_counter,
) -> float:
    """Measure operations a second of a 2048 x 256 x 768 matrix product: a small model's peak rate.

    clock: time.process_time counts CPU seconds and leaves out what else the machine runs.
    """
    a = torch.randn(2048, 256, device=device).to(dtype)
    b = torch.randn(256, 768, device=device).to(dtype)
    best, start = float("inf"), time.perf_counter()
    while time.perf_counter() - start < seconds:
        began = clock()
        a @ b
        if device.type == "cuda":
            torch.cuda.synchronize()
        best = min(best, clock() - began)
    return 2.0 * 2048 * 256 * 768 / best


def select_clock(device: torch.device) -> Callable[[], float]:
    """The clock for a device: process CPU time, unaffected by other programs; wall time on CUDA."""
    return time.perf_counter if device.type == "cuda" else time.process_time


def measure_seconds(job: Callable[[], object], device: torch.device) -> float:
    """Measure the seconds of a job by `select_clock`, until the device is done with it."""
    read_clock = select_clock(device)
    start = read_clock()
    job()
    if device.type == "cuda":
        torch.cuda.synchronize()
    return read_clock() - start


def peak_memory(device: torch.device) -> int:
    """Peak memory so far in bytes: allocated on CUDA, resident on a CPU."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    status = Path("/proc/self/status")
    if status.exists():  # getrusage's figure is never below that of the process that started this
        lines = status.read_text().splitlines()
        if peaks := [line.split()[1] for line in lines if line.startswith("VmHWM:")]:
            return 1024 * int(peaks[0])
    unit = 1 if sys.platform == "darwin" else 1024
    return unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
