"""Quality of critiques: the ratings of the `judge` stage, as the paper reports them (arXiv 2505.11628, its judge study)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from cgd_recipes.curation.protocol import Entry, Filter, Share
from cgd_recipes.data.filters.protocol import Drop
from cgd_recipes.data.measure import Measure
from cgd_recipes.recipe.plan import Plan

RATINGS = ("informativeness", "specificity")
"""Facts, with values from `1` to `5`."""
_GRADES = ("1", "2", "3", "4", "5")
_BOTH = dict.fromkeys(RATINGS, _GRADES)
_HIGH = dict.fromkeys(RATINGS, _GRADES[3:])
SHARES = (
    Share("good_critiques", "critiques rated 4 or 5 for informativeness and for specificity", _BOTH, _HIGH, True),
)  # fmt: skip


class Quality(Filter):
    """Counts ratings. It drops nothing."""

    reads = frozenset(RATINGS)
    shares: ClassVar[tuple[Share, ...]] = SHARES
    drops = False

    def __init__(self, plan: Plan, measure: Measure):
        pass

    def examine(self, entries: Sequence[Entry]) -> None:
        """Take the ratings that rows have."""
        for entry in entries:
            for name in RATINGS:
                rating = str(entry.row.fields.get(name, ""))
                if rating in _GRADES:
                    entry.facts[name] = rating

    def apply(self, entry: Entry) -> Drop | None:
        """Keep every row."""
