"""The published scores with the intervals that their numbers of questions imply, and which claims are outside noise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from statistics import mean
from typing import Any, NamedTuple

from cgd_recipes.files.shipped import data_root
from cgd_recipes.files.yaml import read_yaml
from cgd_recipes.reporting.statistics.counts import (
    PairedBounds,
    count_of,
    fisher,
    have_spread,
    mean_difference,
    mean_of,
    paired_bounds,
)
from cgd_recipes.reporting.statistics.paired import ALPHA, holm
from cgd_recipes.reporting.statistics.proportion import Interval, wilson

_ROUNDED = 0.1 + 1e-9
"""Points by which the printed mean of printed scores may differ from theirs: half a digit of each, and of its own."""


class Cell(NamedTuple):
    """A published score.

    Attributes:
        benchmark: its name in the paper.
        printed: in percent, for a benchmark with questions.
        questions: how many; None where that is not known, and for what is no score.
        runs: that the score is the mean of.
        error: the standard deviation over them, as printed; None where there is none.
        interval: Wilson's for that many questions, whatever the runs, which share them; shares. None without questions.
    """

    benchmark: str
    printed: float
    questions: int | None
    runs: int
    error: float | None
    interval: Interval | None

    @property
    def correct(self) -> int | None:
        """Right answers in all runs that print like this; None where no whole number of them does."""
        return count_of(self.printed, self.questions * self.runs) if self.questions else None

    @property
    def nearest(self) -> int:
        """The number of right answers of a single run, or that which comes nearest."""
        return round(self.printed * (self.questions or 0) / 100)

    @property
    def is_possible(self) -> bool:
        """Whether whole numbers of right answers print like this, their deviation too."""
        if self.questions is None:
            return True
        if self.error is None:
            return self.correct is not None
        return have_spread(self.printed, self.error, self.questions, self.runs)


class Average(NamedTuple):
    """A published mean, and the mean of its cells; percent.

    Attributes:
        name: of the group of benchmarks.
        printed: as published.
        recomputed: from the cells.
        interval: of the recomputed one, shares; None where not all cells have one.
    """

    name: str
    printed: float
    recomputed: float
    interval: Interval | None

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
    family: str | None
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

    @cached_property
    def average_claims(self) -> list[AverageClaim]:
        """Every CGD row's averages against every other method's row."""
        return [
            AverageClaim(row.label, other.label, mine.name, mean_difference(mine.interval, theirs.interval))
            for row in self.rows
            for other in self.rows
            if row.method == "cgd" and other.method != "cgd"
            for mine in row.averages
            for theirs in other.averages
            if mine.name == theirs.name and mine.interval and theirs.interval
        ]

    @property
    def benchmarks(self) -> list[str]:
        """Of all rows."""
        return list(dict.fromkeys(name for row in self.rows for name in row.cells))

    @property
    def impossible(self) -> list[tuple[Row, Cell]]:
        """Scores that no whole number of right answers gives."""
        return [(row, cell) for row in self.rows for cell in row.cells.values() if not cell.is_possible]

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


class AverageClaim(NamedTuple):
    """The mean over benchmarks of CGD against that of another method, recomputed from the cells.

    Attributes:
        first, second: labels of the two rows, CGD first.
        name: of the group of benchmarks.
        difference: shares; the interval takes the two as answering questions of their own.
    """

    first: str
    second: str
    name: str
    difference: Interval

    @property
    def verdict(self) -> str:
        """Models that answer the same questions mostly have a smaller interval, so that noise is not certain."""
        is_seen = self.difference.low > 0 or self.difference.high < 0
        return "outside noise" if is_seen else "not shown by the counts"


@cache
def paper_values() -> dict[str, Any]:
    """templates/report/paper.yaml as it is."""
    values: dict[str, Any] = read_yaml(data_root() / "templates" / "report" / "paper.yaml").value
    return values


@cache
def load_paper() -> list[Table]:
    """The published tables that ship with the package."""
    return [_table(table) for table in paper_values()["tables"]]


def _table(table: Mapping[str, Any]) -> Table:
    facts = {key: table[key] for key in ("name", "title", "confidence", "student")}
    return Table(
        **facts,
        family=table.get("family"),
        source=paper_values()["sources"][table["source"]],
        rows=[_row(row, table["averages"]) for row in table["rows"]],
        protocol=paper_values()["protocol"][table["source"]],
    )


def _row(row: Mapping[str, Any], members: Mapping[str, Sequence[str]]) -> Row:
    errors, benchmarks = row.get("errors", {}), paper_values()["benchmarks"]
    cells = {
        name: make_cell(name, float(score), error=errors.get(name), **benchmarks[name])
        for name, score in row["scores"].items()
    }
    averages = [
        _average(name, float(printed), [cells[each] for each in members[name]])
        for name, printed in row.get("averages", {}).items()
    ]
    return Row(row["method"], row.get("teacher"), row.get("data"), cells, averages)


def _average(name: str, printed: float, cells: Sequence[Cell]) -> Average:
    intervals = [cell.interval for cell in cells if cell.interval]
    interval = mean_of(intervals) if len(intervals) == len(cells) else None
    return Average(name, printed, mean(cell.printed for cell in cells), interval)


def make_cell(
    benchmark: str,
    printed: float,
    questions: int | None = None,
    runs: int = 1,
    error: float | None = None,
    task: str | None = None,
) -> Cell:
    """A published score with its interval; `task` is of no use here."""
    interval = wilson(min(questions, printed * questions / 100), questions) if questions else None
    return Cell(benchmark, printed, questions, runs, error, interval)


def _claims(table: str, row: Row, other: Row) -> list[Claim]:
    pairs = [(mine, other.cells[name]) for name, mine in row.cells.items() if name in other.cells]
    counted = [(mine, theirs, mine.questions) for mine, theirs in pairs if mine.questions and mine.runs == 1]
    tests = [fisher(mine.nearest, theirs.nearest, questions) for mine, theirs, questions in counted]
    return [
        Claim(
            table,
            row.label,
            other.label,
            mine.benchmark,
            mine.printed - theirs.printed,
            paired_bounds(mine.nearest, theirs.nearest, questions),
            test,
            adjusted,
        )
        for (mine, theirs, questions), test, adjusted in zip(counted, tests, holm(tests), strict=True)
    ]
