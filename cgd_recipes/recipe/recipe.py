"""A recipe: files that extend one another and `-s` settings, merged, with the origin of every value."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from cgd_recipes.errors import KeyPath, Problem, Where, did_you_mean, dotted, user_error
from cgd_recipes.files.shipped import data_root, shipped_names
from cgd_recipes.recipe.sections import (
    CurateSection,
    DataSection,
    EvaluateSection,
    GenerateSection,
    LaunchSection,
    OutputSection,
    TrainSection,
)

RESOLVED = "recipe.resolved.yaml"
"""File of a rendered folder that holds its whole recipe."""


@dataclass
class Recipe:
    """A merged recipe.

    Attributes:
        values: the merged mapping, without `extends`.
        origins: for every key path, where the winning value was set.
        folders: for every key path, the folder that a relative path in the value starts from.
        source: the file as the user named it.
        files: every file that took part, the recipe's own last.
    """

    source: str
    values: dict[str, Any] = field(default_factory=dict)
    origins: dict[KeyPath, Where] = field(default_factory=dict)
    folders: dict[KeyPath, Path] = field(default_factory=dict)
    files: list[Path] = field(default_factory=list)

    def get(self, *path: str) -> Any:
        """The value at a key path; None where the recipe has none."""
        value: Any = self.values
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        return value

    @property
    def data(self) -> DataSection:
        """The `data` section of a complete recipe."""
        return cast("DataSection", self.values["data"])

    @property
    def generate(self) -> GenerateSection | None:
        """The `generate` section of a complete recipe; None where it generates nothing."""
        return cast("GenerateSection | None", self.values.get("generate") or None)

    @property
    def curate(self) -> CurateSection:
        """The `curate` section of a complete recipe that has one."""
        return cast("CurateSection", self.values["curate"])

    @property
    def train(self) -> TrainSection:
        """The `train` section of a complete recipe."""
        return cast("TrainSection", self.values["train"])

    @property
    def launch(self) -> LaunchSection:
        """The `launch` section of a complete recipe."""
        return cast("LaunchSection", self.values["launch"])

    @property
    def evaluate(self) -> EvaluateSection:
        """The `evaluate` section of a complete recipe."""
        return cast("EvaluateSection", self.values["evaluate"])

    @property
    def output(self) -> OutputSection:
        """The `output` section of a complete recipe."""
        return cast("OutputSection", self.values["output"])

    def where(self, path: KeyPath) -> Where:
        """Where the value at a key path (or, failing that, the nearest key around it) was set."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.origins:
                return self.origins[path[:length]]
        return Where(self.source, 1, 1)

    def problem(self, path: Iterable[str | int], message: str) -> Problem:
        """A problem with the value at a key path."""
        return Problem(self.where(tuple(path)), message)

    def build_folder(self, suffix: str = "") -> Path:
        """Where a command writes by default: `build/<name>`, and what the suffix adds."""
        return Path("build") / f"{self.get('name')}{suffix}"

    def folder(self, *path: str) -> Path:
        """The folder that a relative path in the value at this key starts from."""
        return self.folders.get(path, Path())

    def local_path(self, *path: str) -> Path:
        """The value at this key as a path on this machine: relative ones start at its file, `~` is the home folder."""
        return self.folder(*path) / os.path.expanduser(str(self.get(*path)))


def find_recipe(name: str) -> Path:
    """The file of a recipe given as a path, or as the name of a shipped one (`qwen-cgd`, `qwen-cgd.yaml`).

    Raises:
        RecipeError: neither; names the nearest shipped recipe.
    """
    if Path(name).is_file():
        return Path(name)
    root = data_root() / "recipes"
    plain = name.removesuffix(".yaml").removesuffix(".yml").removeprefix("recipes/")
    shipped = shipped_names("recipes")
    if plain in shipped:
        return root / f"{plain}.yaml"
    if (root / f"{plain}.yaml").is_file() and plain.startswith("base/"):
        raise user_error(name, f"'{plain}' is a fragment, not a recipe; name it in 'extends' of a recipe of your own")
    hint = did_you_mean(plain, shipped) or "; `cgd-recipe ls` lists the shipped recipes"
    raise user_error(name, f"no such file, and no shipped recipe of that name{hint}")


def deep_merge(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """A new mapping: `over` laid on `base`, mappings deep, everything else replaced; null takes a key away."""
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = deep_merge(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return merged


def flatten(value: Any, path: KeyPath = ()) -> Iterable[tuple[KeyPath, Any]]:
    """The leaves of a nested mapping, as (key path, value), in order; empty mappings count as leaves."""
    if isinstance(value, dict) and value:
        for key, below in value.items():
            yield from flatten(below, (*path, key))
    else:
        yield path, value


def show_rows(recipe: Recipe) -> list[tuple[str, Any, str]]:
    """(key path, value, origin) of every leaf, for `cgd-recipe show`."""
    return [(dotted(path), value, str(recipe.where(path))) for path, value in flatten(recipe.values)]
