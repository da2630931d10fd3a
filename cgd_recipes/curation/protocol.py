"""What a filter of curation does: it finds facts about rows, and by them it keeps, changes or drops each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple, Protocol

from cgd_recipes.data.filters.protocol import Drop, drop
from cgd_recipes.data.measure import Measure
from cgd_recipes.data.rejections import Reason
from cgd_recipes.data.rows import Row
from cgd_recipes.recipe.plan import Plan

Facts = Mapping[str, str]
"""Name of a fact -> its value, one of a few: they are counted together. A fact that cannot be told is absent."""

_SAID = ("right", "wrong")


@dataclass(slots=True)
class Entry:
    """A row under examination.

    Attributes:
        row: the row; a filter may change its fields.
        facts: what is known of it.
        notes: more of it, for people: texts and numbers that are not counted.
        listed: name of a file -> what is to be listed there of the row.
    """

    row: Row
    facts: dict[str, str]
    notes: dict[str, Any] = field(default_factory=dict)
    listed: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


class Share(NamedTuple):
    """A figure: of some rows, those that have something.

    Attributes:
        name: for `curate.require` and for machines.
        title: for people, what is counted; "of" what follows.
        of: which rows are asked: fact -> the values that count.
        hits: which of them have it.
        is_good: whether more of it is better, so that a bound is a lower one.
    """

    name: str
    title: str
    of: Mapping[str, Sequence[str]]
    hits: Mapping[str, Sequence[str]]
    is_good: bool

    def asks(self, facts: Facts) -> bool:
        """Whether a row with these facts is asked."""
        return _fits(facts, self.of)

    def has(self, facts: Facts) -> bool:
        """Whether a row that is asked has it."""
        return _fits(facts, self.hits)


def _fits(facts: Facts, wanted: Mapping[str, Sequence[str]]) -> bool:
    return all(facts.get(name) in values for name, values in wanted.items())


class Filter(Protocol):
    """One thing that is looked at in rows. A filter extends it, for what most of them do alike.

    Attributes:
        reads: row fields that it looks at; a row may lack them.
        shares: figures that its facts give.
        drops: whether it may drop a row, as the recipe has it.
    """

    reads: frozenset[str]
    shares: ClassVar[tuple[Share, ...]]
    drops: bool

    def __init__(self, plan: Plan, measure: Measure):
        """Read the `curate` section of a plan; the measure counts tokens."""

    def examine(self, entries: Sequence[Entry]) -> None:
        """Set the facts of some rows, whether or not another filter drops them.

        A fact depends on the row alone, or on rows before it in the order of the draw.

        Raises:
            RecipeError: something that it needs is not installed or cannot be read.
        """

    def apply(self, entry: Entry) -> Drop | None:
        """Why a row is dropped; None keeps it. It may change the row, and then sets the facts anew."""

    def inputs(self) -> dict[str, Any]:
        """What its facts depend on besides the rows and the recipe, for the manifest; asked once the rows are through."""
        return {}

    def close(self) -> None:
        """End what it started; most filters start nothing."""
        return


def because(text: str) -> Drop:
    """A drop for a reason in words, the same ones for all rows that share it."""
    return drop(Reason.CURATED, detail=text)


def entry_of(row: Row) -> Entry:
    """A row of which no more is known than its verdict."""
    verdict = row.fields.get("verdict")
    return Entry(row, {"verdict": verdict if verdict in _SAID else "unreadable"} if verdict else {})
