"""Finished evaluations as values: every question of every benchmark with its samples, and how they were made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from statistics import mean
from typing import NamedTuple


class Question(NamedTuple):
    """One question, and what a model made of it.

    Attributes:
        key: hash of the question as lm-eval has it; the same for all models.
        text: as the model got it, as far as the samples file tells; for people.
        gold: the right answer; for people.
        prompt: hash of the whole prompt; None where it is not known.
        texts: the responses; none where the task is no generation.
        scores: of the graded samples: 0 or 1, or a metric's value.
        shares: `answered`, `truncated`, `tokens` ... as the task counted them, means over the samples.
    """

    key: str
    text: str
    gold: str
    prompt: str | None
    texts: tuple[str, ...]
    scores: tuple[float, ...]
    shares: Mapping[str, float]

    @property
    def score(self) -> float:
        """Mean over the samples."""
        return mean(self.scores)


@dataclass(frozen=True)
class Benchmark:
    """One task of an evaluation.

    Attributes:
        name: of the task.
        metric: what `scores` are: `pass@1`, `exact_match,strict-match`.
        questions: in the order of the benchmark, all with the same number of samples.
        facts: what results depend on, name -> value: grader, system prompt, data, limits. None is a fact that is not known.
        majority: k -> (majority@k, its standard error or None), as the evaluation counted them.
        printed: the score that the evaluation itself states; None where it does not.
        runs: scores of sampling runs, each over all questions.
    """

    name: str
    metric: str
    questions: Sequence[Question]
    facts: Mapping[str, str | None]
    majority: Mapping[int, tuple[float, float | None]] = field(default_factory=dict)
    printed: float | None = None

    @property
    def samples(self) -> int:
        """Graded samples of each question."""
        return len(self.questions[0].scores)

    @cached_property
    def is_binary(self) -> bool:
        """Whether every sample is right or wrong, so that scores are counts."""
        return all(score in (0, 1) for question in self.questions for score in question.scores)

    @property
    def score(self) -> float:
        """Mean over the questions."""
        return mean(question.score for question in self.questions)

    @property
    def runs(self) -> list[float]:
        """The score of each sample over all questions: the r-th samples are run r."""
        return [mean(scores) for scores in zip(*(question.scores for question in self.questions), strict=True)]


@dataclass(frozen=True)
class Evaluation:
    """One evaluation of one model.

    Attributes:
        label: what it is called in tables.
        path: where it was read.
        benchmarks: by name.
        model: what was evaluated.
        recipe: name of the recipe; None for plain lm_eval.
        selection: the set that the checkpoint was chosen on; None where none was chosen.
        warnings: what to be wary of, from the evaluation and from reading it.
    """

    label: str
    path: Path
    benchmarks: Mapping[str, Benchmark]
    model: str
    recipe: str | None = None
    selection: str | None = None
    warnings: Sequence[str] = ()


@dataclass(frozen=True)
class Model:
    """Evaluations under one label: the same training with different seeds, mostly a single one.

    Attributes:
        label: of all of them.
        trainings: one evaluation for each trained model.
    """

    label: str
    trainings: Sequence[Evaluation]

    @cached_property
    def benchmarks(self) -> dict[str, Benchmark]:
        """Those that all trainings have; the samples of all of them stand together for each question."""
        first, *others = self.trainings
        names = [name for name in first.benchmarks if all(name in other.benchmarks for other in others)]
        return {name: _pooled([training.benchmarks[name] for training in self.trainings]) for name in names}

    def runs_of(self, name: str) -> list[list[float]]:
        """For each trained model, the scores of its sampling runs on a benchmark."""
        return [training.benchmarks[name].runs for training in self.trainings]


def _pooled(parts: Sequence[Benchmark]) -> Benchmark:
    first, *others = parts
    if not others:
        return first
    by_key = [{question.key: question for question in part.questions} for part in parts]
    questions = []
    for question in first.questions:
        same = [part[question.key] for part in by_key]
        shares = {key: mean(each.shares[key] for each in same) for key in first.questions[0].shares if _all(same, key)}
        texts = tuple(text for each in same for text in each.texts)
        scores = tuple(score for each in same for score in each.scores)
        questions.append(question._replace(texts=texts, scores=scores, shares=shares))
    return Benchmark(first.name, first.metric, questions, first.facts)


def _all(questions: Sequence[Question], key: str) -> bool:
    return all(key in question.shares for question in questions)
