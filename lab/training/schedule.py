"""Learning-rate schedules: factors of the base rate as functions of progress.

Hu et al. 2024, "MiniCPM", arXiv 2404.06395 (constant, then a decay phase);
Loshchilov and Hutter 2017, "SGDR", arXiv 1608.03983 (warm restarts).

progress is the share of the budget that is spent, in [0, 1]; warmup the share of the linear rise.
"""

from __future__ import annotations

import math


def constant(progress: float, *, warmup: float = 0.0) -> float:
    """Constant schedule: 1 after the warm-up."""
    return _warmup_factor(progress, warmup)


def linear(progress: float, *, decay: float, floor: float, warmup: float = 0.0) -> float:
    """Linear decay: 1, then over the last `decay` share of the run straight down to `floor`."""
    remaining = min(1.0, (1.0 - progress) / decay) if decay > 0 else 1.0
    return _warmup_factor(progress, warmup) * (floor + (1.0 - floor) * remaining)


def cosine(progress: float, *, floor: float, warmup: float = 0.0) -> float:
    """Cosine decay: half a cosine from 1 down to `floor` over the run."""
    cosine_factor = 0.5 * (1.0 + math.cos(math.pi * progress))
    return _warmup_factor(progress, warmup) * (floor + (1.0 - floor) * cosine_factor)


def restarts(progress: float, *, cycles: int, floor: float, warmup: float = 0.0) -> float:
    """Warm restarts: `cycles` cosines of equal length, each from 1 down to `floor`."""
    cycle_progress = 1.0 if progress >= 1.0 else (progress * cycles) % 1.0
    return _warmup_factor(progress, warmup) * cosine(cycle_progress, floor=floor)


def _warmup_factor(progress: float, warmup: float) -> float:
    return min(1.0, progress / warmup) if warmup > 0 else 1.0
