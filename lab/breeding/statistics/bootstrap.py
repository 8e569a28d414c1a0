"""Bootstrap: intervals from blocks of windows within one seed, and BCa over seeds.

Kunsch 1989, "The jackknife and the bootstrap for general stationary observations" (moving
blocks), made circular by Politis & Romano 1992; Efron 1987, "Better bootstrap confidence
intervals" (BCa).
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np

BLOCK_WINDOWS = 10  # consecutive windows drawn together: neighbours are correlated
CHUNK_DRAWS = 2**21  # draws held in memory at once
MAX_EXHAUSTIVE_RESAMPLES = 50_000  # up to so many resamples are enumerated: up to six values


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
    its length, the window's weight. The interval covers the choice of windows, not of training
    seeds. Fewer than 4 blocks of windows shorten the block. ValueError for fewer than 2 windows.
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
    """Sum of the block that starts at each window and wraps from the end to the start, [W]."""
    total = np.concatenate([[0.0], np.cumsum(np.concatenate([values, values[: block - 1]]))])
    return total[block:] - total[:-block]


def _mean(values: np.ndarray, axis: int = -1) -> np.ndarray:
    return np.asarray(values.mean(axis=axis))


def bca_interval(
    values: np.ndarray,
    generator: np.random.Generator,
    *,
    statistic: Callable[..., np.ndarray] = _mean,
    level: float = 0.95,
    resamples: int = 10_000,
) -> tuple[float, float]:
    """Bias-corrected and accelerated interval of a statistic of values [n], the mean by default.

    statistic(values, axis=-1) maps [..., n] to [...]. `scipy.stats.bootstrap` makes the interval;
    the resamples are ours, because scipy only draws at random: up to six values have so few
    resamples that each is taken once and nothing is drawn, and resamples whose statistic differs
    from the estimate by rounding alone count as ties (half below). Equal values return themselves
    twice. 95 % intervals of means of normal values cover 85 % at five values, 88 % at ten and 93 %
    at twenty, as measured; `hypothesis_tests.t_interval` covers 95 % there. ValueError for fewer
    than two values.
    """
    values = np.asarray(values, np.float64)
    if len(values) < 2:
        raise ValueError("an interval needs at least two values")
    estimate = statistic(values, axis=-1)
    if np.ptp(values) == 0:
        return float(estimate), float(estimate)
    draws = statistic(values[_resample_indices(len(values), generator, resamples)], axis=-1)
    draws[np.isclose(draws, estimate, rtol=0, atol=1e-9 * np.ptp(values))] = estimate
    from scipy.stats import bootstrap  # takes a second to import

    given = SimpleNamespace(bootstrap_distribution=draws)  # all that scipy reads of a result
    interval = bootstrap(
        (values,), statistic, confidence_level=level, n_resamples=0, bootstrap_result=given,
        method="BCa", vectorized=True,
    ).confidence_interval  # fmt: skip
    return float(interval.low), float(interval.high)


def _resample_indices(n: int, generator: np.random.Generator, resamples: int) -> np.ndarray:
    """Indices of all n^n resamples where those are few, else of random ones, [resamples, n]."""
    if n**n <= MAX_EXHAUSTIVE_RESAMPLES:
        return np.indices((n,) * n).reshape(n, -1).T
    return generator.integers(n, size=(resamples, n))
