import math

import pytest

from lab.breeding.statistics.student_t import incomplete_beta, t_cdf, t_quantile, t_survival

TABLE = [  # p, df, t: any printed table of Student's t
    (0.95, 1, 6.313752),
    (0.975, 2, 4.302653),
    (0.975, 4, 2.776445),
    (0.975, 9, 2.262157),
    (0.99, 30, 2.457262),
    (0.9995, 5, 6.868827),
]


@pytest.mark.parametrize(("p", "df", "t"), TABLE)
def test_quantiles_are_those_of_the_table(p: float, df: int, t: float) -> None:
    assert t_quantile(p, df) == pytest.approx(t, abs=1e-6)
    assert t_quantile(1 - p, df) == pytest.approx(-t, abs=1e-6)


def test_one_degree_of_freedom_is_cauchy() -> None:
    for t in (-40.0, -1.0, 0.0, 0.3, 7.0):
        assert t_cdf(t, 1) == pytest.approx(0.5 + math.atan(t) / math.pi, abs=1e-13)


def test_two_degrees_of_freedom_have_a_closed_form() -> None:
    for t in (-3.0, 0.5, 12.0):
        assert t_cdf(t, 2) == pytest.approx(0.5 + t / (2 * math.sqrt(2 + t * t)), abs=1e-13)


def test_far_tails_keep_their_digits() -> None:
    assert t_survival(1e6, 1) == pytest.approx(1 / (math.pi * 1e6), rel=1e-9)
    assert (t_cdf(math.inf, 3), t_cdf(-math.inf, 3)) == (1.0, 0.0)


def test_incomplete_beta_of_integers_is_a_binomial_sum() -> None:
    assert incomplete_beta(0.3, 2, 3) == pytest.approx(0.3483, abs=1e-12)
    assert incomplete_beta(0.7, 3, 2) == pytest.approx(1 - 0.3483, abs=1e-12)


def test_nonsense_is_refused() -> None:
    for call in (lambda: t_cdf(math.nan, 3), lambda: t_quantile(1.0, 3)):
        with pytest.raises(ValueError):
            call()
