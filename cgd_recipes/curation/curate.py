"""Curation of the drawn rows: examined, counted, dropped, changed, in the order of the draw and in flat memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing
from functools import partial
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from cgd_recipes.curation.ablation import ablate
from cgd_recipes.curation.protocol import Entry, Filter, Share, entry_of
from cgd_recipes.curation.ratio import at_ratio
from cgd_recipes.curation.requirements import unmet
from cgd_recipes.curation.survey import Survey
from cgd_recipes.curation.tally import Figure, Tally
from cgd_recipes.data.draw import Draw
from cgd_recipes.data.filters.protocol import Drop
from cgd_recipes.data.measure import Measure
from cgd_recipes.data.rows import Row
from cgd_recipes.errors import RecipeError
from cgd_recipes.files.writer import JsonlWriter
from cgd_recipes.recipe.plan import Plan

_BATCH = 256
"""Rows examined at once: enough for the grading workers to share, few enough to keep memory flat."""


class Both(NamedTuple):
    """A figure of all examined rows, and of those that are used; None where no row is asked."""

    share: Share
    examined: Figure | None
    used: Figure | None


def _filters(plan: Plan, measure: Measure) -> dict[str, Filter]:
    # They bring the grader, whose import takes as long as all else that a render needs.
    from cgd_recipes.curation.filters import FILTERS

    return {name: make(plan, measure) for name, make in FILTERS.items()}


class Curation:
    """The `curate` section of a recipe at work; without one, rows go through it as they are.

    Rows are judged by themselves and by those before them in the order of the draw, whatever the method, so that all methods
    of a recipe keep the same rows in the same order.

    Attributes:
        examined: every row that was looked at, by its facts.
        kept: the rows that are used, by their facts after they were changed.
        survey: what a data report shows of the examined rows.

    Args:
        plan: what the rows are for.
        measure: how tokens are counted.
        folder: where to write lists of what was found; None writes none.
    """

    def __init__(self, plan: Plan, measure: Measure, folder: Path | None = None):
        self.examined, self.kept = Tally(), Tally()
        self._plan, self._is_on = plan, bool(plan.recipe.get("curate"))
        self._filters = _filters(plan, measure) if self._is_on else {}
        self._listings = _Listings(folder)
        self.survey = Survey(measure, self.shares)
        self._ratio: dict[str, float] | None = plan.recipe.get("curate", "verdict_ratio")
        self._sample = plan.recipe.data["sample"]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for each in self._filters.values():
            each.close()

    @property
    def is_on(self) -> bool:
        """Whether the recipe has a `curate` section."""
        return self._is_on

    @property
    def reads(self) -> list[str]:
        """Row fields that are looked at."""
        return sorted(frozenset[str]().union(*(each.reads for each in self._filters.values())))

    @property
    def drops(self) -> bool:
        """Whether rows may be dropped, so that more must be drawn than are asked for."""
        return self._ratio is not None or any(each.drops for each in self._filters.values())

    @property
    def shares(self) -> list[Share]:
        """Every figure that may be counted."""
        return [share for each in self._filters.values() for share in each.shares]

    def limit(self, sample: int | None) -> int | None:
        """How many rows a draw must give for so many to be used: all, where rows may be dropped."""
        return None if self.drops else sample

    def choose(self, draw: Draw) -> Iterator[Row]:
        """The rows of a draw that are used, in their order, as many as `data.sample` asks for; dropped ones are listed.

        Raises:
            RecipeError: something that a filter needs is not installed or cannot be read.
        """
        if not self._is_on:
            yield from draw.rows()
            return
        entries = self._passing(draw.rows(), draw)
        if self._ratio:
            entries = at_ratio(entries, self._ratio, self._sample, partial(self._reject, draw))
        with self._listings:
            for entry in ablate(islice(entries, self._sample), self._plan.recipe):
                self.kept.add(entry)
                yield entry.row

    def _passing(self, rows: Iterable[Row], draw: Draw) -> Iterator[Entry]:
        rows = iter(rows)
        while batch := [entry_of(row) for row in islice(rows, _BATCH)]:
            left = batch
            for each in self._filters.values():
                each.examine(left)
            for entry in batch:
                self.examined.add(entry)
                self.survey.add(entry)
                self._listings.add(entry)
            for each in self._filters.values():
                left = [entry for entry in left if not self._is_dropped(each.apply(entry), entry, draw)]
            yield from left

    def _is_dropped(self, why: Drop | None, entry: Entry, draw: Draw) -> bool:
        if why is not None:
            self._reject(draw, entry, why)
        return why is not None

    def _reject(self, draw: Draw, entry: Entry, why: Drop) -> None:
        self.survey.drop(entry, why.rejection.text)
        draw.rejects.add(entry.row.id, entry.row.origin, why.rejection, **why.facts)

    def check(self) -> None:
        """See that the rows that are used meet `curate.require`.

        Raises:
            RecipeError: every bound that is not met, with figure, interval and the worst rows.
        """
        problems = list(unmet(self._plan.recipe, self.shares, self.kept)) if self._is_on else []
        if problems:
            raise RecipeError(problems)

    def warnings(self) -> list[str]:
        """What a user should know of the rows that are used."""
        has_grades = any("gold" in dict(facts) for facts in self.examined.counted)
        if not self._is_on or has_grades or not self._plan.recipe.curate["truth"]:
            return []
        return ["no row has a gold answer to grade by; name its column with data.columns.answer"]

    def summary(self) -> dict[str, Any]:
        """For the manifest and the card: figures of all examined rows and of those that are used."""
        return {
            "examined": self.examined.rows,
            "used": self.kept.rows,
            "inputs": {name: value for each in self._filters.values() for name, value in each.inputs().items()},
            "figures": {
                both.share.name: {"examined": _counts(both.examined), "used": _counts(both.used)}
                for both in self.figures()
            },
            "changed": self.kept.values("changed"),
            "verdict_against_truth": {
                verdict: dict(sorted(counts.items()))
                for verdict, counts in self.examined.crossed("verdict", "student").items()
            },
        }

    def figures(self) -> list[Both]:
        """Every figure that there is."""
        found = [Both(share, self.examined.figure(share), self.kept.figure(share)) for share in self.shares]
        return [both for both in found if both.examined]


class _Listings(ExitStack):
    """The lists of what was found; a file is made with its first line."""

    def __init__(self, folder: Path | None):
        super().__init__()
        self._folder, self._writers = folder, dict[str, JsonlWriter]()

    def add(self, entry: Entry) -> None:
        """List what was found of a row."""
        if self._folder is None:
            return
        for name, lines in entry.listed.items():
            if name not in self._writers:
                self._writers[name] = self.enter_context(closing(JsonlWriter(self._folder / name)))
            for line in lines:
                self._writers[name].write(line)


def _counts(figure: Figure | None) -> list[int] | None:
    return [figure.hits, figure.total] if figure else None
