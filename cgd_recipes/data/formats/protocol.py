"""What a format does: it tells the records of one layout and turns them into row fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

RowFields = dict[str, Any]
"""Row field -> content; see `schemas/row.schema.json`."""


class Format(Protocol):
    """A layout of records."""

    @property
    def name(self) -> str:
        """The name that recipes use for it."""

    @property
    def columns(self) -> frozenset[str]:
        """Every column that it reads."""

    def matches(self, record: Mapping[str, Any]) -> bool:
        """Whether a record has the columns that tell this format."""

    def unpack(self, record: Mapping[str, Any]) -> RowFields:
        """The row fields of a record that matches.

        Raises:
            RowError: what the columns hold is not of this format.
        """

    @property
    def has_labels(self) -> bool:
        """Whether it reads labelled paragraphs of a text."""

    @property
    def weight(self) -> int:
        """By how many columns and labels it is told. Of several formats that fit a record, the one with most is taken."""
