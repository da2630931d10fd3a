"""What methods and stages of generation have in common: prompts in a file that may extend another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

from cgd_recipes.errors import Problem, RecipeError, Where
from cgd_recipes.files.paths import real_path
from cgd_recipes.files.schema import load_schema
from cgd_recipes.files.templates import template_faults
from cgd_recipes.recipe.family import find_named, read_checked


def row_fields() -> list[str]:
    """Names of all row fields, in the schema's order."""
    return list(load_schema("row")["properties"])


@dataclass
class PromptFile:
    """One file, with what it extends merged in.

    Attributes:
        values: mapping, valid by the schema of its kind.
        source: the file's name for messages.
        files: every file that took part, the file's own last.
        RENAMED: earlier name of a key, read for one release -> its name now.
    """

    RENAMED: ClassVar[Mapping[str, str]] = {}

    values: dict[str, Any]
    source: str
    files: list[Path]

    @property
    def name(self) -> str:
        """The name that the file gives itself."""
        return str(self.values["name"])

    @property
    def needs(self) -> list[str]:
        """Row fields that must be there and not blank."""
        return list(self.values["needs"])

    @classmethod
    def load(cls, path: Path, kind: str, folder: str, parts: Iterable[str], chain: tuple[Path, ...] = ()) -> Self:
        """Read a file, merge it over what it extends, and try its templates.

        Args:
            path: the file.
            kind: name of its schema, and what it is called in messages.
            folder: shipped folder of its kind.
            parts: keys that hold templates.
            chain: files that led here.

        Raises:
            RecipeError: every mistake, located.
        """
        document = read_checked(path, kind, cls.RENAMED)
        values: dict[str, Any] = dict(document.value)
        files: list[Path] = []
        parent = values.pop("extends", None)
        if parent is not None:
            where = document.values[("extends",)]
            found = find_named(kind, parent, path.parent, where, folder)
            if real_path(found) in (*chain, real_path(path)):
                raise RecipeError(
                    [Problem(where, f"'{parent}' extends this file again; a {kind} cannot extend itself")]
                )
            base = cls.load(found, kind, folder, parts, (*chain, real_path(path)))
            values, files = {**base.values, **values}, base.files
        problems = [
            Problem(document.values.get((part,), Where(document.source, 1, 1)), message)
            for part in parts
            if part in values
            for message in template_faults(values[part], values["needs"], row_fields())
        ]
        if problems:
            raise RecipeError(problems)
        return cls(values, document.source, [*files, path])
