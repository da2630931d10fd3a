"""What an evaluation found, as values; `as_json` gives each its place in results.json."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cgd_recipes.evaluation.harness.passk import Estimate


class RunScores(NamedTuple):
    """The scores of runs that differ in their seed alone.

    Attributes:
        mean: of the runs.
        sd: their standard deviation (n - 1 in the denominator); None for a single run.
        scores: of each run, in the order of the seeds.
    """

    mean: float
    sd: float | None
    scores: tuple[float, ...]

    def as_json(self) -> dict[str, Any]:
        """As in results.json."""
        return {"mean": self.mean, "sd": self.sd, "scores": list(self.scores)}


class Metric(NamedTuple):
    """A metric of a task of lm-eval's own: its mean over runs, lm-eval's error of the first run, and the deviation over runs."""

    value: float
    error: float | None
    sd: float | None


@dataclass(frozen=True)
class TaskResult:
    """One of our benchmarks over all runs. Scores and shares are from 0 to 1.

    Attributes:
        pass_at: k -> pass@k, with its standard error over questions.
        majority_at: k -> majority@k likewise; empty for a single sample.
        runs: pass@1 of each run.
        distinct: share of different texts among a question's samples.
        shares: `answered`, `truncated`, `unfinished`, `ungraded`: shares of the samples; `tokens`, `words`: mean lengths. One that
            is not known is left out.
        finish_reasons: what a server said of the ends of responses, and how often; empty where nothing was said.
        questions: how many.
        samples: of each question.
    """

    pass_at: Mapping[int, Estimate]
    majority_at: Mapping[int, Estimate]
    runs: RunScores
    distinct: float
    shares: Mapping[str, float]
    finish_reasons: Mapping[str, int]
    questions: int
    samples: int

    @property
    def scores(self) -> dict[str, Estimate]:
        """`pass@k` and `majority@k` by these names."""
        passes = {f"pass@{k}": estimate for k, estimate in self.pass_at.items()}
        return passes | {f"majority@{k}": estimate for k, estimate in self.majority_at.items()}

    def as_json(self) -> dict[str, Any]:
        """As in results.json; `problems` is the older name of `questions`."""
        return {
            **{name: estimate._asdict() for name, estimate in self.scores.items()},
            "runs": self.runs.as_json(),
            "distinct": self.distinct,
            **self.shares,
            "finish_reasons": dict(self.finish_reasons),
            "questions": self.questions,
            "problems": self.questions,
            "samples": self.samples,
        }


@dataclass(frozen=True)
class LmEvalResult:
    """A task or group of lm-eval's own.

    Attributes:
        metrics: by lm-eval's name, `exact_match,flexible-extract`.
    """

    metrics: Mapping[str, Metric]

    def as_json(self) -> dict[str, Any]:
        """As in results.json."""
        return {"metrics": {name: metric._asdict() for name, metric in self.metrics.items()}}


@dataclass(frozen=True)
class GroupResult:
    """The unweighted mean over a group's tasks.

    Attributes:
        scores: by name: `pass@k` and `majority@k`, or `mean` where the tasks have metrics of different names.
        runs: the mean's scores in each run; None where a task has none.
    """

    scores: Mapping[str, Estimate]
    runs: RunScores | None

    def as_json(self) -> dict[str, Any]:
        """As in results.json."""
        runs = {"runs": {"mean": self.runs.mean, "sd": self.runs.sd}} if self.runs else {}
        return {**{name: estimate._asdict() for name, estimate in self.scores.items()}, **runs}


class DataSource(NamedTuple):
    """What a task was measured on: where its questions came from, their SHA-256, and the grader."""

    documents_from: str | None
    documents_sha256: str | None
    grader: str | None


class Selection(NamedTuple):
    """How a checkpoint was chosen.

    Attributes:
        set: the validation task.
        scores: folder of each checkpoint -> its pass@1.
        model: folder of the best.
    """

    set: str
    scores: Mapping[str, float]
    model: str


@dataclass(frozen=True)
class Summary:
    """Finished runs of one evaluation, put together.

    Attributes:
        tasks: by name, ours and lm-eval's.
        groups: by name.
        warnings: what to be wary of.
        lm_eval: versions that made the runs.
        data: of each of our tasks.
    """

    tasks: Mapping[str, TaskResult | LmEvalResult]
    groups: Mapping[str, GroupResult]
    warnings: Sequence[str] = ()
    lm_eval: Sequence[str] = ()
    data: Mapping[str, DataSource] = field(default_factory=dict)

    @property
    def benchmarks(self) -> dict[str, TaskResult]:
        """Those of the tasks that are ours."""
        return {name: task for name, task in self.tasks.items() if isinstance(task, TaskResult)}

    @property
    def others(self) -> dict[str, LmEvalResult]:
        """Those of the tasks that are lm-eval's."""
        return {name: task for name, task in self.tasks.items() if isinstance(task, LmEvalResult)}

    def as_json(self) -> dict[str, Any]:
        """As in results.json."""
        return {
            "tasks": {name: task.as_json() for name, task in self.tasks.items()},
            "groups": {name: group.as_json() for name, group in self.groups.items()},
            "warnings": list(self.warnings),
            "lm_eval": list(self.lm_eval),
            "data": {name: source._asdict() for name, source in self.data.items()},
        }
