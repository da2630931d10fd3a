"""`~`, `$NAME` and addresses in the paths of a recipe: the first is written out, the others are refused."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from cgd_recipes.errors import Problem, Where

if TYPE_CHECKING:
    from cgd_recipes.recipe.recipe import Recipe

_PATH_KEYS: tuple[tuple[str, ...], ...] = (
    ("student",),
    ("teacher",),
    ("family",),
    ("method",),
    ("data", "source"),
    ("data", "format"),
    ("generate", "output"),
    ("generate", "journal"),
    ("generate", "stages"),
    ("generate", "student", "model"),
    ("generate", "teacher", "model"),
    ("generate", "accept", "decontaminate", "against"),
    ("curate", "decontaminate", "against"),
    ("train", "checkpoint_dir"),
    ("evaluate", "data"),
    ("evaluate", "tasks"),
)
"""Keys whose value may be a path."""
_FILE_KEYS = (
    ("data", "source"),
    ("data", "format"),
    ("generate", "accept", "decontaminate", "against"),
    ("curate", "decontaminate", "against"),
    ("evaluate", "data"),
    ("evaluate", "tasks"),
)
"""Those of them that name a file, a folder or a dataset of the hub, for which people write addresses."""
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,20}://")
_OF_THE_HUB = re.compile(r"(?:hf://|https?://(?:www\.)?(?:huggingface\.co|hf\.co)/)datasets/([\w.-]+/[\w.-]+)")
_VARIABLE = re.compile(r"\$(?:\{[A-Za-z_]\w*\}|[A-Za-z_]\w*)")


def expand_home(recipe: Recipe, problems: list[Problem]) -> None:
    """Write `~` out in every value that may be a path, as a shell would: nobody after this has to think of it.

    A variable of the shell is a problem, so that what a recipe names does not depend on who runs it. So is an address where a
    file is to be named.
    """
    for path in _PATH_KEYS:
        _expand(recipe, path, problems)
    train = recipe.get("train")
    for name, section in train.items() if isinstance(train, dict) else ():
        if isinstance(section, dict) and isinstance(section.get("output_dir"), str):
            own = section["output_dir"].startswith(tuple(f"${{{key}}}" for key in section))  # torchtune's interpolation
            if not own:
                _expand(recipe, ("train", name, "output_dir"), problems)
    for path in _FILE_KEYS:
        _refuse_addresses(recipe, path, problems)


def _refuse_addresses(recipe: Recipe, path: tuple[str, ...], problems: list[Problem]) -> None:
    value = recipe.get(*path)
    for index, text in enumerate(value if isinstance(value, list) else [value]):
        if not isinstance(text, str) or not _ADDRESS.match(text):
            continue
        known = _OF_THE_HUB.match(text) if path == ("data", "source") else None  # the others take no id of a dataset
        cure = f"write the id of the dataset, {known[1]}" if known else "download it, and write the path of the file"
        where = recipe.where((*path, index) if isinstance(value, list) else path)
        problems.append(Problem(where, f"'{text}' is an address, and addresses are not read: {cure}"))


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
