"""Ratings of critiques by verdict, with the size of the difference: the paper's judge study (arXiv 2505.11628)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from math import sqrt
from typing import NamedTuple

from cgd_recipes.curation.filters.quality import RATINGS
from cgd_recipes.curation.tally import Tally
from cgd_recipes.reporting.statistics.distributions import normal_quantile
from cgd_recipes.reporting.statistics.proportion import Interval


class Rated(NamedTuple):
    """One rating of the critiques with one verdict.

    Attributes:
        verdict: `right` or `wrong`.
        counts: rating -> critiques.
        mean: of the ratings.
        deviation: their standard deviation, with n - 1; 0 for a single one.
    """

    verdict: str
    counts: Counter[int]
    mean: float
    deviation: float


class Rating(NamedTuple):
    """A rating by verdict.

    Attributes:
        name: `informativeness` or `specificity`.
        groups: of the verdicts that have any.
        effect: Cohen's d of wrong over right verdicts; None where a group has fewer than two, or all ratings are equal.
    """

    name: str
    groups: list[Rated]
    effect: Interval | None


def ratings(tally: Tally) -> Iterator[Rating]:
    """The ratings of examined rows, where there are any."""
    for name in RATINGS:
        crossed = tally.crossed("verdict", name)
        groups = [_rated(verdict, crossed[verdict]) for verdict in ("wrong", "right") if crossed.get(verdict)]
        if groups:
            yield Rating(name, groups, effect_size(*groups) if len(groups) > 1 else None)


def _rated(verdict: str, found: Counter[str]) -> Rated:
    counts = Counter({int(rating): count for rating, count in found.items()})
    total = counts.total()
    mean = sum(rating * count for rating, count in counts.items()) / total
    square = sum(count * (rating - mean) ** 2 for rating, count in counts.items()) / max(1, total - 1)
    return Rated(verdict, counts, mean, sqrt(square))


def effect_size(first: Rated, second: Rated) -> Interval | None:
    """Cohen's d with the pooled deviation, and its large-sample 95 % interval.

    The variance of d is (n + m) / nm + d^2 / 2(n + m) (Hedges and Olkin, 1985, Statistical Methods for Meta-Analysis, 5.E).
    """
    n, m = first.counts.total(), second.counts.total()
    if min(n, m) < 2:
        return None
    pooled = sqrt(((n - 1) * first.deviation**2 + (m - 1) * second.deviation**2) / (n + m - 2))
    if not pooled:
        return None
    d = (first.mean - second.mean) / pooled
    half = normal_quantile(0.975) * sqrt((n + m) / (n * m) + d * d / (2 * (n + m)))
    return Interval(d, d - half, d + half)
