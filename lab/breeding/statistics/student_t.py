"""Student's t distribution: its distribution function and its quantiles.

Student 1908, "The probable error of a mean"; the continued fraction of the incomplete beta
function is DLMF 8.17.22, evaluated by Lentz's method (Thompson & Barnett 1986).
"""

from __future__ import annotations

import math

TINY = 1e-300  # stands in for a zero denominator in Lentz's method
CONVERGED = 1e-15  # relative change at which the continued fraction has converged


def incomplete_beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b), for x in [0, 1] and a, b > 0."""
    if not (0 <= x <= 1 and a > 0 and b > 0):
        raise ValueError(f"I_x(a, b) needs 0 <= x <= 1 and a, b > 0, got {x}, {a}, {b}")
    if x in (0.0, 1.0):
        return x
    if x > (a + 1) / (a + b + 2):  # the fraction converges fast only on the other side
        return 1 - incomplete_beta(1 - x, b, a)
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    log_front += a * math.log(x) + b * math.log1p(-x)
    return math.exp(log_front) * _continued_fraction(x, a, b) / a


def _continued_fraction(x: float, a: float, b: float) -> float:
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1) or TINY)
    value = d
    for m in range(1, 500):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1 / (1 + term * d or TINY)
            c = 1 + term / c or TINY
            value *= c * d
        if abs(c * d - 1) < CONVERGED:
            break
    return value


def t_cdf(t: float, df: float) -> float:
    """P(T <= t) for Student's t with df degrees of freedom; t may be infinite."""
    if df <= 0 or math.isnan(t):
        raise ValueError(f"Student's t needs df > 0 and a number, got t={t}, df={df}")
    if math.isinf(t):
        return float(t > 0)
    tail = 0.5 * incomplete_beta(df / (df + t * t), df / 2, 0.5)
    return 1 - tail if t > 0 else tail


def t_survival(t: float, df: float) -> float:
    """P(T > t), without the cancellation of 1 - P(T <= t)."""
    return t_cdf(-t, df)


def t_quantile(p: float, df: float) -> float:
    """The t at which P(T <= t) = p, for 0 < p < 1, by bisection."""
    if not 0 < p < 1:
        raise ValueError(f"a quantile needs 0 < p < 1, got {p}")
    if p < 0.5:
        return -t_quantile(1 - p, df)
    low, high = 0.0, 1.0
    while t_survival(high, df) > 1 - p:
        high *= 2
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if t_survival(middle, df) > 1 - p else (low, middle)
    return (low + high) / 2
