"""Intervals by resampling: blocks of windows within one seed, BCa over seeds.

Kunsch 1989, "The jackknife and the bootstrap for general stationary observations" (moving
blocks), made circular by Politis & Romano 1992; Efron 1987, "Better bootstrap confidence
intervals" (BCa).
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import NormalDist

import numpy as np

BLOCK_WINDOWS = (
    10  # consecutive windows that are drawn together, since neighbours resemble each other
)
CHUNK_DRAWS = 2**21  # draws held in memory at once
MAX_EXHAUSTIVE_RESAMPLES = 50_000  # as many resamples are all taken, each once: up to six values


def block_interval(
    bits: np.ndarray,
    characters: np.ndarray,
    generator: np.random.Generator,
    *,
    level: float = 0.95,
    block: int = BLOCK_WINDOWS,
    resamples: int = 2000,
) -> tuple[float, float]:
    """Percentile interval of sum(bits) / sum(characters) under a circular block bootstrap.

    bits [W]: each window's difference in bits, paired between two individuals; characters [W]:
    its length, so that windows weigh as much as they hold. The interval covers the choice of
    windows, not of training seeds. Fewer than 4 blocks' worth of windows shorten the block.
    """
    windows = len(bits)
    if windows < 2:
        raise ValueError("an interval needs at least two windows")
    block = max(1, min(block, windows // 4))
    sums = [_circular_sums(np.asarray(x, np.float64), block) for x in (bits, characters)]
    blocks_per_resample = -(-windows // block)
    ratios = np.empty(resamples)
    step = max(1, CHUNK_DRAWS // blocks_per_resample)
    for start in range(0, resamples, step):
        rows = min(step, resamples - start)
        picks = generator.integers(windows, size=(rows, blocks_per_resample))
        ratios[start : start + rows] = sums[0][picks].sum(1) / sums[1][picks].sum(1)
    low, high = np.quantile(ratios, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _circular_sums(values: np.ndarray, block: int) -> np.ndarray:
    """Sum of the block that starts at each window and runs on over the end to the start, [W]."""
    total = np.concatenate([[0.0], np.cumsum(np.concatenate([values, values[: block - 1]]))])
    return total[block:] - total[:-block]


def _mean(values: np.ndarray) -> np.ndarray:
    return np.asarray(values.mean(axis=-1))


def bca_interval(
    values: np.ndarray,
    generator: np.random.Generator,
    *,
    statistic: Callable[[np.ndarray], np.ndarray] = _mean,
    level: float = 0.95,
    resamples: int = 10_000,
) -> tuple[float, float]:
    """Bias-corrected and accelerated interval of a statistic of values [n], the mean by default.

    The ends are the bootstrap quantiles at Phi(z0 + (z0 + z) / (1 - a (z0 + z))), with z0 the
    normal quantile of the share of resamples below the estimate (ties count half) and a the
    jackknife acceleration sum d^3 / (6 (sum d^2)^1.5), d = mean of the leave-one-out values minus
    each. statistic maps [..., n] to [...]. Equal values return themselves twice. Up to six values
    have so few resamples that all of them are taken, and nothing is drawn. Of means of normal
    values 95 % intervals cover 85 % at five values, 88 % at ten and 93 % at twenty, as measured:
    `statistics.t_interval` covers 95 % there.
    """
    values = np.asarray(values, np.float64)
    n = len(values)
    if n < 2:
        raise ValueError("an interval needs at least two values")
    estimate = float(statistic(values))
    if n**n <= MAX_EXHAUSTIVE_RESAMPLES:
        picks = np.indices((n,) * n).reshape(n, -1).T
    else:
        picks = generator.integers(n, size=(resamples, n))
    draws = statistic(values[picks])
    if np.ptp(values) == 0:
        return estimate, estimate
    normal = NormalDist()
    tied = np.isclose(draws, estimate, rtol=0, atol=1e-9 * np.ptp(values))  # sums round
    share_below = float(np.mean((draws < estimate) & ~tied) + np.mean(tied) / 2)
    z0 = normal.inv_cdf(min(max(share_below, 0.5 / len(picks)), 1 - 0.5 / len(picks)))
    jackknife = np.array([statistic(np.delete(values, i)) for i in range(n)])
    d = jackknife.mean() - jackknife
    spread = float((d**2).sum() ** 1.5)
    acceleration = float((d**3).sum()) / (6 * spread) if spread > 0 else 0.0
    ends = []
    for p in ((1 - level) / 2, (1 + level) / 2):
        z = z0 + normal.inv_cdf(p)
        ends.append(normal.cdf(z0 + z / (1 - acceleration * z)))
    low, high = np.quantile(draws, ends)
    return float(low), float(high)
