"""A draw: the rows of a source that are used, in their order, and all others counted and named."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import orjson
from xxhash import xxh3_64_intdigest

from cgd_recipes.data.counts import Counts, Rejects
from cgd_recipes.data.filters import Filter, first_drop, row_filters
from cgd_recipes.data.mixture import mixed_names
from cgd_recipes.data.rejections import MARKS, Reason, Rejection, RowError
from cgd_recipes.data.rows import Origin, Row, RowFields, RowReader, is_storable, missing_message, rows_text
from cgd_recipes.data.shuffle import Shuffle, Stored, order_key
from cgd_recipes.data.source import Record, Source
from cgd_recipes.data.splits import other_split
from cgd_recipes.data.verdict import UNREADABLE
from cgd_recipes.errors import Problem, RecipeError
from cgd_recipes.files.listing import keep_listing
from cgd_recipes.recipe.method import Method, shipped_method
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.recipe.prompt_file import row_fields
from cgd_recipes.recipe.recipe import Recipe

Tick = Callable[[int], None]


def needed_fields(recipe: Recipe, method: Method) -> list[str]:
    """Fields that a row must have: the method's own, those of `data.match_methods`, and those of the methods that are mixed.

    `check_recipe` has checked their names.
    """
    needs = dict.fromkeys(method.needs)
    others = [name for name in mixed_names(recipe) if name != method.name]
    for name in [*(recipe.get("data", "match_methods") or []), *others]:
        needs.update(dict.fromkeys(shipped_method(name).needs))
    return list(needs)


@dataclass(frozen=True)
class Selection:
    """Which rows are drawn from, and what of them is kept.

    Attributes:
        filters: what a row must pass.
        kept: row fields to keep; None for everything that JSON can hold, columns that are no row fields included.
    """

    filters: Sequence[Filter[Row]]
    kept: Sequence[str] | None

    def fields_of(self, row: Row, record: Record, reader: RowReader) -> RowFields:
        """What is kept of a row."""
        if self.kept is None:
            others = reader.others(record.values or {})
            return {**{name: value for name, value in others.items() if is_storable(value)}, **row.fields}
        fields = {name: row.fields[name] for name in self.kept if name in row.fields}
        return {**fields, "verdict": UNREADABLE} if "verdict" in row.unusable else fields


def for_method(plan: Plan, also: Iterable[str] = ()) -> Selection:
    """The rows that a plan's method trains on.

    Args:
        plan: the plan.
        also: fields to keep where a row has them, besides those that the method needs.
    """
    needs = needed_fields(plan.recipe, plan.method)
    thoughts = [name for name in row_fields() if name.endswith("_reasoning")] if plan.thinks else []
    return Selection(row_filters(plan, needs), tuple(dict.fromkeys(("id", "verdict", *needs, *also, *thoughts))))


def for_generation(plan: Plan, needs: Sequence[str]) -> Selection:
    """The rows that have what generation starts from, whatever the method will leave out of them."""
    return Selection(row_filters(plan, needs, but=("where",)), None)


class Draw:
    """One draw; it owns the folder for temporary files, the counts, and the list of rows that could not be used.

    Attributes:
        counts: what became of the rows so far.
        rejects: counts and lists rows that are not used.

    Args:
        plan: what the rows are for.
        source: where they come from.
        selection: which of them.
        limit: at most so many; None for all.
        listing: file to list rejected rows in; None for none.
        kept: where to keep that list if rows stop the run; None lists none.
        scratch: folder to keep temporary files in; None for the system's.
    """

    def __init__(
        self,
        plan: Plan,
        source: Source,
        selection: Selection,
        *,
        limit: int | None,
        listing: Path | None = None,
        kept: Path | None = None,
        scratch: Path | None = None,
    ):
        self.counts = Counts()
        self._plan, self._source, self._selection = plan, source, selection
        self._limit, self._listing, self._kept, self._scratch = limit, listing, kept, scratch
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        handle = self._stack.enter_context(open(self._listing or os.devnull, "wb"))
        if self._listing:
            self._stack.enter_context(keep_listing(handle, self._listing, self._kept))
        self.rejects = Rejects(handle, self._source, self.counts)
        folder = self._stack.enter_context(tempfile.TemporaryDirectory(dir=self._scratch, prefix=".rows."))
        self._shuffle = Shuffle(Path(folder), self._limit)
        self._stack.callback(self._shuffle.close)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def read(self, tick: Tick) -> None:
        """Read all records, and keep those rows that may be drawn.

        Args:
            tick: called with the number of records read so far, now and then.

        Raises:
            RecipeError: the source cannot be read, changes meanwhile, or lacks a column of `data.columns`.
        """
        reader, counts = RowReader(self._plan.recipe), self.counts
        unseen, seen = reader.columns, set[str]()
        for record in self._source.records():
            if unseen and record.values is not None:
                seen.update(record.values)
                unseen -= seen
            counts.read += 1
            if counts.read % 1_000 == 0:
                tick(counts.read)
            self._take(record, reader)
        tick(counts.read)
        if unseen and seen:
            raise RecipeError(reader.unknown_columns(seen, self._plan.recipe))
        self._source.check_unchanged()

    def _take(self, record: Record, reader: RowReader) -> None:
        origin = Origin(record.file, record.line)
        if record.values is None:
            self.rejects.add(None, origin, record.fault or Rejection(Reason.NOT_AN_OBJECT))
            return
        try:
            row = reader.read(record.values, origin)
            dropped = first_drop(self._selection.filters, row)
            if dropped:
                self.rejects.add(row.id, origin, dropped.rejection, **dropped.facts)
            else:
                self._store(row, record, reader)
        except RowError as error:
            self.rejects.add(_given_id(record), origin, error.rejection)
        except (TypeError, ValueError, RecursionError):  # a lone surrogate, a value that JSON does not hold
            self.rejects.add(_given_id(record), origin, Rejection(Reason.NOT_STORABLE))

    def _store(self, row: Row, record: Record, reader: RowReader) -> None:
        if split := other_split((record.values or {}).get("split"), self._plan.recipe.get("data", "split")):
            self.counts.of_other_splits[split] += 1
        key = order_key(self._plan.recipe.data["seed"], row.id)
        # By the whole row, so that rows of one id are ordered alike for all methods. Another digest would order them
        # otherwise than earlier versions did.
        digest = xxh3_64_intdigest(orjson.dumps(row.fields, option=orjson.OPT_SORT_KEYS))
        if self._shuffle.may_be_drawn(key):
            payload = orjson.dumps(self._selection.fields_of(row, record, reader))
            self._shuffle.add(key, digest, payload, *row.origin)

    def rows(self) -> Iterator[Row]:
        """The drawn rows in their final order, each once; exact repetitions are rejected. To be taken once."""
        previous: Stored | None = None
        taken = 0
        for stored in self._shuffle:
            origin = Origin(stored.file, stored.line)
            if previous and stored.key == previous.key and stored.digest == previous.digest:
                fields: dict[str, Any] = orjson.loads(stored.payload)
                self.rejects.add(fields["id"], origin, Rejection(Reason.REPEATS))
                continue
            previous = stored
            if taken == self._limit:
                break
            taken += 1
            yield Row(orjson.loads(stored.payload), origin)


def _given_id(record: Record) -> str | None:
    return str(record.values["id"]) if record.values and "id" in record.values else None


def check_rejected(plan: Plan, counts: Counts, listing: Path | None) -> None:
    """Stop when too many rows were rejected, or none is left.

    Args:
        plan: for its settings.
        counts: of all rows.
        listing: where the rejected rows are listed, for the message.

    Raises:
        RecipeError: with the commonest reasons and what to do about them.
    """
    rejected, where = counts.rejections.total(), ("data", "source")
    if counts.read == 0:
        raise RecipeError([plan.recipe.problem(where, "the source has no rows")])
    share = plan.recipe.data["max_rejected"]
    if rejected <= share * counts.read and counts.read > rejected + counts.left_out + counts.dropped.total():
        return
    problems: list[Problem] = []
    for rejection, count in counts.rejections.most_common(5):
        is_missing = rejection.reason is Reason.MISSING
        text = missing_message(rejection.field, count) if is_missing else f"{rows_text(count)}: {rejection.text}"
        problems.append(plan.recipe.problem(where, text))
    if rejected > share * counts.read:
        message = (
            f"{rejected:,} of {counts.read:,} rows cannot be used, more than data.max_rejected {share:g} allows"
            f"{listed_in(listing)}{_marks_cure(counts)}"
        )
    else:
        message = _nothing_left(plan, counts)
    raise RecipeError([*problems, plan.recipe.problem(where, message)])


def _marks_cure(counts: Counts) -> str:
    held = any(rejection.reason in MARKS for rejection in counts.rejections)
    return "; if such a mark is text in your answers, name it in data.marks_as_text" if held else ""


def _nothing_left(plan: Plan, counts: Counts) -> str:
    if counts.dropped:
        reasons = ", ".join(f"{why.text} ({count:,})" for why, count in counts.dropped.most_common(3))
        return f"no row is left: 'curate' dropped {counts.dropped.total():,} of {counts.read:,} rows: {reasons}"
    if not counts.left_out:
        return f"no row is left of {counts.read:,}: none can be used"
    where = plan.method.values.get("where") or {}
    wanted = " and ".join(f"{name} '{value}'" for name, value in where.items())
    skipped = f"all {counts.left_out:,}" if counts.left_out == counts.read else f"{counts.left_out:,}"
    return f"no row is left: method '{plan.method.name}' skipped {skipped} rows; it needs rows with {wanted}"


def listed_in(listing: Path | None) -> str:
    """The end of a message about rejected rows; a dry run lists none."""
    return f"; they are listed in {listing}" if listing else "; without --dry-run they are listed in a file"
