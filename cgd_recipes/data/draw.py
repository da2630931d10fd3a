"""The rows of a dataset: read, checked, drawn, put in order, and all others counted and named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, NamedTuple

import orjson
from xxhash import xxh3_64_intdigest

from cgd_recipes.data.examples import Example
from cgd_recipes.data.rows import Row, RowFault, RowReader, missing_fields, missing_message, rows_text
from cgd_recipes.data.shuffle import Shuffle, Stored, order_key
from cgd_recipes.data.source import Record, Source
from cgd_recipes.errors import Problem, RecipeError
from cgd_recipes.recipe.method import Method, shipped_method
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.recipe.recipe import Recipe

PLACE = " place"
"""Key under which a row carries its file and line; the blank keeps it apart from every field."""
NOT_STORABLE = "text that is not valid Unicode, or a value that JSON cannot hold"
RENDERS_NOTHING = "the method renders nothing for it"
Tick = Callable[[int], None]


@dataclass
class Counts:
    """What became of the rows.

    Attributes:
        read: records in the source.
        rejected: reason -> rows that could not be used.
        left_out: usable rows that the method does not train on (`where`).
        examples: training examples written.
        neutralised: examples in which text was taken for a control token.
        verdicts: verdict -> examples.
        characters: of all trained texts.
    """

    read: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    left_out: int = 0
    examples: int = 0
    neutralised: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    characters: int = 0

    def add(self, example: Example) -> None:
        """Count one example that is written."""
        self.examples += 1
        self.neutralised += example.neutralised
        self.verdicts[example.row.get("verdict", "unknown")] += 1
        self.characters += len((example.record.get("chosen") or example.record["messages"][-1])["content"])

    @property
    def not_drawn(self) -> int:
        """Usable rows beyond `data.sample`."""
        return self.read - sum(self.rejected.values()) - self.left_out - self.examples


class Rejects:
    """Writes one line for every row that cannot be used, and counts it.

    Args:
        handle: open binary file.
        source: for the names of files.
        counts: where to count.
    """

    def __init__(self, handle: IO[bytes], source: Source, counts: Counts):
        self._handle, self._source, self._counts = handle, source, counts

    def add(self, row_id: str | None, file: int, line: int, reason: str, **details: int) -> None:
        """Reject one row; the details are listed and not counted."""
        self._counts.rejected[reason] += 1
        name = row_id and row_id.encode(errors="replace").decode()
        entry = {"id": name, "file": self._source.describe_file(file), "line": line, "reason": reason, **details}
        self._handle.write(orjson.dumps(entry, option=orjson.OPT_APPEND_NEWLINE))


def needed_fields(recipe: Recipe, method: Method) -> list[str]:
    """Fields that a row must have: the method's own, and those of `data.match_methods`, which `check_config` has checked."""
    needs = dict.fromkeys(method.needs)
    for name in recipe.get("data", "match_methods") or []:
        needs.update(dict.fromkeys(shipped_method(name).needs))
    return list(needs)


class Wanted(NamedTuple):
    """Which rows are wanted, and what of them.

    Attributes:
        needs: fields that a row must have.
        wants: whether a row that has them is wanted; the others are left out and counted.
        whole: whether everything of a row that JSON can hold is kept, columns that are no row fields included, or only
            what it needs.
    """

    needs: list[str]
    wants: Callable[[Row], bool]
    whole: bool = False

    def kept(self, row: Row, record: Record, reader: RowReader) -> Row:
        """What is kept of a row."""
        if self.whole:
            others = reader.others(record.values or {})
            return {**{name: value for name, value in others.items() if _is_storable(value)}, **row}
        return {name: row[name] for name in ("id", "verdict", *self.needs) if name in row}


def _is_storable(value: object) -> bool:
    """Whether JSON holds a value; it does not hold an image, say."""
    try:
        orjson.dumps(value)
    except (TypeError, ValueError):
        return False
    return True


def for_method(plan: Plan) -> Wanted:
    """The rows that a plan's method trains on."""
    return Wanted(needed_fields(plan.recipe, plan.method), plan.method.wants)


