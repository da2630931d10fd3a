"""The published scores with the intervals that their numbers of questions imply, and which claims are outside noise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from statistics import mean
from typing import Any, NamedTuple

from cgd_recipes.files.shipped import data_root
from cgd_recipes.files.yaml import read_yaml
from cgd_recipes.reporting.statistics.counts import PairedBounds, count_of, fisher, paired_bounds
from cgd_recipes.reporting.statistics.paired import ALPHA, holm
from cgd_recipes.reporting.statistics.scores import Interval, wilson

_ROUNDED = 0.1 + 1e-9
"""Points by which the printed mean of printed scores may differ from theirs: half a digit of each, and of its own."""


class Cell(NamedTuple):
    """A published score.

    Attributes:
        benchmark: its name in the paper.
        printed: in percent.
        correct: right answers that print like this; None where no whole number of them does.
        questions: how many.
        interval: Wilson's, for the nearest count; shares.
    """

    benchmark: str
    printed: float
    correct: int | None
    questions: int
    interval: Interval

    @property
    def nearest(self) -> int:
        """The number of right answers, or that which comes nearest."""
        return round(self.printed * self.questions / 100)


class Average(NamedTuple):
    """A published mean, and the mean of its cells; percent."""

    name: str
    printed: float
    recomputed: float

    @property
    def agrees(self) -> bool:
        """Whether rounding explains the difference."""
        return abs(self.printed - self.recomputed) <= _ROUNDED


@dataclass(frozen=True)
class Row:
    """One method of a published table."""

    method: str
    teacher: str | None
    data: str | None
    cells: Mapping[str, Cell]
    averages: Sequence[Average]

    @property
    def label(self) -> str:
        """The method, and its teacher where it has one."""
        return f"{self.method} ({self.teacher})" if self.teacher else self.method


@dataclass(frozen=True)
class Table:
    """One published table; see templates/report/paper.yaml."""

    name: str
    title: str
    source: str
    confidence: str
    student: str
    rows: Sequence[Row]
    protocol: Sequence[str]

    @cached_property
    def claims(self) -> list[Claim]:
        """Every CGD row against every other method's row, benchmark by benchmark."""
        pairs = [(row, other) for row in self.rows for other in self.rows]
        return [
            claim
            for row, other in pairs
            if row.method == "cgd" and other.method != "cgd"
            for claim in _claims(self.title, row, other)
        ]

    @property
    def wrong_averages(self) -> list[tuple[Row, Average]]:
        """Printed averages that are not the mean of their cells."""
        return [(row, average) for row in self.rows for average in row.averages if not average.agrees]


class Claim(NamedTuple):
    """CGD against another method on one benchmark, as far as counts tell.

    Attributes:
        table: title of the table.
        first, second: labels of the two rows, CGD first.
        benchmark: its name.
        points: difference in percent.
        paired: exact McNemar p-values from the most to the least favourable overlap of solved questions.
        unpaired: Fisher's exact p-value.
        adjusted: that after Holm over the benchmarks of the two rows.
    """

    table: str
    first: str
    second: str
    benchmark: str
    points: float
    paired: PairedBounds
    unpaired: float
    adjusted: float

    @property
    def verdict(self) -> str:
        """What holds whichever questions the two solved."""
        if self.paired.largest <= ALPHA:
            return "outside noise"
        return "within noise" if self.paired.smallest > ALPHA else "depends on which questions"


@cache
def load_paper() -> list[Table]:
    """The published tables that ship with the package."""
    values: dict[str, Any] = read_yaml(data_root() / "templates" / "report" / "paper.yaml").value
    return [_table(values, table) for table in values["tables"]]


@cache
def benchmark_tasks() -> dict[str, str]:
    """Task here -> the paper's name of its benchmark."""
    values: dict[str, Any] = read_yaml(data_root() / "templates" / "report" / "paper.yaml").value
    return {facts["task"]: name for name, facts in values["benchmarks"].items() if "task" in facts}


def _table(values: Mapping[str, Any], table: Mapping[str, Any]) -> Table:
    questions = {name: facts["questions"] for name, facts in values["benchmarks"].items()}
    rows = [_row(row, table["averages"], questions) for row in table["rows"]]
    facts = {key: table[key] for key in ("name", "title", "confidence", "student")}
    return Table(
        **facts, source=values["sources"][table["source"]], rows=rows, protocol=values["protocol"][table["source"]]
    )


def _row(row: Mapping[str, Any], members: Mapping[str, Sequence[str]], questions: Mapping[str, int]) -> Row:
    cells = {name: cell(name, float(score), questions[name]) for name, score in row["scores"].items()}
    averages = [
        Average(name, float(printed), mean(cells[each].printed for each in members[name]))
        for name, printed in row.get("averages", {}).items()
    ]
    return Row(row["method"], row.get("teacher"), row.get("data"), cells, averages)


def cell(benchmark: str, printed: float, questions: int) -> Cell:
    """A published score with its interval."""
    correct = count_of(printed, questions)
    return Cell(benchmark, printed, correct, questions, wilson(min(questions, printed * questions / 100), questions))


def _claims(table: str, row: Row, other: Row) -> list[Claim]:
    pairs = [(mine, other.cells[name]) for name, mine in row.cells.items() if name in other.cells]
    tests = [fisher(mine.nearest, theirs.nearest, mine.questions) for mine, theirs in pairs]
    return [
        Claim(
            table,
            row.label,
            other.label,
            mine.benchmark,
            mine.printed - theirs.printed,
            paired_bounds(mine.nearest, theirs.nearest, mine.questions),
            test,
            adjusted,
        )
        for (mine, theirs), test, adjusted in zip(pairs, tests, holm(tests), strict=True)
    ]


def published_rows(model: str, recipe: str | None, task: str) -> list[tuple[Table, Row, Cell]]:
    """Published scores of a task for the same student and method.

    Args:
        model: folder or hub id that was evaluated.
        recipe: name of the recipe, `llama-cgd`; None for plain lm_eval, which is the student as it is.
        task: name of the task here.
    """
    benchmark = benchmark_tasks().get(task)
    return [
        (table, row, row.cells[benchmark])
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
    return table.name == f"cgd-{family}" and row.method == method
