"""A result as a table for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cgd_recipes.commands.console import cells, table_console, warn
from cgd_recipes.evaluation.harness.passk import Estimate
from cgd_recipes.evaluation.results import LmEvalResult, Metric, Summary, TaskResult

if TYPE_CHECKING:
    from rich.table import Table

_SHARES, _LENGTHS = ("answered", "truncated"), ("tokens", "words")


def print_summary(summary: Summary) -> None:
    """Print tasks, groups and warnings; scores in percent, `±` over questions, sd over runs."""
    console = table_console()
    if summary.benchmarks or summary.groups:
        console.print(_benchmark_table(summary))
    if any(task.metrics for task in summary.others.values()):
        console.print(_metric_table(summary.others))
    warn(summary.warnings)


def _benchmark_table(summary: Summary) -> Table:
    from rich.table import Table

    names = list(next(iter(summary.benchmarks.values())).scores) if summary.benchmarks else []
    table = Table("task", *names, "sd of runs", "distinct", *_SHARES, *_LENGTHS, "n", box=None)
    for name, task in summary.benchmarks.items():
        table.add_row(*cells(name, *(_score(task.scores[score]) for score in names), *_details(task)))
    for name, group in summary.groups.items():
        scores = [_score(group.scores[score]) if score in group.scores else "-" for score in names]
        if "mean" in group.scores:
            scores[:1] = [_score(group.scores["mean"])]
        deviation = _percent(group.runs.sd if group.runs else None)
        table.add_row(*cells(name, *scores, deviation, *["-"] * 5, "mean"), style="bold")
    return table


def _details(task: TaskResult) -> list[str]:
    shares = [_percent(task.shares.get(key)) for key in _SHARES]
    lengths = [f"{task.shares[key]:.0f}" if key in task.shares else "-" for key in _LENGTHS]
    size = f"{task.questions} x {task.samples}"
    return [_percent(task.runs.sd), _percent(task.distinct), *shares, *lengths, size]


def _metric_table(tasks: dict[str, LmEvalResult]) -> Table:
    from rich.table import Table

    table = Table("task", "metric", "value", "sd of runs", box=None)
    for name, task in tasks.items():
        for key, metric in task.metrics.items():
            table.add_row(*cells(name, key, _score(metric), _percent(metric.sd)))
    return table


def _score(found: Estimate | Metric) -> str:
    error = "" if found.error is None else f" ± {100 * found.error:.1f}"
    return f"{100 * found.value:.1f}{error}"


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f}"
