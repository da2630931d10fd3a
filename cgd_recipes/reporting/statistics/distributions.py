"""Quantiles of the normal and of Student's distribution."""

from __future__ import annotations

from functools import lru_cache
from math import exp, inf, lgamma, log, log1p
from statistics import NormalDist

_TINY = 1e-300
_NORMAL = NormalDist()


def normal_quantile(share: float) -> float:
    """The point below which a share of the standard normal distribution lies."""
    return _NORMAL.inv_cdf(share)


def student_cdf(value: float, freedom: float) -> float:
    """The share of Student's distribution below a value.

    With x = f / (f + t^2), it is 1 - I_x(f/2, 1/2) / 2 for t >= 0 (Abramowitz and Stegun, 26.7.1 and 26.5.27).

    Args:
        value: t.
        freedom: degrees of freedom f, above 0, not necessarily whole.
    """
    square = value * value
    tail = _beta_share(freedom / (freedom + square), square / (freedom + square), freedom / 2, 0.5) / 2
    return 1 - tail if value > 0 else tail


@lru_cache(maxsize=4096)
def student_quantile(share: float, freedom: float) -> float:
    """The point below which a share of Student's distribution lies, by halving until two floats are neighbours.

    Args:
        share: above 0 and below 1.
        freedom: degrees of freedom; infinity gives the normal distribution.

    Raises:
        ValueError: a share or degrees of freedom out of range.
    """
    if not 0 < share < 1 or not freedom > 0:
        raise ValueError(f"no quantile {share} with {freedom} degrees of freedom")
    if share < 0.5:
        return -student_quantile(1 - share, freedom)
    if freedom == inf:
        return normal_quantile(share)
    low, high = 0.0, 1.0
    while student_cdf(high, freedom) < share:
        low, high = high, 2 * high
    while low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if student_cdf(middle, freedom) < share else (low, middle)
    return high


def _beta_share(x: float, rest: float, a: float, b: float) -> float:
    """I_x(a, b), the regularised incomplete beta function; `rest` is 1 - x without the loss of digits."""
    if x <= 0 or rest <= 0:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta_share(rest, x, b, a)
    log_x = log(x) if x < 0.5 else log1p(-rest)
    log_rest = log(rest) if rest < 0.5 else log1p(-x)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log_x + b * log_rest)
    return front / a / _beta_fraction(x, a, b)


def _beta_fraction(x: float, a: float, b: float) -> float:
    """The continued fraction of I_x(a, b) (Abramowitz and Stegun, 26.5.8), by Lentz's method as Thompson and Barnett mend it."""
    value, c, d = 1.0, 1.0, 0.0
    for step in range(1, 10_000):
        m = step // 2
        if step == 1:
            numerator = -(a + b) * x / (a + 1)
        elif step % 2 == 0:
            numerator = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        else:
            numerator = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1 / _away_from_zero(1 + numerator * d)
        c = _away_from_zero(1 + numerator / c)
        change = c * d
        value *= change
        if abs(change - 1) < 1e-15:
            return value
    return value


def _away_from_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
