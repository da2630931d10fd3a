"""Two sources of variation that one "standard deviation over seeds" mixes: training again, and sampling again."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from statistics import mean, variance
from typing import NamedTuple


class Variation(NamedTuple):
    """Standard deviations of a score.

    Attributes:
        trainings: models that were trained with different seeds.
        runs: sampling runs, over all of them.
        training: deviation from training seeds alone; None for a single one. It is 0 where sampling explains all of it.
        sampling: deviation from sampling seeds alone; None where no model was sampled twice.
    """

    trainings: int
    runs: int
    training: float | None
    sampling: float | None


def variation(scores: Sequence[Sequence[float]]) -> Variation:
    """Take the variance over training seeds and over sampling seeds apart, by one-way analysis of variance.

    The mean square within models is the variance of sampling. That between models has the expectation sampling + r0 training,
    with r0 = (N - sum r_i^2 / N) / (g - 1) for g models of r_i runs, N in all (Searle, Casella and McCulloch, Variance
    Components, 1992, section 3.6). A negative estimate is 0.

    Args:
        scores: for each trained model, the scores of its sampling runs.

    Raises:
        ValueError: no scores.
    """
    if not scores or any(not runs for runs in scores):
        raise ValueError("every model needs a score")
    total, groups = sum(map(len, scores)), len(scores)
    within = None
    if total > groups:
        squares = sum((len(runs) - 1) * variance(runs) for runs in scores if len(runs) > 1)
        within = squares / (total - groups)
    between = None
    if groups > 1:
        grand = sum(map(sum, scores)) / total
        square = sum(len(runs) * (mean(runs) - grand) ** 2 for runs in scores) / (groups - 1)
        weight = (total - sum(len(runs) ** 2 for runs in scores) / total) / (groups - 1)
        between = max(0.0, (square - (within or 0.0)) / weight)
    root = [None if value is None else sqrt(value) for value in (between, within)]
    return Variation(groups, total, *root)
