"""A method: which row fields it needs, what the student sees, what it is trained on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from cgd_recipes.errors import Problem, RecipeError, Where
from cgd_recipes.family import find_data_file, read_checked
from cgd_recipes.recipe import Recipe
from cgd_recipes.schema import load_schema
from cgd_recipes.shipped import data_root
from cgd_recipes.template import compile_templates, template_faults

PARTS = ("user", "assistant", "rejected")


def row_fields() -> list[str]:
    """Names of all row fields, in the schema's order."""
    return list(load_schema("row")["properties"])


@dataclass
class Method:
    """One method file, with what it extends merged in.

    Attributes:
        values: mapping, valid by `method.schema.json`.
        source: the file's name for messages.
        files: every file that took part, the method's own last.
    """

    values: dict[str, Any]
    source: str
    files: list[Path]

    @property
    def name(self) -> str:
        """The method's name."""
        return str(self.values["name"])

    @property
    def needs(self) -> list[str]:
        """Row fields that must be there and not blank."""
        return list(self.values["needs"])

    @property
    def is_preference(self) -> bool:
        """Whether examples are (chosen, rejected) pairs."""
        return "rejected" in self.values

    @cached_property
    def borrowed(self) -> list[str]:
        """Row fields that come from the next row."""
        return [name for name, how in self.values.get("replace", {}).items() if "from" in how]

    @cached_property
    def _fixed(self) -> dict[str, str]:
        return {name: how["text"] for name, how in self.values.get("replace", {}).items() if "text" in how}

    @cached_property
    def _render(self) -> Callable[[Mapping[str, Any]], dict[str, str]]:
        return compile_templates({part: self.values[part] for part in PARTS if part in self.values})

    def wants(self, row: Mapping[str, Any]) -> bool:
        """Whether a row meets the method's `where`."""
        where = self.values.get("where")
        return not where or all(row.get(name) == value for name, value in where.items())

    def render(self, row: Mapping[str, Any]) -> dict[str, str]:
        """The texts of one example.

        Args:
            row: row fields; those in `borrowed` already hold the other row's content.

        Returns:
            `user` and `assistant`, and `rejected` for preference methods.
        """
        return self._render({**row, **self._fixed} if self._fixed else row)


def load_method(recipe: Recipe) -> Method:
    """The method of a recipe, with its templates checked.

    Raises:
        RecipeError: unknown method, or every mistake in the method file.
    """
    return read_method(find_data_file(recipe, "method", "templates/methods"))


def shipped_method(name: str) -> Method:
    """A shipped method by name."""
    return read_method(data_root() / "templates" / "methods" / f"{name}.yaml")


def read_method(path: Path, chain: tuple[Path, ...] = ()) -> Method:
    """Read one method file, merging it over what it extends.

    Raises:
        RecipeError: every mistake, located.
    """
    document = read_checked(path, "method")
    values: dict[str, Any] = dict(document.value)
    files: list[Path] = []
    parent = values.pop("extends", None)
    if parent is not None:
        where = document.keys[("extends",)]
        beside = path.parent / parent
        found = beside if beside.is_file() else data_root() / "templates" / "methods" / f"{parent}.yaml"
        if not found.is_file() or found.resolve() in (*chain, path.resolve()):
            raise RecipeError([Problem(where, f"cannot extend '{parent}': no such method, or it extends itself")])
        base = read_method(found, (*chain, path.resolve()))
        values, files = {**base.values, **values}, base.files
    method = Method(values, document.source, [*files, path])
    problems = [
        Problem(document.values.get((part,), Where(document.source, 1, 1)), message)
        for part in PARTS
        if part in values
        for message in template_faults(values[part], values["needs"], row_fields())
    ]
    if problems:
        raise RecipeError(problems)
    return method
