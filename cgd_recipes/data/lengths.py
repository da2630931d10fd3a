"""The lengths of all examples of a dataset, and the rows that are too long."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cgd_recipes.data.counts import Counts
from cgd_recipes.data.draw import listed_in
from cgd_recipes.data.measure import Measure
from cgd_recipes.errors import RecipeError
from cgd_recipes.recipe.plan import Plan

BINS = tuple(128 << power for power in range(9))
"""Upper bounds of the histogram's bins, in tokens; one more bin holds the rest."""
_MAX_LISTED_IDS = 3


@dataclass
class LengthTally:
    """How long the examples of a dataset are, and which rows were too long.

    Attributes:
        measure: how they are measured.
        counted: length in tokens -> examples written.
        too_long: rows left out for their length.
        ids: the first of them.
        longest: the longest of them, in tokens.
    """

    measure: Measure
    counted: Counter[int] = field(default_factory=Counter)
    too_long: int = 0
    ids: list[str] = field(default_factory=list)
    longest: int = 0

    @property
    def maybe_too_long(self) -> int:
        """Examples written that an estimate puts over the limit, but not by far."""
        return sum(count for length, count in self.counted.items() if length > self.measure.limit)

    def add_too_long(self, row_id: str, tokens: int) -> None:
        """Count a row that is left out for its length."""
        self.too_long += 1
        self.longest = max(self.longest, tokens)
        if len(self.ids) < _MAX_LISTED_IDS:
            self.ids.append(row_id)

    def summary(self) -> dict[str, Any]:
        """For the manifest and the card: how lengths were found, percentiles, histogram."""
        return {
            "sequence_len": self.measure.limit,
            "lengths": self.measure.how,
            "basis": self.measure.basis,
            "too_long": self.too_long,
            "maybe_too_long": self.maybe_too_long,
            **{name: self._percentile(share) for name, share in (("p50", 0.5), ("p95", 0.95), ("max", 1.0))},
            "histogram": self._histogram(),
        }

    def _percentile(self, share: float) -> int:
        left = math.ceil(share * self.counted.total())
        for length in sorted(self.counted):
            left -= self.counted[length]
            if left <= 0:
                return length
        return 0

    def _histogram(self) -> list[dict[str, int | None]]:
        below = [sum(count for length, count in self.counted.items() if length <= bound) for bound in BINS]
        bins = zip([*BINS, None], [*below, self.counted.total()], [0, *below], strict=True)
        return [{"up_to": bound, "examples": total - before} for bound, total, before in bins]


def check_overlong(plan: Plan, lengths: LengthTally, counts: Counts, listing: Path | None) -> None:
    """Stop when rows are too long and `data.overlong` is `error`, too many are too long, or no row is left.

    Args:
        plan: for its settings.
        lengths: of all examples.
        counts: of all rows.
        listing: where the rejected rows are listed, for the message.

    Raises:
        RecipeError: how many are too long, the first of them, and what to do.
    """
    drawn, share = counts.examples + lengths.too_long, plan.recipe.data["max_rejected"]
    stops = plan.recipe.data["overlong"] == "error"
    if not lengths.too_long or (not stops and counts.examples and lengths.too_long <= share * drawn):
        return
    measure = lengths.measure
    about = "" if measure.chat else "about "
    more = "" if stops else f", more than data.max_rejected {share:g} allows"
    remedy = " or set data.overlong: drop" if stops else " or data.max_rejected"
    if not counts.examples:
        more, remedy = ", so that no row is left", ""
    named = ", ".join(lengths.ids) + (" ..." if lengths.too_long > len(lengths.ids) else "")
    message = (
        f"{lengths.too_long:,} of {drawn:,} examples are longer than {measure.limit:,} tokens{more}: {named}; "
        f"the longest has {about}{lengths.longest:,} ({measure.basis}); "
        f"raise train.sequence_len{remedy}{listed_in(listing)}"
    )
    raise RecipeError([plan.recipe.problem(("train", "sequence_len"), message)])
