import itertools
from statistics import NormalDist

import numpy as np
import pytest

from lab.breeding.statistics.bootstrap import bca_interval, block_interval

# Efron & Tibshirani 1993, "An introduction to the bootstrap", table 14.1: spatial test, task A
SPATIAL = np.array(
    [48, 36, 20, 29, 42, 42, 20, 42, 22, 41, 45, 14, 6, 0, 33, 28, 34, 4, 32, 24, 47, 41, 24, 26]
    + [30, 41]
)


def test_bca_gives_the_published_interval() -> None:
    assert SPATIAL.var() == pytest.approx(171.5, abs=0.05)
    low, high = bca_interval(
        SPATIAL,
        np.random.default_rng(0),
        statistic=np.var,
        level=0.90,
        resamples=20_000,
    )
    assert (low, high) == (pytest.approx(115.8, abs=3), pytest.approx(259.6, abs=4))


def test_bca_of_symmetric_values_is_symmetric() -> None:
    low, high = bca_interval(np.array([-2.0, -1, 0, 1, 2]), np.random.default_rng(1))
    assert low == pytest.approx(-high, abs=0.21)
    assert low < 0 < high


def test_bca_of_equal_values_is_a_point() -> None:
    assert bca_interval(np.full(5, 0.3), np.random.default_rng(0)) == pytest.approx((0.3, 0.3))


def test_bca_is_the_closed_form_of_the_few_resamples_there_are() -> None:
    """Efron 1987, equations 2.3 and 6.6, on all 27 resamples of three values."""
    values, normal = np.array([0.0, 1.0, 4.0]), NormalDist()
    means = np.array([np.mean(draw) for draw in itertools.product(values, repeat=3)])
    z0 = normal.inv_cdf(np.mean(means < values.mean()) + np.mean(means == values.mean()) / 2)
    distance = values - values.mean()  # the jackknife's, up to a factor
    a = (distance**3).sum() / (6 * (distance**2).sum() ** 1.5)
    z = [z0 + normal.inv_cdf(p) for p in (0.025, 0.975)]
    ends = np.quantile(means, [normal.cdf(z0 + one / (1 - a * one)) for one in z])
    assert bca_interval(values, np.random.default_rng(0)) == pytest.approx(tuple(ends), abs=1e-12)


def _series(generator: np.random.Generator, windows: int, memory: float) -> np.ndarray:
    noise, x = generator.normal(size=windows), np.empty(windows)
    x[0] = noise[0]
    for i in range(1, windows):
        x[i] = memory * x[i - 1] + noise[i]
    return x


def _coverage(memory: float, block: int) -> float:
    generator, hits = np.random.default_rng(7), 0
    for _ in range(200):
        bits, length = _series(generator, 400, memory), np.full(400, 50)
        low, high = block_interval(bits, length, generator, block=block, resamples=400)
        hits += low <= 0 <= high
    return hits / 200


def test_block_intervals_cover_the_truth() -> None:
    assert 0.90 <= _coverage(memory=0.0, block=10) <= 0.99


def test_blocks_are_needed_where_neighbours_resemble_each_other() -> None:
    assert _coverage(memory=0.5, block=1) < 0.80 < 0.87 <= _coverage(memory=0.5, block=10)


def test_windows_weigh_as_much_as_they_hold() -> None:
    characters = np.array([1, 1000] * 50)
    low, high = block_interval(characters * 0.5, characters, np.random.default_rng(0))
    assert (low, high) == pytest.approx((0.5, 0.5))


def test_the_same_generator_gives_the_same_interval() -> None:
    bits, characters = np.arange(50.0), np.full(50, 9)
    twice = [block_interval(bits, characters, np.random.default_rng(3)) for _ in range(2)]
    assert twice[0] == twice[1] and twice[0][0] < bits.mean() / 9 < twice[0][1]


def test_a_single_window_has_no_interval() -> None:
    with pytest.raises(ValueError, match="two windows"):
        block_interval(np.ones(1), np.ones(1), np.random.default_rng(0))


def test_bca_of_few_values_takes_every_resample_and_draws_nothing() -> None:
    values = np.array([0.059, 0.073, 0.071, 0.076, 0.072])
    found = [bca_interval(values, np.random.default_rng(seed)) for seed in (0, 1)]
    assert found[0] == found[1]
    assert found[0] == pytest.approx(bca_interval(values[::-1], np.random.default_rng(2)))
    many = bca_interval(np.repeat(values, 2), np.random.default_rng(0))
    assert many != bca_interval(np.repeat(values, 2), np.random.default_rng(1))
