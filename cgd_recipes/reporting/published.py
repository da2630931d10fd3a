"""Which published scores belong beside those of a model: same student, method and benchmark."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from cgd_recipes.reporting.paper import Cell, Row, Table, load_paper, paper_values


class Published(NamedTuple):
    """A published score beside one of a model.

    Attributes:
        benchmark: name of the task here.
        table: where it was published.
        row: student and method.
        cell: the score.
    """

    benchmark: str
    table: Table
    row: Row
    cell: Cell


@cache
def benchmark_tasks() -> dict[str, str]:
    """Task here -> the paper's name of its benchmark."""
    return {facts["task"]: name for name, facts in paper_values()["benchmarks"].items() if "task" in facts}


def published_rows(model: str, recipe: str | None, task: str) -> list[Published]:
    """Published scores of a task for the same student and method.

    Args:
        model: folder or hub id that was evaluated.
        recipe: name of the recipe, `llama-cgd`; None for plain lm_eval, which is the student as it is.
        task: name of the task here.
    """
    benchmark = benchmark_tasks().get(task)
    return [
        Published(task, table, row, row.cells[benchmark])
        for table in load_paper()
        for row in table.rows
        if benchmark and benchmark in row.cells and _is_same(table, row, model, recipe)
    ]


def _is_same(table: Table, row: Row, model: str, recipe: str | None) -> bool:
    """Same student and method: the hub id for a student as it is, the recipe's name for a trained one."""
    name = model.replace("\\", "/").rstrip("/").rpartition("/")[2].casefold()
    if name == table.student.casefold():
        return row.method == "base"
    family, _, method = (recipe or "").partition("-")
    return table.family == family and row.method == method
