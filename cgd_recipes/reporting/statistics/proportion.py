"""The interval of one proportion; needs no numpy, so that quick commands may load it."""

from __future__ import annotations

from math import inf, sqrt
from typing import NamedTuple

from cgd_recipes.reporting.statistics.distributions import normal_quantile, student_quantile

LEVEL = 0.95


class Interval(NamedTuple):
    """An estimate between its bounds."""

    value: float
    low: float
    high: float


def wilson(correct: float, total: float, level: float = LEVEL, freedom: float = inf) -> Interval:
    """The score interval of a proportion (Wilson, 1927, doi:10.1080/01621459.1927.10502953).

    With p = correct / total and z the quantile, (p + z^2/2n -+ z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n). It stays inside
    0 to 1, and at 0 or n of n it has a width.

    Args:
        correct: successes, from 0 to `total`; need not be whole.
        total: trials, above 0.
        level: share of intervals that hold the truth.
        freedom: degrees of freedom of the quantile; infinity is the normal one.

    Raises:
        ValueError: successes or trials out of range.
    """
    if not total > 0 or not 0 <= correct <= total:
        raise ValueError(f"{correct} of {total} is no proportion")
    share, z = correct / total, quantile(level, freedom)
    scale = 1 + z * z / total
    centre = (share + z * z / (2 * total)) / scale
    half = z * sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / scale
    low = 0.0 if correct == 0 else max(0.0, centre - half)
    high = 1.0 if correct == total else min(1.0, centre + half)
    return Interval(share, low, high)


def quantile(level: float, freedom: float) -> float:
    """The two-sided quantile: normal for infinitely many degrees of freedom, else Student's."""
    share = 0.5 + level / 2
    return normal_quantile(share) if freedom == inf else student_quantile(share, freedom)
