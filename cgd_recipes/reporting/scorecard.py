"""One model on one benchmark in numbers: the score with its interval, pass@k, seeds, shares and lengths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import mean

import numpy as np

from cgd_recipes.reporting.evaluations import Benchmark, Model
from cgd_recipes.reporting.reading.samples import MAJORITY
from cgd_recipes.reporting.statistics.proportion import Interval, wilson
from cgd_recipes.reporting.statistics.scores import clustered_wilson, mean_interval, pass_at_k_curve, wilson_of_error
from cgd_recipes.reporting.statistics.seeds import Variation, variation

_MOST_KS = 32
_ELSEWHERE = ("distinct", "words")
"""Shares that are counted here, from the texts."""


@dataclass(frozen=True)
class Scorecard:
    """One benchmark of one model. Scores and shares are from 0 to 1 where the metric is a share.

    Attributes:
        name: of the benchmark.
        metric: what is scored.
        score: the mean over questions, with its 95 % interval over questions.
        correct: right samples; None for a metric that is no count.
        questions: how many.
        samples: of each.
        pass_at: k -> pass@k with its band, for every k up to the samples; empty for one sample.
        majority_at: k -> majority@k with its band, as far as the evaluation counted it.
        variation: over training seeds and over sampling seeds.
        distinct: share of different texts among a question's samples; None for one sample.
        shares: answered, truncated ... as the evaluation counted them.
        words: mean length of a response; None without texts.
        steps: mean number of lines that are not empty; None without texts.
        boxed: share of responses with a box; None without texts.
    """

    name: str
    metric: str
    score: Interval
    correct: int | None
    questions: int
    samples: int
    pass_at: Mapping[int, Interval]
    majority_at: Mapping[int, Interval]
    variation: Variation
    distinct: float | None
    shares: Mapping[str, float]
    words: float | None
    steps: float | None
    boxed: float | None


def scorecards(model: Model) -> dict[str, Scorecard]:
    """Those of all its benchmarks, by name."""
    return {name: _scorecard(model, benchmark) for name, benchmark in model.benchmarks.items()}


def _scorecard(model: Model, benchmark: Benchmark) -> Scorecard:
    correct = [round(sum(question.scores)) for question in benchmark.questions]
    counted, samples = benchmark.is_binary, benchmark.samples
    texts = [text for question in benchmark.questions for text in question.texts]
    several = samples > 1 and all(len(question.texts) > 1 for question in benchmark.questions)
    keys = [key for key in benchmark.questions[0].shares if all(key in each.shares for each in benchmark.questions)]
    return Scorecard(
        name=benchmark.name,
        metric=benchmark.metric,
        score=score_interval(benchmark),
        correct=sum(correct) if counted else None,
        questions=len(correct),
        samples=samples,
        pass_at=pass_at_k_curve(correct, samples, _ks(samples)) if counted and samples > 1 else {},
        majority_at=_majority_votes(benchmark, keys),
        variation=variation(model.runs_of(benchmark.name)),
        distinct=mean(len({*each.texts}) / len(each.texts) for each in benchmark.questions) if several else None,
        shares={
            key: mean(each.shares[key] for each in benchmark.questions)
            for key in keys
            if key not in _ELSEWHERE and "@" not in key
        },
        words=mean(len(text.split()) for text in texts) if texts else None,
        steps=mean(count_steps(text) for text in texts) if texts else None,
        boxed=mean("\\boxed" in text for text in texts) if texts else None,
    )


def score_interval(benchmark: Benchmark) -> Interval:
    """Wilson's for one sample a question, over questions for several, Student's for a metric that is no share."""
    values = np.array([question.score for question in benchmark.questions])
    if benchmark.is_binary and benchmark.samples == 1:
        return wilson(float(values.sum()), len(values))
    if values.min() >= 0 and values.max() <= 1:
        return clustered_wilson(values, benchmark.samples if benchmark.is_binary else float("inf"))
    return mean_interval(values)


def count_steps(text: str) -> int:
    """Reasoning steps, counted as lines that are not empty; the paper does not say how it counts."""
    return sum(1 for line in text.split("\n") if line.strip())


def _ks(samples: int) -> list[int]:
    """Every k; of very many, those up to the limit, then powers of two, and the number of samples."""
    beyond = [k for k in main_ks(samples) if k > _MOST_KS]
    return [*range(1, min(samples, _MOST_KS) + 1), *beyond]


def main_ks(samples: int) -> list[int]:
    """Powers of two below the number of samples, and that number: the k that tables show."""
    return [*(1 << power for power in range(samples.bit_length()) if 1 << power < samples), samples]


def _majority_votes(benchmark: Benchmark, keys: list[str]) -> dict[int, Interval]:
    """From each question's votes where the samples file has them, else from what the evaluation states."""
    told = {k: _stated(value, error, benchmark) for k, (value, error) in benchmark.majority.items()}
    for key in keys:
        if key.startswith(MAJORITY):
            values = [question.shares[key] for question in benchmark.questions]
            told[int(key.removeprefix(MAJORITY))] = clustered_wilson(values, benchmark.samples)
    return told


def _stated(value: float, error: float | None, benchmark: Benchmark) -> Interval:
    count = len(benchmark.questions)
    if error is None:
        return wilson(min(1.0, max(0.0, value)) * count, count)
    return wilson_of_error(value, error, count, benchmark.samples)
