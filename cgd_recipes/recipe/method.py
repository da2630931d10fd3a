"""A method: which row fields it needs, what the student sees, what it is trained on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from cgd_recipes.files.shipped import data_root
from cgd_recipes.files.templates import compile_templates
from cgd_recipes.recipe.family import find_data_file
from cgd_recipes.recipe.prompt_file import PromptFile
from cgd_recipes.recipe.recipe import Recipe

FOLDER = "templates/methods"
PARTS = ("user", "assistant", "rejected", "context")


@dataclass
class Method(PromptFile):
    """One method file; see PromptFile."""

    @property
    def is_preference(self) -> bool:
        """Whether examples are (chosen, rejected) pairs."""
        return "rejected" in self.values

    @property
    def is_on_policy(self) -> bool:
        """Whether the student answers by itself, and a context that it does not see says what it is drawn towards."""
        return "context" in self.values

    @property
    def shape(self) -> str:
        """The shape of its examples: `conversations`, `preference pairs` or `own answers`."""
        if self.is_on_policy:
            return "own answers"
        return "preference pairs" if self.is_preference else "conversations"

    @property
    def parts(self) -> list[str]:
        """Keys of the templates that it has."""
        return [part for part in PARTS if part in self.values]

    @cached_property
    def borrowed(self) -> list[str]:
        """Row fields that come from the next row."""
        return [name for name, how in self.values.get("replace", {}).items() if "from" in how]

    @cached_property
    def _fixed(self) -> dict[str, str]:
        return {name: how["text"] for name, how in self.values.get("replace", {}).items() if "text" in how}

    @cached_property
    def _render(self) -> Callable[[Mapping[str, Any]], dict[str, str]]:
        return compile_templates({part: self.values[part] for part in self.parts})

    def render(self, row: Mapping[str, Any]) -> dict[str, str]:
        """The texts of one example.

        Args:
            row: row fields; those in `borrowed` already hold the other row's content.

        Returns:
            `user` and `assistant`, and `rejected` for preference methods; `user` and `context` for on-policy ones.
        """
        return self._render({**row, **self._fixed} if self._fixed else row)


def load_method(recipe: Recipe) -> Method:
    """The method of a recipe, with its templates checked.

    Raises:
        RecipeError: unknown method, or every mistake in the method file.
    """
    return read_method(find_data_file(recipe, "method", FOLDER))


def shipped_method(name: str) -> Method:
    """A shipped method by name."""
    return read_method(data_root() / FOLDER / f"{name}.yaml")


def read_method(path: Path) -> Method:
    """Read one method file, merging it over what it extends.

    Raises:
        RecipeError: every mistake, located.
    """
    return Method.load(path, "method", FOLDER, PARTS)
