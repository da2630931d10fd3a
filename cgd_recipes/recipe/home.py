"""`~` and `$NAME` in the paths of a recipe: the first is written out, the second is refused."""

from __future__ import annotations

import os
import re
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
    ("evaluate", "tasks"),
)
"""Keys whose value may be a path."""
_VARIABLE = re.compile(r"\$(?:\{[A-Za-z_]\w*\}|[A-Za-z_]\w*)")


def expand_home(recipe: Recipe, problems: list[Problem]) -> None:
    """Write `~` out in every value that may be a path, as a shell would: nobody after this has to think of it.

    A variable of the shell is a problem, so that what a recipe names does not depend on who runs it.
    """
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
    """A path with `~` written out; a home folder of nobody, or a variable, is added to the problems."""
    if not isinstance(text, str):
        return text  # of a wrong type, which the schema has told
    variable = _VARIABLE.search(text)
    if variable and not os.path.exists(text):
        message = f"'{text}' is no path: {variable[0]} is not expanded here, so write the path out"
        problems.append(Problem(where, message))
    if not text.startswith("~"):
        return text
    expanded = os.path.expanduser(text)
    if expanded.startswith("~"):
        problems.append(Problem(where, f"'{text}' is no path: there is no user of that name"))
    return expanded
