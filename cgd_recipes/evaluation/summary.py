"""Finished runs of one evaluation as one result: pass@k, errors over questions and over runs, and what to be wary of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from pathlib import Path
from statistics import mean, stdev
from typing import Any, NamedTuple

from cgd_recipes.errors import user_error
from cgd_recipes.evaluation.harness.guards import COLLAPSED
from cgd_recipes.evaluation.harness.passk import Estimate, mean_of, over_questions, over_runs, pass_at_k
from cgd_recipes.evaluation.harness.runs import DONE
from cgd_recipes.evaluation.harness.scores import voting
from cgd_recipes.evaluation.harness.votes import read_votes
from cgd_recipes.evaluation.results import DataSource, GroupResult, LmEvalResult, Metric, RunScores, Summary, TaskResult
from cgd_recipes.evaluation.taskfiles import average_of, task_names
from cgd_recipes.files.jsonl import parse_json, read_jsonl
from cgd_recipes.files.regular import read_bytes
from cgd_recipes.grading import Vote, majority_at_k

FEW_ANSWERS, MANY_TRUNCATED = 0.9, 0.05
_SHARES = ("answered", "truncated", "unfinished", "ungraded", "tokens", "words")


class Record(NamedTuple):
    """What a run's samples file says of one question.

    Attributes:
        number: of the question in its benchmark.
        question: hash of the question.
        right: its sample is right.
        text: hash of the response.
        shares: see `TaskResult.shares`.
        finish_reason: what the server said; None where nothing was said.
    """

    number: int
    question: str
    right: bool
    text: int
    shares: dict[str, float]
    finish_reason: str | None


def summarise(
    folders: Sequence[Path], pass_at: Sequence[int], groups: Sequence[str], votes: Path | None = None
) -> Summary:
    """What finished runs say together.

    Args:
        folders: of the runs, each with results.json and samples_<task>.jsonl.
        pass_at: the k of pass@k; at most the number of runs.
        groups: shipped groups whose average is wanted.
        votes: file with the votes of the samples; None for a single run.

    Raises:
        RecipeError: runs that are not of the same questions.
    """
    results = [parse_json(read_bytes(folder / DONE)) for folder in folders]
    cast = read_votes(votes) if votes else {}
    versions = sorted({str(result.get("lm_eval_version")) for result in results})
    shipped = task_names()
    tasks: dict[str, TaskResult | LmEvalResult] = {}
    for name, config in results[0]["configs"].items():
        if (config.get("metadata") or {}).get("documents_sha256"):
            tasks[name] = task_result(name, [_records(folder, name) for folder in folders], pass_at, cast.get(name, []))
        else:
            tasks[name] = _lm_eval_result(name, results)
    for name in {*results[0]["results"]} - {*tasks}:  # groups of lm-eval's own, which average over their members
        if name not in shipped:
            tasks[name] = _lm_eval_result(name, results)
    averages = {name: average for name in groups if (average := group_result(name, tasks)) is not None}
    data = {
        name: _source(config)
        for name, config in results[0]["configs"].items()
        if isinstance(tasks.get(name), TaskResult)
    }
    summary = Summary(tasks, averages, lm_eval=versions, data=data)
    warnings = [*_mixed(versions), *_without_number(tasks, results), *_warnings(summary.benchmarks, len(folders))]
    return Summary(tasks, averages, warnings, versions, data)


def task_result(
    name: str, runs: Sequence[Sequence[Record]], pass_at: Sequence[int], votes: Sequence[Vote] = ()
) -> TaskResult:
    """One benchmark over all runs.

    Args:
        name: of the task.
        runs: of each run, its records in the order of the questions.
        pass_at: the k.
        votes: of the questions; empty for a single run.

    Raises:
        RecipeError: runs that are not of the same questions.
    """
    if any([record.question for record in run] != [record.question for record in runs[0]] for run in runs):
        raise user_error(
            name, "the runs are not of the same questions; remove the folder of runs, or choose another with -o"
        )
    questions = list(zip(*runs, strict=True))
    right = [[record.right for record in question] for question in questions]
    n = len(runs)
    records = [record for run in runs for record in run]
    value, deviation = over_runs(right)
    scores = tuple(mean(float(record.right) for record in run) for run in runs)
    known = [key for key in _SHARES if all(key in record.shares for record in records)]
    return TaskResult(
        pass_at={k: over_questions([pass_at_k(n, sum(samples), k) for samples in right]) for k in pass_at},
        majority_at={k: over_questions([majority_at_k(vote, k) for vote in votes]) for k in voting(pass_at) if votes},
        runs=RunScores(value, deviation, scores),
        distinct=mean(len({record.text for record in question}) / n for question in questions),
        shares={key: mean(record.shares[key] for record in records) for key in known},
        finish_reasons=Counter(record.finish_reason for record in records if record.finish_reason is not None),
        questions=len(questions),
        samples=n,
    )


def group_result(name: str, tasks: Mapping[str, TaskResult | LmEvalResult]) -> GroupResult | None:
    """The unweighted mean over a shipped group's tasks; None where it has none, or a task is missing."""
    chosen = average_of(name) or {}
    if not chosen or any(task not in tasks for task in chosen):
        return None
    members = {task: tasks[task] for task in chosen}
    alike = set(chosen.values()) == {"pass@1"}
    first = next(iter(members.values()))
    names = list(first.scores) if alike and isinstance(first, TaskResult) else ["mean"]
    scores = {}
    for score in names:
        found = [_estimate(members[task], score if alike else metric) for task, metric in chosen.items()]
        known = [estimate for estimate in found if estimate is not None]
        if len(known) < len(found):
            return None
        scores[score] = mean_of(known)
    return GroupResult(
        scores, _mean_runs([task.runs for task in members.values() if isinstance(task, TaskResult)], len(members))
    )


