"""Row fields from the records of a source, whatever their layout."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

import orjson

from cgd_recipes.data.verdict import parse_verdict
from cgd_recipes.errors import Problem, RecipeError, did_you_mean
from cgd_recipes.files.shipped import data_root, shipped_names
from cgd_recipes.recipe.family import read_checked
from cgd_recipes.recipe.prompt_file import row_fields
from cgd_recipes.recipe.recipe import Recipe

_TEXT = frozenset(
    ["question", "reference", "student_response", "critique", "refined_response", "teacher_response"]
    + [f"{name}_reasoning" for name in ("student", "critique", "refined", "teacher", "judge")]
)

Row = dict[str, Any]


class RowFault(Exception):
    """Why a record cannot be used, in a few words which are the same for all records with this fault."""


class RowReader:
    """Turns records into rows by a recipe's `data.columns` and `data.format`.

    Args:
        recipe: the recipe.

    Raises:
        RecipeError: an unknown format.
    """

    def __init__(self, recipe: Recipe):
        self._columns: dict[str, str] = recipe.get("data", "columns") or {}
        self._fields = row_fields()
        self._plain = [(name, self._columns.get(name, name)) for name in self._fields]
        name = recipe.get("data", "format")
        names = [*shipped_names("recipes/formats")]
        if name not in ("auto", "rows", *names):
            choices = ["auto", "rows", *names]
            hint = did_you_mean(name, choices) or f"; there are: {', '.join(choices)}"
            raise RecipeError([recipe.problem(("data", "format"), f"unknown row format '{name}'{hint}")])
        wanted = names if name == "auto" else [name] if name != "rows" else []
        self._formats = [read_checked(data_root() / f"recipes/formats/{one}.yaml", "format").value for one in wanted]

    def unknown_columns(self, seen: Iterable[str], recipe: Recipe) -> list[Problem]:
        """Problems with `data.columns`, given all the keys that the records have."""
        known = set(seen)
        problems = []
        for name, column in self._columns.items():
            if column not in known:
                hint = did_you_mean(column, known) or f"; the source has: {', '.join(sorted(known))}"
                problems.append(recipe.problem(("data", "columns", name), f"no column '{column}' in the source{hint}"))
        return problems

    @property
    def columns(self) -> set[str]:
        """Columns that `data.columns` names."""
        return set(self._columns.values())

    @cached_property
    def _read_columns(self) -> set[str]:
        return {*self._fields, *self.columns}

    def others(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """Columns of a record that no row field is read from."""
        formats = [] if record.get(self._columns.get("question", "question")) is not None else self._formats
        unpacked = {key for one in formats for key in one["keys"]}
        return {
            name: value for name, value in record.items() if name not in self._read_columns and name not in unpacked
        }

    def read(self, record: Mapping[str, Any]) -> Row:
        """Row fields of one record, blank ones left out; `verdict` is read off the critique, or `student_correct`, where it is not given.

        Raises:
            RowFault: a field of the wrong type, or a layout that cannot be told.
        """
        row: Row = {}
        for name, column in self._plain:
            value = record.get(column)
            if value is not None:
                row[name] = value
        if "question" not in row:
            row.update(self._unpack(record, row))
        for name in _TEXT.intersection(row):
            text = row[name]
            if not isinstance(text, str):
                raise RowFault(f"{name} is not text")
            if not text or text.isspace():
                del row[name]
        for name in ("id", "verdict"):
            if isinstance(row.get(name), str) and not row[name].strip():
                del row[name]
        if "verdict" not in row and "critique" not in row and isinstance(row.get("student_correct"), bool):
            row["verdict"] = "right" if row["student_correct"] else "wrong"
        if "verdict" not in row and "critique" in row:
            verdict = parse_verdict(row["critique"])
            if verdict:
                row["verdict"] = verdict
        elif "verdict" in row:
            row["verdict"] = str(row["verdict"]).strip().lower()
            if row["verdict"] not in ("right", "wrong"):
                raise RowFault("verdict is neither right nor wrong")
        row["id"] = str(row["id"]) if "id" in row else _content_id(row)
        return row

    def _unpack(self, record: Mapping[str, Any], mapped: Row) -> Row:
        faults = []
        for one in self._formats:
            if not all(key in record for key in one["keys"]):
                continue
            row = {name: record[key] for name, key in one["fields"].items() if record.get(key) is not None}
            if "blocks" in one:
                try:
                    row.update(_split_blocks(record[one["blocks"]["column"]], one["blocks"]["labels"]))
                except RowFault as fault:
                    faults.append(str(fault))
                    continue
            return {**row, **mapped}
        if len(faults) == 1 or len(set(faults)) == 1:
            raise RowFault(faults[0])
        if faults:
            raise RowFault("the blocks in 'input' are of no known layout")
        return {}


def _split_blocks(text: Any, labels: Mapping[str, str]) -> Row:
    if not isinstance(text, str):
        raise RowFault("'input' is not text")
    (first_name, first), *others = labels.items()
    if not text.lstrip().startswith(first):
        raise RowFault(f"'input' does not begin with '{first}'")
    row: Row = {}
    name, rest = first_name, text.lstrip()[len(first) :]
    for next_name, label in others:
        parts = re.split(rf"\n\s*\n{re.escape(label)}", rest)
        if len(parts) != 2:
            raise RowFault(f"'input' has {len(parts) - 1} blocks '{label}', not one")
        row[name], rest = parts[0].strip(), parts[1]
        name = next_name
    row[name] = rest.strip()
    return row


def _content_id(row: Row) -> str:
    content = orjson.dumps(row, option=orjson.OPT_SORT_KEYS, default=str)
    return f"row-{hashlib.blake2b(content, digest_size=8).hexdigest()}"


def missing_fields(row: Row, needs: Iterable[str]) -> list[str]:
    """Those of the needed fields that a row lacks."""
    return [name for name in needs if name not in row]


def rows_text(count: int) -> str:
    """`1 row`, `12,340 rows`."""
    return f"{count:,} row{'' if count == 1 else 's'}"


def missing_message(name: str, count: int) -> str:
    """What to do about rows that lack a field."""
    what, have = name.replace("_", " "), "has" if count == 1 else "have"
    if name in ("student_response", "critique", "verdict", "refined_response", "teacher_response"):
        return f"{rows_text(count)} {have} no {what}: run `cgd-recipe generate` first"
    return f"{rows_text(count)} {have} no {what}: name its column with data.columns.{name}"
