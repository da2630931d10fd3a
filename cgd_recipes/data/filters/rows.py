"""Filters of rows, before the draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cgd_recipes.data.filters.protocol import Drop, drop
from cgd_recipes.data.rejections import Reason
from cgd_recipes.data.rows import Row
from cgd_recipes.data.texts import texts_in
from cgd_recipes.recipe.plan import Plan


class Needs:
    """Drops rows that lack a field, or hold something else there.

    Args:
        plan: the plan.
        needs: the fields.
    """

    def __init__(self, plan: Plan, needs: Sequence[str]):
        self.reads = frozenset(needs)
        self._needs = needs

    def __call__(self, row: Row, /) -> Drop | None:
        """The first field that is missing."""
        for name in self._needs:
            rejection = row.lacks(name)
            if rejection:
                return Drop(rejection)
        return None


class ControlTokens:
    """Drops rows whose text holds a control token, where `data.control_tokens` is `reject`."""

    def __init__(self, plan: Plan, needs: Sequence[str]):
        self.reads = frozenset(needs)
        self._needs = needs
        rejects = plan.recipe.data["control_tokens"] == "reject"
        self._pattern = plan.family.control_pattern() if rejects else None

    def __call__(self, row: Row, /) -> Drop | None:
        """Whether any needed field holds one, however deep."""
        if self._pattern is None:
            return None
        texts = (text for name in self._needs for text in texts_in(row.fields[name]))
        return drop(Reason.CONTROL_TOKEN) if any(map(self._pattern.search, texts)) else None


class Where:
    """Drops rows that a method does not train on, by its `where`."""

    def __init__(self, plan: Plan, needs: Sequence[str]):
        self._wanted: Mapping[str, Any] = plan.method.values.get("where") or {}
        self.reads = frozenset(self._wanted)

    def __call__(self, row: Row, /) -> Drop | None:
        """Whether a field has another value."""
        if all(row.fields.get(name) == value for name, value in self._wanted.items()):
            return None
        return drop(Reason.NOT_FOR_THE_METHOD)
