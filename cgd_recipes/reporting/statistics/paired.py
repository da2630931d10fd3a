"""Two models on the same questions: the difference, its interval, its test, and what could have been seen at all."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import inf, lcm, sqrt
from typing import NamedTuple

import numpy as np

from cgd_recipes.reporting.statistics.distributions import normal_quantile, student_cdf, student_quantile
from cgd_recipes.reporting.statistics.scores import LEVEL, Floats, Interval

ALPHA, POWER = 0.05, 0.8
_EXACT_STEPS = 400_000_000
_FLIPS = 20_000


class Difference(NamedTuple):
    """A difference of means over questions.

    Attributes:
        interval: the difference of the observed means, and its bounds.
        error: its standard error.
        freedom: degrees of freedom of that error.
    """

    interval: Interval
    error: float
    freedom: float


def difference(values: Sequence[float] | Floats, samples: int | None = 1, level: float = LEVEL) -> Difference:
    """The mean difference over questions, with an interval that holds for few questions too.

    Two made-up questions are added, one won and one lost by the smallest step there is, 1 / samples; then it is the mean -+ t s
    / sqrt(m + 2), with n in the variance's denominator. With one sample a question that is the interval of Bonett and Price
    (2012, doi:10.3102/1076998611411915) for paired proportions, but for Student's quantile. Without the two, questions that
    never differ would give an interval without width. The value is the plain difference. Standard errors over questions, not
    over samples: Miller, arXiv 2411.00640.

    Args:
        values: of each question, the share of right samples of the one model less that of the other; at least two.
        samples: samples of each question, the fewer of the two; None for a metric that is no share of right samples, which gets
            Student's plain interval without bounds.
        level: share of intervals that hold the truth.

    Raises:
        ValueError: fewer than two values.
    """
    array = np.asarray(values, dtype=np.float64)
    if array.size < 2:
        raise ValueError("a difference needs at least two questions")
    value, freedom = float(array.mean()), float(array.size - 1)
    if samples is None:
        error = float(array.std(ddof=1)) / sqrt(array.size)
        half = student_quantile(0.5 + level / 2, freedom) * error
        return Difference(Interval(value, value - half, value + half), error, freedom)
    padded, freedom = np.concatenate([array, [1 / samples, -1 / samples]]), freedom + 2
    error, centre = float(padded.std()) / sqrt(padded.size), float(padded.mean())
    half = student_quantile(0.5 + level / 2, freedom) * error
    return Difference(Interval(value, max(-1.0, centre - half), min(1.0, centre + half)), error, freedom)


def average_difference(differences: Sequence[Difference], level: float = LEVEL) -> Difference:
    """The unweighted mean of differences on separate benchmarks: error sqrt(sum e^2) / b.

    Its degrees of freedom are those of the smallest benchmark. Welch's (1947) are never fewer, and let equal models pass a gate
    more often than promised where benchmarks are small.

    Raises:
        ValueError: no differences.
    """
    if not differences:
        raise ValueError("an average needs differences")
    count = len(differences)
    error = sqrt(sum(found.error**2 for found in differences)) / count
    freedom = min(found.freedom for found in differences)
    value = sum(found.interval.value for found in differences) / count
    half = student_quantile(0.5 + level / 2, freedom) * error
    return Difference(Interval(value, value - half, value + half), error, freedom)


def average_test(differences: Sequence[Difference]) -> float:
    """The two-sided p-value of the mean of differences, by the error that it has if the models are the same.

    Then each benchmark's sum of squares about 0, not about its mean, is what random signs give: e^2 + d^2 / m. It is the normal
    form of `sign_flip_test`, with the quantile of `average_difference`.

    Raises:
        ValueError: no differences.
    """
    found = average_difference(differences)
    squares = sum(each.error**2 + each.interval.value**2 / (each.freedom + 1) for each in differences)
    error = sqrt(squares) / len(differences)
    return 2 * (1 - student_cdf(abs(found.interval.value) / error, found.freedom)) if error else 1.0


def mcnemar(won: int, lost: int) -> float:
    """The exact two-sided McNemar test: 2 P(X <= min(won, lost)) for X ~ Binomial(won + lost, 1/2), at most 1.

    McNemar (1947, doi:10.1007/BF02295996). It is what `sign_flip_test` is for one sample a question.

    Args:
        won: questions that only the one model solved.
        lost: questions that only the other solved.

    Raises:
        ValueError: a negative count.
    """
    if won < 0 or lost < 0:
        raise ValueError("counts of questions cannot be negative")
    total, ways, below = won + lost, 1, 0
    for count in range(min(won, lost) + 1):
        below += ways
        ways = ways * (total - count) // (count + 1)
    return float(min(Fraction(1), Fraction(2 * below, 2**total)))


def sign_flip_test(values: Sequence[float] | Floats, samples: tuple[int, int] | None = None, seed: int = 0) -> float:
    """The two-sided paired permutation test over questions: how often random labels give a sum as far from 0.

    If the models are the same, then each question's difference could as well have the other sign (Fisher, 1935; Dror et al.,
    2018, P18-1128). With whole numbers of right samples all 2^m signs are counted, by convolution: no seed, no error. Other
    values draw signs, and the p-value is (1 + hits) / (1 + draws) (Phipson and Smyth, 2010, doi:10.2202/1544-6115.1585).

    Args:
        values: see `difference`.
        samples: samples of each question of the two models, if the values are differences of shares of right samples.
        seed: of the generator where signs are drawn.

    Returns:
        The p-value; 1 where no question differs.
    """
    array = np.asarray(values, dtype=np.float64)
    array = array[array != 0]
    if not array.size:
        return 1.0
    scaled = array * lcm(*samples) if samples else array
    steps = np.rint(scaled)
    whole = samples is not None and bool(np.all(np.abs(scaled - steps) < 1e-6))
    if whole and float(np.abs(steps).sum()) * array.size < _EXACT_STEPS:
        return _count_signs(np.abs(steps).astype(np.int64), abs(int(steps.sum())))
    return _draw_signs(array, seed)


def _count_signs(sizes: np.ndarray, observed: int) -> float:
    """P(|sum of s_i d_i| >= observed) over signs s, all equally likely; the sum is 2 (sum over a random subset) - total."""
    sizes = sizes // (divisor := int(np.gcd.reduce(sizes)))
    observed //= divisor
    total = int(sizes.sum())
    chances = np.zeros(total + 1)
    chances[0], reach = 1.0, 0
    for size in sizes.tolist():
        chances[: reach + 1] *= 0.5
        chances[size : reach + size + 1] += chances[: reach + 1].copy()  # the two may overlap
        reach += size
    sums = 2 * np.arange(total + 1) - total
    return min(1.0, float(chances[np.abs(sums) >= observed].sum()))


def _draw_signs(array: Floats, seed: int) -> float:
    generator, hits, block = np.random.default_rng(seed), 0, max(1, 2_000_000 // array.size)
    bound = abs(float(array.sum())) * (1 - 1e-12)
    for start in range(0, _FLIPS, block):
        signs = generator.integers(2, size=(min(block, _FLIPS - start), array.size), dtype=np.int8) * 2.0 - 1
        hits += int((np.abs(signs @ array) >= bound).sum())
    return (1 + hits) / (1 + _FLIPS)


def holm(values: Sequence[float]) -> list[float]:
    """p-values adjusted for their number, in the order given: the largest of (m - r) p up to rank r, at most 1.

    Holm (1979, jstor 4615733): the chance of any false alarm among all of them stays below the level.
    """
    adjusted, running = [0.0] * len(values), 0.0
    for rank, index in enumerate(sorted(range(len(values)), key=lambda place: values[place])):
        running = max(running, (len(values) - rank) * values[index])
        adjusted[index] = min(1.0, running)
    return adjusted


def detectable_difference(found: Difference, alpha: float = ALPHA, power: float = POWER) -> float:
    """The smallest true difference that such a set shows with the given power.

    The test's error grows with the difference d itself, so that d = t sqrt((v + d^2) / m) + z sqrt(v / m) is solved for d, with
    v the variance over questions, t the quantile of the two-sided test and z that of the power. For one sample a question that
    is McNemar's sample size by Connor (1987, doi:10.2307/2531966). v is that of the pair at hand: models that solve the same
    questions show smaller differences.

    Args:
        found: of the pair.
        alpha: level of the two-sided test.
        power: chance to see it.

    Returns:
        The difference, in the unit of the scores; infinity where so few questions show none.
    """
    quantile = student_quantile(1 - alpha / 2, found.freedom)
    share = quantile**2 / (found.freedom + 1)
    if share >= 1:
        return inf
    beyond = normal_quantile(power) * found.error
    root = sqrt(max(0.0, beyond**2 - (1 - share) * (beyond**2 - (quantile * found.error) ** 2)))
    return (beyond + root) / (1 - share)