def _mean_runs(runs: Sequence[RunScores], members: int) -> RunScores | None:
    """The scores of the mean in each run; None where a member has no scores of runs."""
    if len(runs) < members:
        return None
    scores = tuple(mean(found) for found in zip(*(run.scores for run in runs), strict=True))
    return RunScores(mean(scores), stdev(scores) if len(scores) > 1 else None, scores)


def _estimate(task: TaskResult | LmEvalResult, score: str) -> Estimate | None:
    if isinstance(task, TaskResult):
        return task.scores.get(score)
    metric = task.metrics.get(score)
    return Estimate(metric.value, metric.error) if metric else None


def _records(folder: Path, task: str) -> list[Record]:
    """The records of a run's task, in the order of the questions."""
    records = (_record(value) for _, value in read_jsonl(folder / f"samples_{task}.jsonl"))
    return sorted(records, key=lambda record: record.number)


def _record(value: Mapping[str, Any]) -> Record:
    reasons = value.get("finish_reasons") or [None]
    return Record(
        number=value["doc_id"],
        question=value["doc_hash"],
        right=bool(value["pass@1"]),
        text=hash(value["resps"][0][0]),
        shares={key: value[key] for key in _SHARES if key in value},
        finish_reason=reasons[0],
    )


def _lm_eval_result(task: str, results: Sequence[dict[str, Any]]) -> LmEvalResult:
    """The metrics of a task of lm-eval's own, as it has them, over the runs."""
    metrics = {}
    for key, value in results[0]["results"].get(task, {}).items():
        if "," in key and "_stderr," not in key and isinstance(value, int | float):
            values = [result["results"][task][key] for result in results]
            if not all(map(isfinite, values)):
                continue
            error = results[0]["results"][task].get(key.replace(",", "_stderr,", 1))
            known = error if isinstance(error, int | float) and isfinite(error) else None
            metrics[key] = Metric(mean(values), known, stdev(values) if len(values) > 1 else None)
    return LmEvalResult(metrics)


def _without_number(tasks: Mapping[str, TaskResult | LmEvalResult], results: Sequence[dict[str, Any]]) -> Iterator[str]:
    for name in [name for name, task in tasks.items() if isinstance(task, LmEvalResult)]:
        found = [value for result in results for value in result["results"].get(name, {}).items()]
        lost = {
            key for key, value in found if "_stderr," not in key and isinstance(value, float) and not isfinite(value)
        }
        if lost:
            yield f"{name}: lm-eval counts no number for {', '.join(sorted(lost))}, which is left out"


def _source(config: Mapping[str, Any]) -> DataSource:
    metadata = config.get("metadata") or {}
    return DataSource(*(metadata.get(key) for key in DataSource._fields))


def _mixed(versions: Sequence[str]) -> Iterator[str]:
    if len(versions) > 1:
        yield f"the runs were made by different versions of lm-eval: {', '.join(versions)}"


def _warnings(tasks: Mapping[str, TaskResult], runs: int) -> Iterator[str]:
    same = [name for name, task in tasks.items() if runs > 1 and round(task.distinct * runs, 9) == 1]
    if same:
        yield f"{', '.join(same)}: {COLLAPSED % runs}"
    for key, message in (
        ("truncated", "responses were stopped by max_gen_toks"),
        ("unfinished", "responses ended for a reason other than the model's own stop, and count as wrong"),
        ("answered", "few responses have a final answer"),
        ("ungraded", "grading took too long, and these responses count as wrong"),
    ):
        found = {
            name: task.shares.get(key, 0.0) for name, task in tasks.items() if _is_unusual(key, task.shares.get(key))
        }
        if found:
            yield f"{message}: {_shown(found)}"


def _is_unusual(key: str, share: float | None) -> bool:
    if share is None:
        return False
    return share < FEW_ANSWERS if key == "answered" else share > (MANY_TRUNCATED if key == "truncated" else 0.0)


def _shown(found: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {100 * share:.1f} %" for name, share in found.items())
