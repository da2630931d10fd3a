"""Counts of rows by all their facts at once, from which every figure follows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from cgd_recipes.curation.protocol import Entry, Facts, Share
from cgd_recipes.reporting import words
from cgd_recipes.reporting.statistics.proportion import Interval, wilson

WORST = 10
"""Rows that are remembered for each combination of facts."""


class Figure(NamedTuple):
    """A share with its counts.

    Attributes:
        share: what it is.
        hits: rows that have it.
        total: rows that are asked, at least one.
    """

    share: Share
    hits: int
    total: int

    @property
    def interval(self) -> Interval:
        """The share with Wilson's 95 % interval."""
        return wilson(self.hits, self.total)


@dataclass
class Tally:
    """Rows by their facts.

    Attributes:
        rows: how many.
        counted: facts, sorted by name -> rows that have just these.
        examples: the same -> ids of the first rows.
    """

    rows: int = 0
    counted: Counter[tuple[tuple[str, str], ...]] = field(default_factory=Counter)
    examples: dict[tuple[tuple[str, str], ...], list[str]] = field(default_factory=dict)

    def add(self, entry: Entry) -> None:
        """Count one row."""
        key = tuple(sorted(entry.facts.items()))
        self.rows += 1
        self.counted[key] += 1
        named = self.examples.setdefault(key, [])
        if len(named) < WORST:
            named.append(entry.row.id)

    def figure(self, share: Share, **given: str) -> Figure | None:
        """A share, of those rows alone that have the given facts; None where no row is asked, for then there is none."""
        asked = [(facts, count) for facts, count in self._groups(given) if share.asks(facts)]
        total = sum(count for _, count in asked)
        if not total:
            return None
        return Figure(share, sum(count for facts, count in asked if share.has(facts)), total)

    def crossed(self, row: str, column: str) -> dict[str, Counter[str]]:
        """Value of the one fact -> value of the other -> rows, where both are known; sorted."""
        found: dict[str, Counter[str]] = {}
        for facts, count in self._groups({}):
            if row in facts and column in facts:
                found.setdefault(facts[row], Counter())[facts[column]] += count
        return {value: found[value] for value in sorted(found)}

    def values(self, fact: str) -> dict[str, int]:
        """Value of a fact -> rows, sorted."""
        found: Counter[str] = Counter()
        for facts, count in self._groups({}):
            found.update({facts[fact]: count} if fact in facts else {})
        return dict(sorted(found.items()))

    def worst(self, share: Share) -> list[str]:
        """Ids of the first rows that speak against a share: without what is good, or with what is bad."""
        found = [
            row
            for key, named in self.examples.items()
            if share.asks(dict(key)) and share.has(dict(key)) != share.is_good
            for row in named
        ]
        return found[:WORST]

    def _groups(self, given: Facts) -> Iterator[tuple[dict[str, str], int]]:
        for key, count in self.counted.items():
            facts = dict(key)
            if all(facts.get(name) == value for name, value in given.items()):
                yield facts, count


def figure_text(figure: Figure | None) -> str:
    """`93.7 [92.1, 95.0] % of 1,200`, or a dash."""
    return f"{words.with_bounds(figure.interval)} % of {figure.total:,}" if figure else "-"
