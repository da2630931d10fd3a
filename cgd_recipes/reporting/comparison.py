"""Two models question by question: differences with intervals, tests, and what the sets could have shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import NamedTuple

import numpy as np

from cgd_recipes.errors import Problem, RecipeError, Where, user_error
from cgd_recipes.reporting.comparable import Mismatch, mismatches
from cgd_recipes.reporting.evaluations import Benchmark, Model
from cgd_recipes.reporting.statistics.paired import (
    ALPHA,
    Difference,
    average_difference,
    average_test,
    detectable_difference,
    difference,
    holm,
    sign_flip_test,
)
from cgd_recipes.reporting.statistics.scores import Floats

AVERAGE = "average"
_SAME = 1e-12


class Pair(NamedTuple):
    """Scores of two models on the same questions of one benchmark.

    Attributes:
        name: of the benchmark.
        baseline, model: score of each question, in the same order.
        samples: of each question, of the one and the other.
        is_counted: whether scores are shares of right samples.
    """

    name: str
    baseline: Floats
    model: Floats
    samples: tuple[int, int]
    is_counted: bool

    @property
    def values(self) -> Floats:
        """Difference of each question."""
        return self.model - self.baseline

    @property
    def counts(self) -> tuple[int, int] | None:
        """Samples of each question; None where scores are no shares of them."""
        return self.samples if self.is_counted else None


class Change(NamedTuple):
    """How a model differs from a baseline on one benchmark, or on the average of all.

    Attributes:
        name: of the benchmark; AVERAGE for that of all.
        baseline: the baseline's score.
        score: the model's.
        difference: its own less the baseline's, with the interval.
        p: of the paired test.
        adjusted: p after Holm over the benchmarks; the average is one question of its own.
        detectable: the smallest true difference that such a set shows four times in five; infinity where it shows none.
        won: questions on which it is better; None for the average.
        lost: on which it is worse.
        questions: how many.
        samples: of each question, of the baseline and of the model.
    """

    name: str
    baseline: float
    score: float
    difference: Difference
    p: float
    adjusted: float
    detectable: float
    won: int | None
    lost: int | None
    questions: int
    samples: tuple[int, int]

    @property
    def is_average(self) -> bool:
        """Whether it is that of the average."""
        return self.name == AVERAGE

    @property
    def is_seen(self) -> bool:
        """Whether it is outside noise: the adjusted p is at most 5 %."""
        return self.adjusted <= ALPHA

    @property
    def verdict(self) -> str:
        """In words."""
        if self.is_seen:
            return "better" if self.difference.interval.value > 0 else "worse"
        return "within noise"


@dataclass(frozen=True)
class Comparison:
    """A model against a baseline.

    Attributes:
        baseline: label.
        model: label.
        changes: by benchmark, in the baseline's order.
        average: over the benchmarks, each counting once; None for a single one.
        pairs: what the changes were computed from.
        mismatches: ways in which the two were run differently; tables say so.
        missing: benchmarks that only one of the two has.
    """

    baseline: str
    model: str
    changes: Sequence[Change]
    average: Change | None
    pairs: Sequence[Pair]
    mismatches: Sequence[Mismatch] = ()
    missing: Sequence[str] = ()

    @property
    def by_name(self) -> dict[str, Change]:
        """Every change, the average too."""
        return {change.name: change for change in [*self.changes, *([self.average] if self.average else [])]}


def compare(baseline: Model, model: Model, anyway: bool = False) -> Comparison:
    """Compare two models on the benchmarks that both have.

    Args:
        baseline: the model to compare with.
        model: the one of interest.
        anyway: compare also what was run differently; the result then holds the mismatches.

    Raises:
        RecipeError: no benchmark in common, no question in common, or a difference in how they were run.
    """
    here, there = baseline.benchmarks, model.benchmarks
    names = [name for name in here if name in there]
    if not names:
        message = f"no benchmark in common: {', '.join(here)} / {', '.join(there)}"
        raise user_error(f"{baseline.label}, {model.label}", message)
    found = _mismatches(baseline, model)
    if found and not anyway:
        raise _refusal(baseline, model, found)
    pairs = [_pair(here[name], there[name]) for name in names]
    changes = [benchmark_change(pair) for pair in pairs]
    adjusted = holm([change.p for change in changes])
    changes = [change._replace(adjusted=value) for change, value in zip(changes, adjusted, strict=True)]
    average = average_change(changes, pairs) if len(changes) > 1 else None
    missing = sorted(here.keys() ^ there.keys())
    return Comparison(baseline.label, model.label, changes, average, pairs, found, missing)


def _mismatches(baseline: Model, model: Model) -> list[Mismatch]:
    """Of all evaluations against the baseline's first one."""
    first, *others = [*baseline.trainings, *model.trainings]
    found = [each for other in others for each in mismatches(first.benchmarks, other.benchmarks)]
    return list(dict.fromkeys(found))


def _refusal(baseline: Model, model: Model, found: Sequence[Mismatch]) -> RecipeError:
    where = Where(f"{baseline.label} / {model.label}")
    problems = [Problem(where, str(each)) for each in found]
    message = "not compared: such scores say nothing about the models. Evaluate both alike, or add --anyway"
    return RecipeError([*problems, Problem(where, message)])


def _pair(baseline: Benchmark, model: Benchmark) -> Pair:
    """On the questions that both have."""
    scores = {question.key: question.score for question in baseline.questions}
    pairs = [(scores[question.key], question.score) for question in model.questions if question.key in scores]
    if len(pairs) < 2:
        raise user_error(model.name, f"cannot be compared on {len(pairs)} questions that both runs have")
    first, second = np.array(pairs).T
    samples = (baseline.samples, model.samples)
    return Pair(model.name, first, second, samples, is_counted=baseline.is_binary and model.is_binary)


def benchmark_change(pair: Pair) -> Change:
    """How two models' scores on the same questions differ."""
    values = pair.values
    found = difference(values, min(pair.samples) if pair.is_counted else None)
    p = sign_flip_test(values, pair.counts)
    return Change(
        name=pair.name,
        baseline=float(pair.baseline.mean()),
        score=float(pair.model.mean()),
        difference=found,
        p=p,
        adjusted=p,
        detectable=_possible(detectable_difference(found), [pair]),
        won=int((values > _SAME).sum()),
        lost=int((values < -_SAME).sum()),
        questions=int(values.size),
        samples=pair.samples,
    )


def _possible(detectable: float, pairs: Sequence[Pair]) -> float:
    """Shares differ by at most 1: infinity where that would not be enough."""
    return inf if detectable >= 1 and all(pair.is_counted for pair in pairs) else detectable


def average_change(changes: Sequence[Change], pairs: Sequence[Pair]) -> Change:
    """The change of the unweighted mean over benchmarks; both in the same order."""
    found = average_difference([change.difference for change in changes])
    p = average_test([pair.values for pair in pairs], [pair.counts for pair in pairs])
    first = sum(change.baseline for change in changes) / len(changes)
    return Change(
        name=AVERAGE,
        baseline=first,
        score=first + found.interval.value,
        difference=found,
        p=p,
        adjusted=p,
        detectable=_possible(detectable_difference(found), pairs),
        won=None,
        lost=None,
        questions=sum(change.questions for change in changes),
        samples=changes[0].samples,
    )
