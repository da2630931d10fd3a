"""pass@k from n samples a question, with two errors: over questions, and over runs."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb, sqrt
from statistics import mean, stdev
from typing import NamedTuple


class Estimate(NamedTuple):
    """A mean and its standard error; None where there are fewer than two values."""

    value: float
    error: float | None


def pass_at_k(samples: int, correct: int, k: int) -> float:
    """The chance that at least one of k samples is right: the unbiased estimator of arXiv 2107.03374, in whole numbers.

    Args:
        samples: samples of one question.
        correct: how many of them are right.
        k: how many may be tried.

    Raises:
        ValueError: k is not from 1 to the number of samples, or there are more right samples than samples.
    """
    if not 1 <= k <= samples or not 0 <= correct <= samples:
        raise ValueError(f"pass@{k} of {correct} right among {samples} samples is not defined")
    return 1 - comb(samples - correct, k) / comb(samples, k)


def over_questions(values: Sequence[float]) -> Estimate:
    """The mean over questions; its error says how much it would move with other questions of the same kind."""
    error = stdev(values) / sqrt(len(values)) if len(values) > 1 else None
    return Estimate(mean(values), error)


def over_runs(correct: Sequence[Sequence[bool]]) -> tuple[float, float | None]:
    """Mean and standard deviation of the runs' scores on the same questions; the r-th samples of all questions are run r.

    Args:
        correct: for each question, whether its samples are right, in the order of the runs.

    Returns:
        The mean, and the deviation (n - 1 in the denominator), None for a single run.
    """
    scores = [mean(map(float, run)) for run in zip(*correct, strict=True)]
    return mean(scores), stdev(scores) if len(scores) > 1 else None


def mean_of(estimates: Sequence[Estimate]) -> Estimate:
    """The unweighted mean of independent estimates."""
    errors = [estimate.error for estimate in estimates]
    known = [error for error in errors if error is not None]
    error = sqrt(sum(error**2 for error in known)) / len(errors) if len(known) == len(errors) else None
    return Estimate(mean(estimate.value for estimate in estimates), error)
