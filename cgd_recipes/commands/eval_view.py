"""A result as a table for people."""

from __future__ import annotations

import sys
from typing import Any

import click


def print_summary(summary: dict[str, Any]) -> None:
    """Print tasks, groups and warnings; scores in percent, `±` over problems, sd over runs."""
    from rich.console import Console
    from rich.table import Table

    ours = {name: task for name, task in summary["tasks"].items() if "problems" in task}
    keys = [key for key in next(iter(ours.values()), {}) if key.startswith("pass@")]
    table = Table("task", *keys, "sd of runs", "distinct", "answered", "truncated", "tokens", "words", "n", box=None)
    for name, task in ours.items():
        shares = [_percent(task[key]) for key in ("distinct", "answered", "truncated")]
        lengths = [f"{task[key]:.0f}" if key in task else "-" for key in ("tokens", "words")]
        size = f"{task['problems']} x {task['samples']}"
        table.add_row(name, *(_score(task[key]) for key in keys), _percent(task["runs"]["sd"]), *shares, *lengths, size)
    for name, group in summary["groups"].items():
        scores = [_score(group[key]) if key in group else "-" for key in keys]
        if "mean" in group:
            scores[0] = _score(group["mean"])
        table.add_row(name, *scores, _percent(group.get("runs", {}).get("sd")), *["-"] * 5, "mean", style="bold")
    console = Console(width=None if sys.stdout.isatty() else 200)
    if ours or summary["groups"]:
        console.print(table)
    others = Table("task", "metric", "value", "sd of runs", box=None)
    for name, task in summary["tasks"].items():
        for metric, found in task.get("metrics", {}).items():
            others.add_row(name, metric, _score(found), _percent(found["sd"]))
    if others.row_count:
        console.print(others)
    for warning in summary["warnings"]:
        click.echo(f"warning: {warning}", err=True)


def _score(found: dict[str, Any]) -> str:
    error = found.get("error")
    return f"{100 * found['value']:.1f}" + (f" ± {100 * error:.1f}" if error is not None else "")


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f}"
