"""A recipe: files that extend one another and `-s` settings, merged, with the origin of every value."""

from __future__ import annotations

import copy
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from cgd_recipes.errors import Finding, KeyPath, Problem, RecipeError, Where, did_you_mean, dotted, user_error
from cgd_recipes.files.schema import check_schema
from cgd_recipes.files.shipped import data_root, shown_path
from cgd_recipes.files.yaml import MAX_DEPTH, Document, parse_yaml, read_yaml
from cgd_recipes.recipe.home import expand_home, home_expanded
from cgd_recipes.recipe.sections import (
    CurateSection,
    DataSection,
    EvaluateSection,
    GenerateSection,
    LaunchSection,
    OutputSection,
    TrainSection,
)

_MOST_FILES = 100

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
    shipped = {path.stem: path for path in root.glob("*.yaml")}
    if plain in shipped:
        return shipped[plain]
    if (root / f"{plain}.yaml").is_file() and plain.startswith("base/"):
        raise user_error(name, f"'{plain}' is a fragment, not a recipe; name it in 'extends' of a recipe of your own")
    hint = did_you_mean(plain, shipped) or "; `cgd-recipe ls` lists the shipped recipes"
    raise user_error(name, f"no such file, and no shipped recipe of that name{hint}")


def merge_recipe(name: str, settings: Iterable[str] = ()) -> Recipe:
    """Read a recipe with everything it extends, and lay the settings over it.

    Args:
        name: a path or a shipped name.
        settings: `key.path=value` texts; the value is YAML.

    Raises:
        RecipeError: all mistakes of form, in all files, each located.
    """
    path = find_recipe(name)
    recipe = Recipe(source=shown_path(path))
    problems: list[Problem] = []
    _add_file(recipe, path, (), problems)
    for setting in settings:
        _add_setting(recipe, setting, problems)
    expand_home(recipe, problems)
    if problems:
        raise RecipeError(problems)
    return recipe


def _add_file(recipe: Recipe, path: Path, chain: tuple[Path, ...], problems: list[Problem]) -> None:
    document = _read(recipe, path, problems)
    if document is None:
        return
    values = dict(document.value)
    parents = values.pop("extends", [])
    chain = (*chain, path.resolve())
    for index, parent in enumerate([parents] if isinstance(parents, str) else parents):
        where = document.values.get(("extends", index), document.values.get(("extends",), Where(document.source)))
        if len(recipe.files) + len(chain) > _MOST_FILES:
            # Files that extend another twice double what there is to read: ten of them make a thousand.
            message = f"a recipe extends more than {_MOST_FILES} files, each counted as often as it is named"
            raise RecipeError([*problems, Problem(where, message)])
        found = _find_parent(parent, path.parent, where, problems)
        if found is None:
            continue
        if found.resolve() in chain:
            problems.append(Problem(where, f"'{parent}' extends this file again; a recipe cannot extend itself"))
            continue
        _add_file(recipe, found, chain, problems)
    recipe.files.append(path)
    _merge(recipe, values, (), document, path.parent)


def _read(recipe: Recipe, path: Path, problems: list[Problem]) -> Document | None:
    try:
        document = read_yaml(path, shown_path(path))
    except RecipeError as error:
        problems.extend(error.problems)
        return None
    if not isinstance(document.value, dict):
        problems.append(Problem(Where(document.source, 1, 1), "a recipe must be a mapping of keys to values"))
        return None
    findings = check_schema(document.value, "recipe")
    problems.extend(Problem(document.where(finding.path), finding.message) for finding in findings)
    return None if any(finding.path[:1] in ((), ("extends",)) for finding in findings) else document


def _find_parent(name: str, folder: Path, where: Where, problems: list[Problem]) -> Path | None:
    faults = len(problems)
    path = folder / home_expanded(name, where, problems)
    if len(problems) > faults:
        return None
    if name.endswith((".yaml", ".yml")) and path.is_file():
        return path
    root = data_root() / "recipes"
    plain = name.removesuffix(".yaml")
    names = {
        str(path.relative_to(root).with_suffix("")): path for path in [*root.glob("*.yaml"), *root.glob("base/*.yaml")]
    }
    if plain in names:
        return names[plain]
    if name.startswith(("./", "../", "/", "~")):
        problems.append(Problem(where, f"cannot extend '{name}': no such file"))
        return None
    hint = did_you_mean(plain, names) or "; give a path that ends in .yaml, or a name that `cgd-recipe ls` shows"
    problems.append(Problem(where, f"cannot extend '{name}': no such file, and nothing shipped of that name{hint}"))
    return None


def _merge(recipe: Recipe, values: dict[str, Any], path: KeyPath, document: Document, folder: Path) -> None:
    target: dict[str, Any] = recipe.values
    for key in path:
        target = target[str(key)]
    for key, value in values.items():
        here = (*path, key)
        recipe.origins[here] = document.keys.get(here, Where(document.source))
        if isinstance(value, dict) and isinstance(target.get(key), dict):
            _merge(recipe, value, here, document, folder)
            continue
        for below in _paths(target.get(key), here):
            if below != here:
                recipe.origins.pop(below, None)
                recipe.folders.pop(below, None)
        target[key] = copy.deepcopy(value)
        for below in _paths(value, here):
            place = document.keys.get(below) or document.values.get(below)
            if place:
                recipe.origins[below] = place
                recipe.folders[below] = folder


def _paths(value: Any, path: KeyPath) -> Iterator[KeyPath]:
    """The path of a value and those of all that is in it."""
    yield path
    if isinstance(value, dict | list):
        for key, below in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _paths(below, (*path, key))


def _add_setting(recipe: Recipe, setting: str, problems: list[Problem]) -> None:
    name, equals, text = setting.partition("=")
    where = Where(f"-s {name}")
    if not equals or not name:
        problems.append(Problem(Where(f"-s {setting}"), "must read key.path=value"))
        return
    try:
        value = parse_yaml(text, f"-s {name}").value
    except RecipeError as error:
        problems.extend(Problem(where, problem.message) for problem in error.problems)
        return
    path = tuple(name.split("."))
    if len(path) > MAX_DEPTH:
        problems.append(Problem(where, f"more than {MAX_DEPTH} keys deep"))
        return
    for key in reversed(path):
        value = {key: value}
    findings = check_schema(value, "recipe")
    if "extends" in value:
        findings.append(Finding(("extends",), "'extends' can only be set in a file"))
    if findings:
        problems.extend(Problem(where, finding.message) for finding in findings)
        return
    document = parse_yaml("{}", str(where))
    document.values = {path[:length]: where for length in range(1, len(path) + 1)}
    _merge(recipe, value, (), document, Path())


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
