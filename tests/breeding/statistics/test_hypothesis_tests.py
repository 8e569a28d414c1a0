import math

import numpy as np
import pytest
from scipy.stats import permutation_test, ttest_1samp

from lab.breeding.statistics.hypothesis_tests import (
    equivalence_test,
    holm_correction,
    one_sided_t_test,
    paired_differences,
    paired_t_test,
    sign_flip_test,
    t_interval,
)
from lab.breeding.statistics.window_scores import WindowScores

SLEEP = [1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4]  # Student 1908, hours gained
MAIZE = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]  # Darwin 1876, 1/8 inch
TABLE = [  # level, values less one, quantile: any printed table of Student's t
    (0.90, 1, 6.313752),
    (0.95, 2, 4.302653),
    (0.95, 4, 2.776445),
    (0.95, 9, 2.262157),
    (0.98, 30, 2.457262),
    (0.999, 5, 6.868827),
]


@pytest.mark.parametrize(("level", "df", "quantile"), TABLE)
def test_intervals_have_the_quantiles_of_the_table(level: float, df: int, quantile: float) -> None:
    values = np.arange(df + 1.0)
    error = values.std(ddof=1) / math.sqrt(df + 1)
    low, high = t_interval(values.tolist(), level=level)
    assert (high - low) / (2 * error) == pytest.approx(quantile, abs=1e-6)
    assert one_sided_t_test(values.tolist(), mean=low) == pytest.approx((1 - level) / 2, abs=1e-9)


@pytest.mark.parametrize("t", [-40.0, -1.0, 0.0, 0.3, 7.0, 1e6])
def test_two_values_are_cauchy_and_three_have_a_closed_form(t: float) -> None:
    tail = math.atan2(1, t) / math.pi
    assert one_sided_t_test([t - 1, t + 1]) == pytest.approx(tail, rel=1e-9)
    root = math.sqrt(2 + t * t)
    three = [t - math.sqrt(3), t, t + math.sqrt(3)]
    tail = 1 / (root * (root + t)) if t > 0 else 0.5 - t / (2 * root)
    assert one_sided_t_test(three) == pytest.approx(tail, rel=1e-9)


def test_the_tests_are_scipy_s() -> None:
    t, p = paired_t_test(SLEEP, mean=0.5)
    expected = ttest_1samp(SLEEP, 0.5)
    assert (t, p) == pytest.approx((expected.statistic, expected.pvalue), rel=1e-13)
    assert t_interval(SLEEP) == pytest.approx(tuple(expected.confidence_interval()), rel=1e-13)
    for sides in ("greater", "two-sided"):
        exact = permutation_test(
            (SLEEP,), np.sum, permutation_type="samples", n_resamples=np.inf, alternative=sides
        )
        assert sign_flip_test(SLEEP, two_sided=sides == "two-sided") == exact.pvalue


def test_student_s_own_example() -> None:
    t, p = paired_t_test(SLEEP)
    assert (t, p) == (pytest.approx(4.062128, abs=1e-6), pytest.approx(0.002833, abs=1e-6))
    assert t_interval(SLEEP) == pytest.approx((0.7001142, 2.4598858), abs=1e-6)
    assert one_sided_t_test(SLEEP) == pytest.approx(p / 2)


def test_fisher_s_own_example() -> None:
    assert sum(MAIZE) == 314
    assert sign_flip_test(MAIZE) == 863 / 32768
    assert sign_flip_test(MAIZE, two_sided=True) == 1726 / 32768


def test_five_seeds_cannot_go_below_one_in_32() -> None:
    assert sign_flip_test([0.1, 0.2, 0.1, 0.3, 0.1]) == 1 / 32


def test_sign_flips_count_ties_whatever_the_rounding() -> None:
    assert sign_flip_test([0.1, 0.2, 0.3, -0.3]) == sign_flip_test([1, 2, 3, -3]) == 6 / 16


def test_differences_without_spread() -> None:
    assert paired_t_test([0.5, 0.5, 0.5]) == (math.inf, 0.0)
    assert paired_t_test([0.0, 0.0, 0.0]) == (0.0, 1.0)


def test_holm_s_correction() -> None:
    assert holm_correction([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm_correction([0.9, 0.8]) == [1.0, 1.0]
    assert holm_correction([]) == []


def test_equivalence_is_the_90_percent_interval_within_the_margin() -> None:
    generator = np.random.default_rng(0)
    for _ in range(50):
        values = generator.normal(generator.uniform(-0.005, 0.005), 0.003, 6).tolist()
        low, high = t_interval(values, level=0.90)
        inside = low > -0.005 and high < 0.005
        assert (equivalence_test(values, margin=0.005) < 0.05) == inside


def test_paired_differences_average_to_the_difference_in_bpc() -> None:
    generator, characters = np.random.default_rng(1), np.array([5, 50, 500])
    a, b = (WindowScores(generator.uniform(1, 9, 3), characters) for _ in range(2))
    mean = paired_differences(a, b).sum() / characters.sum()
    assert mean == pytest.approx(a.bpc - b.bpc)


@pytest.mark.parametrize("values", [[1.0], [], [1.0, math.nan]])
def test_what_cannot_be_tested_is_refused(values: list[float]) -> None:
    with pytest.raises(ValueError, match="two finite numbers"):
        paired_t_test(values)