def collect(
    plan: Plan, wanted: Wanted, source: Source, shuffle: Shuffle, rejects: Rejects, counts: Counts, tick: Tick
) -> None:
    """Read all records, put usable rows that are wanted into the shuffle, and reject those that cannot be used.

    Args:
        tick: called with the number of records read so far, now and then.

    Raises:
        RecipeError: the source cannot be read, or lacks a column of `data.columns`.
    """
    reader = RowReader(plan.recipe)
    needs = wanted.needs
    seed = plan.recipe.get("data", "seed")
    forbidden = plan.family.control_pattern() if plan.recipe.get("data", "control_tokens") == "reject" else None
    unseen, seen = reader.columns, set[str]()
    for record in source.records():
        if unseen and record.values is not None:
            seen.update(record.values)
            unseen -= seen
        counts.read += 1
        if counts.read % 1_000 == 0:
            tick(counts.read)
        row, reason = _usable(record, reader, needs)
        if row is not None and forbidden and any(forbidden.search(str(row[name])) for name in needs):
            reason = "control token in the text"
        if row is None or reason:
            rejects.add(_name(record, row), record.file, record.line, reason)
            continue
        if not wanted.wants(row):
            counts.left_out += 1
            continue
        try:
            key = order_key(seed, row["id"])
            # By the whole row, so that rows of one id are ordered alike for all methods.
            digest = xxh3_64_intdigest(orjson.dumps(row, option=orjson.OPT_SORT_KEYS))
            payload = orjson.dumps(wanted.kept(row, record, reader)) if shuffle.wants(key) else None
        except (TypeError, ValueError):
            rejects.add(row["id"], record.file, record.line, NOT_STORABLE)
            continue
        if payload is not None:
            shuffle.add(key, digest, payload, record.file, record.line)
    tick(counts.read)
    if unseen and seen:
        raise RecipeError(reader.unknown_columns(seen, plan.recipe))


def _usable(record: Record, reader: RowReader, needs: list[str]) -> tuple[Row | None, str]:
    if record.values is None:
        return None, record.fault
    try:
        row = reader.read(record.values)
    except RowFault as fault:
        return None, str(fault)
    except (TypeError, ValueError):  # a lone surrogate, a number beyond 64 bits
        return None, NOT_STORABLE
    missing = missing_fields(row, needs)
    return row, f"no {missing[0]}" if missing else ""


def _name(record: Record, row: Row | None) -> str | None:
    if row is not None:
        return str(row["id"])
    return str(record.values["id"]) if record.values and "id" in record.values else None


def check_rejected(plan: Plan, counts: Counts, listing: Path | None) -> None:
    """Stop when too many rows were rejected, or none is left.

    Args:
        listing: where the rejected rows are listed, for the message.

    Raises:
        RecipeError: with the commonest reasons and what to do about them.
    """
    rejected, where = sum(counts.rejected.values()), ("data", "source")
    if counts.read == 0:
        raise RecipeError([plan.recipe.problem(where, "the source has no rows")])
    share = plan.recipe.get("data", "max_rejected")
    if rejected <= share * counts.read and counts.read > rejected + counts.left_out:
        return
    problems: list[Problem] = []
    for reason, count in counts.rejected.most_common(5):
        text = missing_message(reason[3:], count) if reason.startswith("no ") else f"{rows_text(count)}: {reason}"
        problems.append(plan.recipe.problem(where, text))
    if rejected > share * counts.read:
        message = (
            f"{rejected:,} of {counts.read:,} rows cannot be used, more than data.max_rejected {share:g} allows"
            f"{listed_in(listing)}"
        )
    else:
        message = f"no row is left: of {counts.read:,} rows, method '{plan.method.name}' leaves out {counts.left_out:,}"
    raise RecipeError([*problems, plan.recipe.problem(where, message)])


def listed_in(listing: Path | None) -> str:
    """The end of a message about rejected rows; a dry run lists none."""
    return f"; they are listed in {listing}" if listing else "; without --dry-run they are listed in a file"


def chosen_rows(shuffle: Shuffle, limit: int | None, rejects: Rejects, counts: Counts) -> Iterator[Row]:
    """Rows in their final order, each once, at most `limit`; exact repetitions are rejected."""
    previous: Stored | None = None
    taken = 0
    for stored in shuffle:
        if previous and stored.key == previous.key and stored.digest == previous.digest:
            rejects.add(orjson.loads(stored.payload)["id"], stored.file, stored.line, "repeats another row")
            continue
        previous = stored
        if taken == limit:
            break
        taken += 1
        yield {**orjson.loads(stored.payload), PLACE: (stored.file, stored.line)}
