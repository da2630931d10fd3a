"""What published scores allow to be tested: counts of right answers, without which questions they are."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations_with_replacement
from math import ceil, floor, lgamma, sqrt
from statistics import pstdev, stdev
from typing import NamedTuple

import numpy as np

from cgd_recipes.reporting.statistics.paired import mcnemar
from cgd_recipes.reporting.statistics.proportion import Interval


class PairedBounds(NamedTuple):
    """The exact McNemar test under every overlap that two counts allow.

    Attributes:
        smallest: p-value if the one solved all that the other solved: as few questions differ as can.
        largest: p-value if as many questions differ as can.
    """

    smallest: float
    largest: float


def paired_bounds(first: int, second: int, items: int) -> PairedBounds:
    """The range of exact McNemar p-values that two counts on the same questions leave open.

    Won - lost is `first - second`, however the solved questions overlap. Lost can be 0 up to the smaller count, and no more than
    the questions that the better one left. The more questions differ, the larger is p: a walk of two steps more is at least as
    likely to end at a given distance or beyond, since its ends are unimodal.

    Args:
        first: questions that the one model solved.
        second: questions that the other solved.
        items: questions.

    Raises:
        ValueError: counts out of range.
    """
    if not (0 <= first <= items and 0 <= second <= items):
        raise ValueError(f"{first} and {second} of {items} are no counts")
    low, high = sorted((first, second))
    lost = min(low, items - high)
    return PairedBounds(mcnemar(high - low, 0), mcnemar(high - low + lost, lost))


def fisher(first: int, second: int, items: int, second_items: int | None = None) -> float:
    """Fisher's exact two-sided test of two proportions: the sum of all tables no more likely than this one.

    It takes the two models' questions as unrelated draws. R. A. Fisher (1922, doi:10.2307/2340521).

    Args:
        first, second: right answers.
        items: questions of the first.
        second_items: questions of the second; the same number unless given.
    """
    other = items if second_items is None else second_items
    right = first + second
    counts = range(max(0, right - other), min(items, right) + 1)
    logs = np.array([_log_comb(items, count) + _log_comb(other, right - count) for count in counts])
    logs -= _log_comb(items + other, right)
    bound = logs[first - counts.start] + 1e-7
    return min(1.0, float(np.exp(logs[logs <= bound]).sum()))


def _log_comb(total: int, chosen: int) -> float:
    return lgamma(total + 1) - lgamma(chosen + 1) - lgamma(total - chosen + 1)


def count_of(percent: float, items: int, decimals: int = 1) -> int | None:
    """The number of right answers that prints as this percentage; None where there is none.

    A score that is printed with d decimals stands for k of n if 100 k / n differs from it by at most half of its last digit.

    Args:
        percent: the printed score, 0 to 100.
        items: questions.
        decimals: digits after the point.
    """
    nearest = floor(percent * items / 100 + 0.5)
    tolerance = 0.5 * 10**-decimals + 1e-9
    fits = 0 <= nearest <= items and abs(100 * nearest / items - percent) <= tolerance
    return nearest if fits else None


def have_spread(percent: float, error: float, items: int, runs: int, decimals: int = 1) -> bool:
    """Whether whole numbers of right answers in several runs give a printed mean and standard deviation.

    The deviation may be that of a sample (r - 1 in the denominator) or of a population (r): papers rarely say.

    Args:
        percent, error: printed mean and deviation, 0 to 100.
        items: questions of each run.
        runs: how many.
        decimals: digits after the point.
    """
    tolerance = 0.5 * 10**-decimals + 1e-9
    centre = percent * items / 100
    reach = ceil((error + tolerance) * items / 100 * sqrt(runs)) + 1  # no run is further from the mean
    near = range(max(0, floor(centre) - reach), min(items, ceil(centre) + reach) + 1)
    for counts in combinations_with_replacement(near, runs):
        if abs(100 * sum(counts) / runs / items - percent) > tolerance:
            continue
        found = [100 * spread(counts) / items for spread in (pstdev, stdev)]
        if any(abs(each - error) <= tolerance for each in found):
            return True
    return False


def mean_of(intervals: Sequence[Interval]) -> Interval:
    """The interval of the unweighted mean of independent estimates, recovered from their own intervals.

    With b estimates x, the lower bound is mean(x) - sqrt(sum (x - l)^2) / b, and the upper one likewise: the method of Zou and
    Donner (2008, doi:10.1002/sim.3095), which keeps what is skewed about Wilson's intervals.

    Raises:
        ValueError: no intervals.
    """
    if not intervals:
        raise ValueError("a mean needs estimates")
    count = len(intervals)
    value = sum(each.value for each in intervals) / count
    below = sqrt(sum((each.value - each.low) ** 2 for each in intervals)) / count
    above = sqrt(sum((each.high - each.value) ** 2 for each in intervals)) / count
    return Interval(value, value - below, value + above)


def mean_difference(first: Interval, second: Interval) -> Interval:
    """The interval of the difference of two independent estimates, by the same method: first - second."""
    value = first.value - second.value
    below = sqrt((first.value - first.low) ** 2 + (second.high - second.value) ** 2)
    above = sqrt((first.high - first.value) ** 2 + (second.value - second.low) ** 2)
    return Interval(value, value - below, value + above)
