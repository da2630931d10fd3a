"""Row fields from the records of a source, whatever their format."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson

from cgd_recipes.data.formats import load_formats, unpack
from cgd_recipes.data.formats.protocol import RowFields
from cgd_recipes.data.rejections import Reason, Rejection
from cgd_recipes.data.verdict import verdict_of
from cgd_recipes.errors import Problem, did_you_mean
from cgd_recipes.files.blank import VISIBLE, is_blank
from cgd_recipes.files.schema import load_schema
from cgd_recipes.recipe.prompt_file import row_fields
from cgd_recipes.recipe.recipe import Recipe

__all__ = ["Origin", "Row", "RowFields", "RowReader", "is_storable", "missing_message", "rows_text"]

_TEXT = frozenset(
    name for name, of in load_schema("row")["properties"].items()
    if "string" in of.get("type", ()) and name not in ("id", "answer")
)  # fmt: skip
_GENERATED = ("student_response", "critique", "verdict", "refined_response", "teacher_response")
_LARGEST = 2**63  # from here on orjson writes no whole number


class Origin(NamedTuple):
    """Where a row stands.

    Attributes:
        file: index into `Source.files`.
        line: 1-based line, or number of the row.
    """

    file: int
    line: int


@dataclass(slots=True)
class Row:
    """One row.

    Attributes:
        fields: row field -> content, blank ones left out.
        origin: where it stands.
        unusable: field -> why what stands there is not used; it matters where the field is needed.
    """

    fields: RowFields
    origin: Origin
    unusable: dict[str, Rejection] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Its name."""
        return str(self.fields["id"])

    def lacks(self, name: str) -> Rejection | None:
        """Why a field cannot be used; None where it can."""
        if name in self.fields:
            return None
        return self.unusable.get(name) or Rejection(Reason.MISSING, name)


class RowReader:
    """Turns records into rows by a recipe's `data.columns` and `data.format`.

    Args:
        recipe: the recipe.

    Raises:
        RecipeError: an unknown format, or mistakes in a format file.
    """

    def __init__(self, recipe: Recipe):
        self._columns = recipe.data.get("columns") or {}
        self._formats = load_formats(recipe)
        self._is_asked_for = recipe.data["format"] not in ("auto", "rows")
        self._fields = frozenset(row_fields())
        named = {name: self._columns.get(name, name) for name in row_fields()}
        self._plain = {name: column for name, column in named.items() if column is not None}
        self._taken_away = [name for name, column in named.items() if column is None]

    def unknown_columns(self, seen: Iterable[str], recipe: Recipe) -> list[Problem]:
        """Problems with `data.columns`, given all the keys that the records have."""
        known = set(seen)
        problems = []
        for name, column in self._columns.items():
            if column is not None and column not in known:
                hint = did_you_mean(column, known) or f"; the source has: {', '.join(sorted(known))}"
                problems.append(recipe.problem(("data", "columns", name), f"no column '{column}' in the source{hint}"))
        return problems

    @property
    def columns(self) -> set[str]:
        """Columns that `data.columns` names."""
        return {column for column in self._columns.values() if column is not None}

    def others(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """Columns of a record that no row field is read from."""
        question = self._plain.get("question", "")
        is_plain = record.get(question) is not None and not self._is_asked_for
        unpacked = set() if is_plain else {column for form in self._formats for column in form.columns}
        read = {*self._fields, *self.columns, *unpacked}
        return {name: value for name, value in record.items() if name not in read}

    def read(self, record: Mapping[str, Any], origin: Origin) -> Row:
        """The row of one record; `verdict` is read off the critique, or `student_correct`, where it is not given.

        Raises:
            RowError: a format that cannot be told.
        """
        given = {name: value for name, column in self._plain.items() if (value := record.get(column)) is not None}
        if "question" not in given or self._is_asked_for:
            unpacked = unpack(record, self._formats)
            given = {**{name: value for name, value in unpacked.items() if name not in self._taken_away}, **given}
        row = Row({}, origin)
        for name, value in given.items():
            if type(value) is str and value.isascii() and VISIBLE.search(value):  # nearly all are
                row.fields[name] = value
            else:
                _set(row, name, value)
        _set_verdict(row)
        row.fields["id"] = str(row.fields["id"]) if "id" in row.fields else _content_id(row.fields)
        return row


def _plain_value(name: str, value: Any) -> Any:
    """A value as text or a number that JSON holds, where it is one: bytes, NaN and large numbers come from tables.

    Bytes that are no text make an id all the same, but no text to train on.
    """
    if isinstance(value, bytes):
        try:
            text = value.decode()
        except UnicodeDecodeError:
            return value.hex() if name == "id" else value
        return value.hex() if name == "id" and not text.isprintable() else text
    if isinstance(value, float) and value != value:
        return None
    return str(value) if type(value) is int and abs(value) >= _LARGEST else value


def _set(row: Row, name: str, value: Any) -> None:
    """Set a field, unless it is blank, or of another type than the field has."""
    value = _plain_value(name, value)
    if name in _TEXT and value is not None and not isinstance(value, str):
        row.unusable[name] = Rejection(Reason.NOT_TEXT, name)
    elif name != "id" and not is_storable(value):
        row.unusable[name] = Rejection(Reason.NOT_STORABLE)
    elif value is not None and not (isinstance(value, str) and is_blank(value)):
        row.fields[name] = value


def is_storable(value: Any) -> bool:
    """Whether JSON holds a value; it holds no lone surrogate, and no image, say."""
    if isinstance(value, str) and value.isascii():
        return True
    try:
        orjson.dumps(value)
    except (TypeError, ValueError, RecursionError):
        return False
    return True


def _set_verdict(row: Row) -> None:
    fields = row.fields
    found: str | None = None
    if "verdict" in fields:
        found = str(fields["verdict"]).strip().lower()
    elif "critique" in fields:
        found = verdict_of(fields["critique"])
    elif "critique" not in row.unusable and isinstance(fields.get("student_correct"), bool):
        found = "right" if fields["student_correct"] else "wrong"
    if found in ("right", "wrong"):
        fields["verdict"] = found
    elif found is not None:
        fields.pop("verdict", None)
        row.unusable["verdict"] = Rejection(Reason.NOT_A_VERDICT)


def _content_id(fields: RowFields) -> str:
    content = orjson.dumps(fields, option=orjson.OPT_SORT_KEYS, default=str)
    return f"row-{hashlib.blake2b(content, digest_size=8).hexdigest()}"


def rows_text(count: int) -> str:
    """`1 row`, `12,340 rows`."""
    return f"{count:,} row{'' if count == 1 else 's'}"


def missing_message(name: str, count: int) -> str:
    """What to do about rows that lack a field."""
    what, have = name.replace("_", " "), "has" if count == 1 else "have"
    if name in _GENERATED:
        return f"{rows_text(count)} {have} no {what}: run `cgd-recipe generate` first"
    return f"{rows_text(count)} {have} no {what}: name its column with data.columns.{name}"
