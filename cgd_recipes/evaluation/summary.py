"""Finished runs of one evaluation as one result: pass@k, errors over problems and over runs, and what to be wary of."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from cgd_recipes.errors import user_error
from cgd_recipes.evaluation.harness.guards import COLLAPSED
from cgd_recipes.evaluation.harness.passk import Estimate, mean_of, over_problems, over_runs, pass_at_k
from cgd_recipes.evaluation.harness.sweep import DONE
from cgd_recipes.evaluation.taskfiles import average_of, task_names

FEW_ANSWERS, MANY_TRUNCATED = 0.9, 0.05
_SHARES = ("answered", "truncated", "ungraded", "tokens", "words")
Samples = list[list[dict[str, Any]]]
"""For each run, its records of one task's problems, in order."""


def summarise(folders: Sequence[Path], pass_at: Sequence[int], groups: Sequence[str]) -> dict[str, Any]:
    """What finished runs say together.

    Args:
        folders: of the runs, each with results.json and samples_<task>.jsonl.
        pass_at: the k of pass@k; at most the number of runs.
        groups: shipped groups whose average is wanted.

    Returns:
        `tasks` and `groups` by name, `warnings`, and what the runs say of versions and data.

    Raises:
        RecipeError: runs that are not of the same problems.
    """
    results = [json.loads((folder / DONE).read_text(encoding="utf-8")) for folder in folders]
    versions = sorted({str(result.get("lm_eval_version")) for result in results})
    tasks: dict[str, Any] = {}
    for name, config in results[0]["configs"].items():
        if (config.get("metadata") or {}).get("documents_sha256"):
            tasks[name] = task_summary(name, _samples(name, folders), pass_at)
        else:
            tasks[name] = {"metrics": _other_metrics(name, results)}
    for name in {*results[0]["results"]} - {*tasks}:  # groups of lm-eval's own, which average over their members
        if name not in task_names():
            tasks[name] = {"metrics": _other_metrics(name, results)}
    return {
        "tasks": tasks,
        "groups": {name: group for name in groups if (group := group_summary(name, tasks)) is not None},
        "warnings": [*_mixed(versions), *_warnings(tasks, len(folders))],
        "lm_eval": versions,
        "data": {name: _data(config) for name, config in results[0]["configs"].items() if name in task_names()},
    }


def task_summary(name: str, runs: Samples, pass_at: Sequence[int]) -> dict[str, Any]:
    """One benchmark over all runs.

    Args:
        name: of the task.
        runs: its records, with `pass@1` 0 or 1 for the one sample of the run.
        pass_at: the k.

    Returns:
        `pass@k` as {value, error} with the error over problems; `runs` as {mean, sd}; shares, lengths, counts.

    Raises:
        RecipeError: runs that are not of the same problems.
    """
    if any([one["doc_hash"] for one in run] != [one["doc_hash"] for one in runs[0]] for run in runs):
        raise user_error(
            name, "the runs are not of the same problems; remove the folder of runs, or choose another with -o"
        )
    right = [[bool(one["pass@1"]) for one in problem] for problem in zip(*runs, strict=True)]
    n = len(runs)
    texts = [[one["resps"][0][0] for one in problem] for problem in zip(*runs, strict=True)]
    records = [one for run in runs for one in run]
    value, deviation = over_runs(right)
    return {
        **{f"pass@{k}": over_problems([pass_at_k(n, sum(one), k) for one in right])._asdict() for k in pass_at},
        "runs": {"mean": value, "sd": deviation, "scores": [mean(one["pass@1"] for one in run) for run in runs]},
        "distinct": mean(len({*problem}) / n for problem in texts),
        **{key: mean(one[key] for one in records) for key in _SHARES if all(key in one for one in records)},
        "problems": len(right),
        "samples": n,
    }


def group_summary(name: str, tasks: dict[str, Any]) -> dict[str, Any] | None:
    """The unweighted mean over a shipped group's tasks; None where it has none, or a task is missing."""
    chosen = average_of(name) or {}
    if not chosen or any(task not in tasks for task in chosen):
        return None
    keys = ["pass@1"]
    if set(chosen.values()) == {"pass@1"}:
        keys = [key for key in tasks[next(iter(chosen))] if key.startswith("pass@")]
    group: dict[str, Any] = {}
    for key in keys:
        found = [_estimate(tasks[task], metric if len(keys) == 1 else key) for task, metric in chosen.items()]
        if any(one is None for one in found):
            return None
        group[key if set(chosen.values()) == {"pass@1"} else "mean"] = mean_of([one for one in found if one])._asdict()
    scores = [tasks[task]["runs"]["scores"] for task in chosen if "runs" in tasks[task]]
    if len(scores) == len(chosen):
        of_runs = [mean(one) for one in zip(*scores, strict=True)]
        group["runs"] = {"mean": mean(of_runs), "sd": stdev(of_runs) if len(of_runs) > 1 else None}
    return group


def _estimate(task: dict[str, Any], metric: str) -> Estimate | None:
    found = task.get(metric) or task.get("metrics", {}).get(metric)
    return Estimate(found["value"], found.get("error")) if found else None


def _samples(task: str, folders: Sequence[Path]) -> Samples:
    runs = []
    for folder in folders:
        lines = (folder / f"samples_{task}.jsonl").read_text(encoding="utf-8").splitlines()
        runs.append(sorted(map(json.loads, lines), key=lambda one: one["doc_id"]))
    return runs


def _other_metrics(task: str, results: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The metrics of a task of lm-eval's own, as it has them, over the runs."""
    metrics = {}
    for key, value in results[0]["results"].get(task, {}).items():
        if "," in key and "_stderr," not in key and isinstance(value, int | float):
            values = [result["results"][task][key] for result in results]
            error = results[0]["results"][task].get(key.replace(",", "_stderr,", 1))
            known = error if isinstance(error, int | float) else None
            metrics[key] = {"value": mean(values), "error": known, "sd": stdev(values) if len(values) > 1 else None}
    return metrics


def _data(config: dict[str, Any]) -> dict[str, Any]:
    metadata = config.get("metadata") or {}
    return {key: metadata.get(key) for key in ("documents_from", "documents_sha256", "grader")}


def _mixed(versions: Sequence[str]) -> Iterator[str]:
    if len(versions) > 1:
        yield f"the runs were made by different versions of lm-eval: {', '.join(versions)}"


def _warnings(tasks: dict[str, Any], runs: int) -> Iterator[str]:
    ours = {name: task for name, task in tasks.items() if "problems" in task}
    same = [name for name, task in ours.items() if runs > 1 and round(task["distinct"] * runs, 9) == 1]
    if same:
        yield f"{', '.join(same)}: {COLLAPSED % runs}"
    stopped = {name: task["truncated"] for name, task in ours.items() if task["truncated"] > MANY_TRUNCATED}
    if stopped:
        yield f"responses were stopped by max_gen_toks: {_shares(stopped)}"
    silent = {name: task["answered"] for name, task in ours.items() if task["answered"] < FEW_ANSWERS}
    if silent:
        yield f"few responses have a final answer: {_shares(silent)}"
    slow = {name: task["ungraded"] for name, task in ours.items() if task["ungraded"]}
    if slow:
        yield f"grading took too long, and these responses count as wrong: {_shares(slow)}"


def _shares(found: dict[str, float]) -> str:
    return ", ".join(f"{name} {100 * share:.1f} %" for name, share in found.items())
