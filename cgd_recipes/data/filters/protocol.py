"""What a filter does: it keeps, changes or drops one row, or one example, and says why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from cgd_recipes.data.rejections import Reason, Rejection

Item = TypeVar("Item", contravariant=True)


@dataclass(frozen=True, slots=True)
class Drop:
    """An item is not used.

    Attributes:
        rejection: why; it is counted.
        facts: numbers about this item; they are listed with it and not counted.
    """

    rejection: Rejection
    facts: Mapping[str, int] = field(default_factory=dict)


class Filter(Protocol[Item]):
    """One reason to drop or change items.

    Attributes:
        reads: the row fields that it looks at; a row lacks none of them when the filter sees it, but those of `needs`.
    """

    reads: frozenset[str]

    def __call__(self, item: Item, /) -> Drop | None:
        """Why an item is dropped; None keeps it.

        A filter that changes an item changes it in place and notes the `Change`.
        """


def drop(reason: Reason, field: str = "", detail: str = "", **facts: int) -> Drop:
    """A drop for a reason."""
    return Drop(Rejection(reason, field, detail), facts)


def first_drop(filters: Iterable[Filter[Item]], item: Item) -> Drop | None:
    """What the first filter says that drops an item; None where all keep it."""
    for apply in filters:
        found = apply(item)
        if found is not None:
            return found
    return None
