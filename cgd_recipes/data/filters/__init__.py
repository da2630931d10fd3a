"""Filters: every reason for which a row or an example is not used, in the order in which they are tried.

Add a filter: a class (see protocol.py), and its line in the dict of its place. What it drops is counted and listed by
its reason; the reason is a line in `rejections.Reason`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cgd_recipes.data.filters.examples import (
    Blank,
    Candidate,
    JoinedControlTokens,
    Marks,
    Overlong,
    SameAnswers,
    Thinking,
)
from cgd_recipes.data.filters.protocol import Drop, Filter, first_drop
from cgd_recipes.data.filters.rows import ControlTokens, Needs, Where
from cgd_recipes.data.measure import Measure
from cgd_recipes.data.rows import Row
from cgd_recipes.recipe.plan import Plan

__all__ = [
    "Candidate",
    "Drop",
    "Filter",
    "example_filters",
    "first_drop",
    "row_filters",
]

ROW_FILTERS: dict[str, Callable[[Plan, Sequence[str]], Filter[Row]]] = {
    "needs": Needs,
    "control_tokens": ControlTokens,
    "where": Where,
}
"""Of rows, before the draw. They take the plan and the fields that a row must have."""

EXAMPLE_FILTERS: dict[str, Callable[[Plan, Measure], Filter[Candidate]]] = {
    "thinking": Thinking,
    "blank": Blank,
    "joined_control_tokens": JoinedControlTokens,
    "marks": Marks,
    "same_answers": SameAnswers,
    "overlong": Overlong,
}
"""Of examples, before they are written. They take the plan and what measures its examples."""


def row_filters(plan: Plan, needs: Sequence[str], but: Sequence[str] = ()) -> list[Filter[Row]]:
    """The filters of rows, but those that are named."""
    return [make(plan, needs) for name, make in ROW_FILTERS.items() if name not in but]


def example_filters(plan: Plan, measure: Measure) -> list[Filter[Candidate]]:
    """The filters of examples."""
    return [make(plan, measure) for make in EXAMPLE_FILTERS.values()]
