"""What training may have spoiled: answers to bare questions that speak of critiques, other lengths, no box, less obedience."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import exp, log
from typing import NamedTuple

import numpy as np

from cgd_recipes.reporting.evaluations import Benchmark, Model
from cgd_recipes.reporting.signs import has_phrase
from cgd_recipes.reporting.statistics.proportion import Interval
from cgd_recipes.reporting.statistics.scores import mean_interval

_FEWEST = 2


class Drift(NamedTuple):
    """How a model's answers to one benchmark differ from the baseline's.

    Attributes:
        benchmark: its name.
        phrases: share of answers with a phrase of refinement, of the baseline and of the model.
        boxed: share of answers with a box, likewise.
        length: the model's length in words over the baseline's, question by question; None without texts.
    """

    benchmark: str
    phrases: tuple[float, float]
    boxed: tuple[float, float]
    length: Interval | None


def drift(baseline: Model, model: Model) -> list[Drift]:
    """Of every benchmark that both have and that has texts."""
    here, there = baseline.benchmarks, model.benchmarks
    return [found for name in here if name in there for found in _drift(here[name], there[name])]


def _drift(here: Benchmark, there: Benchmark) -> Iterator[Drift]:
    texts = [[text for question in each.questions for text in question.texts] for each in (here, there)]
    if all(texts):
        phrases = [float(np.mean([has_phrase(text) for text in each])) for each in texts]
        boxed = [float(np.mean(["\\boxed" in text for text in each])) for each in texts]
        yield Drift(here.name, (phrases[0], phrases[1]), (boxed[0], boxed[1]), _length(here, there))


def _length(here: Benchmark, there: Benchmark) -> Interval | None:
    """The geometric mean of the questions' ratios, with Student's interval of the logarithms."""
    mine, others = _words(here), _words(there)
    ratios = [log(others[key] / mine[key]) for key in mine if key in others]
    if len(ratios) < _FEWEST:
        return None
    found = mean_interval(ratios)
    return Interval(exp(found.value), exp(found.low), exp(found.high))


def _words(benchmark: Benchmark) -> Mapping[str, float]:
    """Mean words of each question's answers, at least one."""
    return {
        question.key: max(1.0, sum(len(text.split()) for text in question.texts) / len(question.texts))
        for question in benchmark.questions
        if question.texts
    }
