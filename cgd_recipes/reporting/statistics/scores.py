"""A score with its interval: one sample a question, several, and pass@k for every k."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import inf, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cgd_recipes.evaluation.harness.passk import pass_at_k
from cgd_recipes.reporting.statistics.proportion import LEVEL, Interval, quantile, wilson

Floats = NDArray[np.float64]
_MADE_UP = 0.1


def clustered_wilson(values: Sequence[float] | Floats, samples: float = inf, level: float = LEVEL) -> Interval:
    """The interval of a mean over questions whose values lie between 0 and 1: Wilson's, at the effective number of trials.

    Samples of one question are alike, so questions, not samples, are what varies. With v the variance over m questions (m - 1 in
    the denominator) and p the mean, p(1-p) / (v/m) independent trials would have the same standard error. Wilson's interval at
    that number, with Student's quantile for m - 1 degrees of freedom, is the modified Wilson interval of Dean and Pagano
    (2015, doi:10.1093/jssam/smv024). Where hardly any question is ever solved, v is mostly too small; a tenth of a question that
    is always solved and a tenth of one that never is go into its sum of squares, which in simulation lifts the coverage there
    from 88 % to 95 % (benchmarks/reporting.py). With one sample a question use `wilson`.

    Args:
        values: one a question: its share of right samples, or its pass@k.
        samples: samples of each question; there are at most m times as many effective trials.
        level: share of intervals that hold the truth.

    Raises:
        ValueError: no values, or values out of range.
    """
    array = np.asarray(values, dtype=np.float64)
    if not array.size or array.min() < 0 or array.max() > 1:
        raise ValueError("an interval needs values between 0 and 1")
    mean = float(array.mean())
    error = sqrt(float(((array - mean) ** 2).sum()) / max(1, array.size - 1) / array.size)
    return wilson_of_error(mean, error, array.size, samples, level)


def wilson_of_error(mean: float, error: float, questions: int, samples: float = inf, level: float = LEVEL) -> Interval:
    """`clustered_wilson` from what is known of the values.

    Args:
        mean: of the values, from 0 to 1 but for rounding.
        error: standard error of the mean over questions.
        questions, samples, level: see `clustered_wilson`.
    """
    mean = min(1.0, max(0.0, mean))
    if questions == 1:
        return Interval(mean, 0.0, 1.0)
    spread = mean * (1 - mean)
    variance = error**2 + _MADE_UP * (1 - 2 * spread) / (questions - 1) / questions
    # Shares vary at most as much as answers that are alike in all samples of a question: m - 1 trials. Made-up questions alone
    # would leave hardly any where the mean is all but 0 or 1.
    trials = min(max(spread / variance, questions - 1), questions * samples) if spread else float(questions)
    return wilson(mean * trials, trials, level, questions - 1)


def mean_interval(values: Sequence[float] | Floats, level: float = LEVEL) -> Interval:
    """Student's interval of a mean over questions, for values without bounds, such as logarithms of lengths: mean -+ t s / sqrt(m).

    Raises:
        ValueError: no values.
    """
    array = np.asarray(values, dtype=np.float64)
    if not array.size:
        raise ValueError("an interval needs values")
    mean = float(array.mean())
    if array.size == 1:
        return Interval(mean, -inf, inf)
    half = quantile(level, array.size - 1) * float(array.std(ddof=1)) / sqrt(array.size)
    return Interval(mean, mean - half, mean + half)


def pass_at_k_values(correct: Sequence[int] | NDArray[Any], samples: int, k: int) -> Floats:
    """pass@k of every question; see `pass_at_k` for the estimator.

    Args:
        correct: right samples of each question.
        samples: samples of each question.
        k: from 1 to `samples`.

    Raises:
        ValueError: k or a count out of range.
    """
    counts = np.asarray(correct, dtype=np.int64)
    if counts.size and not 0 <= counts.min() <= counts.max() <= samples:
        raise ValueError(f"counts of right samples must be between 0 and {samples}")
    return _pass_table(samples, k)[counts]


def pass_at_k_curve(
    correct: Sequence[int] | NDArray[Any], samples: int, ks: Sequence[int], level: float = LEVEL
) -> dict[int, Interval]:
    """pass@k with its band: for each k the mean over questions, and the interval of `clustered_wilson`.

    Raises:
        ValueError: a k or a count out of range.
    """
    return {k: clustered_wilson(pass_at_k_values(correct, samples, k), samples, level) for k in ks}


@lru_cache(maxsize=512)
def _pass_table(samples: int, k: int) -> Floats:
    return np.array([pass_at_k(samples, count, k) for count in range(samples + 1)])
