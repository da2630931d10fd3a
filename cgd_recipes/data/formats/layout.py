"""Formats that are described in a file: `recipes/formats/*.yaml`, or a file of the user's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from cgd_recipes.data.formats.protocol import RowFields
from cgd_recipes.data.formats.turns import read_turns, single_text
from cgd_recipes.data.rejections import Reason, RowError
from cgd_recipes.recipe.family import read_checked

FILLED = "filled"


def read_fields(record: Mapping[str, Any], fields: Mapping[str, str | list[str]]) -> RowFields:
    """Row fields from a column each, or from several whose texts are joined by a blank line."""
    row: RowFields = {}
    for name, columns in fields.items():
        if isinstance(columns, str):
            if record.get(columns) is not None:
                row[name] = single_text(record[columns], columns)
            continue
        texts = [record[column] for column in columns if record.get(column) not in (None, "")]
        if not all(isinstance(text, str) for text in texts):
            raise RowError(Reason.NOT_TEXT, " and ".join(columns))
        row[name] = "\n\n".join(texts)
    return row


def read_nothing(record: Mapping[str, Any], refused: Mapping[str, str | list[Any]]) -> RowFields:
    """No field; a row that says in one of these columns that it is more, or other, than what the format reads is not used."""
    for column, values in refused.items():
        value = record.get(column)
        if value in (None, "", [], {}):
            continue
        if values == FILLED or any(_is_written(value, each) for each in values):
            raise RowError(Reason.COLUMN_UNREAD, column, "something" if values == FILLED else str(value).lower())
    return {}


def _is_written(value: Any, wanted: Any) -> bool:
    """Whether a value is true or false, as tables and other programs write it: false, 0, 0.0, 'False'."""
    return str(value).lower() == str(wanted).lower() or (isinstance(value, int | float) and value == wanted)


def read_blocks(record: Mapping[str, Any], blocks: Mapping[str, Any]) -> RowFields:
    """Row fields from the labelled paragraphs of one column."""
    column, text = blocks["column"], record[blocks["column"]]
    (first_name, first), *others = blocks["labels"].items()
    if not isinstance(text, str):
        raise RowError(Reason.NOT_TEXT, f"'{column}'")
    if not text.lstrip().startswith(first):
        raise RowError(Reason.BLOCKS_BEGIN_OTHERWISE, column, first)
    row: RowFields = {}
    name, rest = first_name, text.lstrip()[len(first) :]
    for next_name, label in others:
        places = _paragraphs_with(label, rest)
        if len(places) != 1:
            raise RowError(Reason.BLOCKS_NOT_ONCE, column, label)
        row[name], rest = rest[: places[0]].strip(), rest[places[0] + len(label) :]
        name = next_name
    row[name] = rest.strip()
    return row


def _paragraphs_with(label: str, text: str) -> list[int]:
    """Where paragraphs begin with a label, a blank line before them; in time that grows with the text alone."""
    places = []
    at = text.find(f"\n{label}")
    while at >= 0:
        before = text.rfind("\n", 0, at)
        if before >= 0 and not text[before:at].strip():
            places.append(at + 1)
        at = text.find(f"\n{label}", at + 1)
    return places


PARTS: dict[str, Callable[[Mapping[str, Any], Any], RowFields]] = {
    "refused": read_nothing,
    "fields": read_fields,
    "blocks": read_blocks,
    "turns": read_turns,
}
"""Key of a format file -> what reads row fields by it; later ones win. A new one is named here and in the schema."""


@dataclass(frozen=True)
class LayoutFormat:
    """A format as its file describes it.

    Attributes:
        values: the file's mapping, valid by `format.schema.json`.
    """

    values: dict[str, Any]

    @property
    def name(self) -> str:
        """The name that the file gives itself."""
        return str(self.values["name"])

    @cached_property
    def columns(self) -> frozenset[str]:
        """Every column that it reads."""
        columns = {*self.values["keys"], *self.values.get("refused", {})}
        for source in self.values.get("fields", {}).values():
            columns.update([source] if isinstance(source, str) else source)
        return frozenset(columns)

    @property
    def has_labels(self) -> bool:
        """Whether it reads labelled paragraphs."""
        return "blocks" in self.values

    @cached_property
    def weight(self) -> int:
        """Columns and labels that tell it."""
        return len(self.values["keys"]) + len(self.values.get("blocks", {}).get("labels", {}))

    def matches(self, record: Mapping[str, Any]) -> bool:
        """Whether a record has the columns that tell this format."""
        return all(record.get(key) is not None for key in self.values["keys"])

    def unpack(self, record: Mapping[str, Any]) -> RowFields:
        """The row fields of a record that matches.

        Raises:
            RowError: what the columns hold is not of this format.
        """
        row: RowFields = {}
        for part, read in PARTS.items():
            if part in self.values:
                row.update(read(record, self.values[part]))
        return row


def load_layout(path: Path) -> LayoutFormat:
    """The format that a file describes.

    Raises:
        RecipeError: every mistake in the file, located.
    """
    return LayoutFormat(read_checked(path, "format").value)
