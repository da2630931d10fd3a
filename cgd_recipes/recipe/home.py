"""`~` in the paths of a recipe."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cgd_recipes.errors import Problem, Where

if TYPE_CHECKING:
    from cgd_recipes.recipe.recipe import Recipe

_PATH_KEYS: tuple[tuple[str, ...], ...] = (
    ("student",),
    ("family",),
    ("method",),
    ("data", "source"),
    ("data", "format"),
    ("generate", "output"),
    ("generate", "journal"),
    ("generate", "stages"),
    ("generate", "student", "model"),
    ("generate", "teacher", "model"),
    ("train", "checkpoint_dir"),
    ("evaluate", "data"),
)
"""Keys whose value may be a path."""


def expand_home(recipe: Recipe, problems: list[Problem]) -> None:
    """Write `~` out in every value that may be a path, as a shell would: nobody after this has to think of it."""
    for path in _PATH_KEYS:
        _expand(recipe, path, problems)


def _expand(recipe: Recipe, path: tuple[str, ...], problems: list[Problem]) -> None:
    value, holder = recipe.get(*path), recipe.get(*path[:-1])
    if isinstance(value, str):
        holder[path[-1]] = home_expanded(value, recipe.where(path), problems)
    elif isinstance(value, list):
        places = [recipe.where((*path, index)) for index in range(len(value))]
        holder[path[-1]] = [home_expanded(text, at, problems) for text, at in zip(value, places, strict=True)]


def home_expanded(text: str, where: Where, problems: list[Problem]) -> str:
    """A path with `~` written out; a home folder of nobody is added to the problems."""
    if not str(text).startswith("~"):
        return text
    expanded = os.path.expanduser(text)
    if expanded.startswith("~"):
        problems.append(Problem(where, f"'{text}' is no path: there is no user of that name"))
    return expanded
