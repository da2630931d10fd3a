"""A result as a table for people."""

from __future__ import annotations

from typing import Any

from cgd_recipes.commands.console import cells, table_console, warn


def print_summary(summary: dict[str, Any]) -> None:
    """Print tasks, groups and warnings; scores in percent, `±` over problems, sd over runs."""
    from rich.table import Table

    ours = {name: task for name, task in summary["tasks"].items() if "problems" in task}
    keys = [key for key in next(iter(ours.values()), {}) if key.startswith("pass@")]
    table = Table("task", *keys, "sd of runs", "distinct", "answered", "truncated", "tokens", "words", "n", box=None)
    for name, task in ours.items():
        shares = [_percent(task[key]) for key in ("distinct", "answered", "truncated")]
        lengths = [f"{task[key]:.0f}" if key in task else "-" for key in ("tokens", "words")]
        size = f"{task['problems']} x {task['samples']}"
        scores = [_score(task[key]) for key in keys]
        table.add_row(*cells(name, *scores, _percent(task["runs"]["sd"]), *shares, *lengths, size))
    for name, group in summary["groups"].items():
        scores = [_score(group[key]) if key in group else "-" for key in keys]
        if "mean" in group:
            scores[0] = _score(group["mean"])
        row = cells(name, *scores, _percent(group.get("runs", {}).get("sd")), *["-"] * 5, "mean")
        table.add_row(*row, style="bold")
    console = table_console()
    if ours or summary["groups"]:
        console.print(table)
    others = Table("task", "metric", "value", "sd of runs", box=None)
    for name, task in summary["tasks"].items():
        for metric, found in task.get("metrics", {}).items():
            others.add_row(*cells(name, metric, _score(found), _percent(found["sd"])))
    if others.row_count:
        console.print(others)
    warn(summary["warnings"])


def _score(found: dict[str, Any]) -> str:
    error = found.get("error")
    return f"{100 * found['value']:.1f}" + (f" ± {100 * error:.1f}" if error is not None else "")


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f}"
