"""Merging: the files that a recipe extends, `-s` settings, and parts of a study, one laid over the other."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from cgd_recipes.errors import Finding, KeyPath, Problem, RecipeError, Where, did_you_mean
from cgd_recipes.files.paths import real_path
from cgd_recipes.files.schema import check_schema
from cgd_recipes.files.shipped import data_root, shown_path
from cgd_recipes.files.yaml import MAX_DEPTH, Document, parse_yaml, read_yaml
from cgd_recipes.recipe.home import expand_home, home_expanded
from cgd_recipes.recipe.recipe import Recipe, find_recipe

_MOST_FILES = 100


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
    problems += add_settings(recipe, settings)
    if problems:
        raise RecipeError(problems)
    return recipe


def add_settings(recipe: Recipe, settings: Iterable[str]) -> list[Problem]:
    """Lay `key.path=value` texts over a recipe. Gives their mistakes, and those of all its paths."""
    problems: list[Problem] = []
    for setting in settings:
        _add_setting(recipe, setting, problems)
    expand_home(recipe, problems)
    return problems


def extend(recipe: Recipe, name: str, folder: Path, where: Where) -> list[Problem]:
    """Lay a fragment over a recipe.

    Args:
        recipe: it changes.
        name: of a shipped recipe or fragment, or a path.
        folder: folder that a relative path starts from.
        where: the place that names it, for messages.

    Returns:
        Its mistakes of form.
    """
    problems: list[Problem] = []
    found = _find_parent(name, folder, where, problems)
    if found is not None:
        _add_file(recipe, found, (), problems)
    return problems


def _add_file(recipe: Recipe, path: Path, chain: tuple[Path, ...], problems: list[Problem]) -> None:
    document, faults = _read_shipped(path) if path.is_relative_to(data_root()) else _read(path)
    problems += faults
    if document is None:
        return
    values = {key: value for key, value in document.value.items() if key != "extends"}
    parents = document.value.get("extends", [])
    chain = (*chain, real_path(path))
    for index, parent in enumerate([parents] if isinstance(parents, str) else parents):
        where = document.values.get(("extends", index), document.values.get(("extends",), Where(document.source)))
        if len(recipe.files) + len(chain) > _MOST_FILES:
            # Files that extend another twice double what there is to read: ten of them make a thousand.
            message = f"a recipe extends more than {_MOST_FILES} files, each counted as often as it is named"
            raise RecipeError([*problems, Problem(where, message)])
        found = _find_parent(parent, path.parent, where, problems)
        if found is None:
            continue
        if real_path(found) in chain:
            problems.append(Problem(where, f"'{parent}' extends this file again; a recipe cannot extend itself"))
            continue
        _add_file(recipe, found, chain, problems)
    recipe.files.append(path)
    _merge(recipe, values, (), document, path.parent)


def _read(path: Path) -> tuple[Document | None, list[Problem]]:
    try:
        document = read_yaml(path, shown_path(path))
    except RecipeError as error:
        return None, list(error.problems)
    if not isinstance(document.value, dict):
        return None, [Problem(Where(document.source, 1, 1), "a recipe must be a mapping of keys to values")]
    findings = check_schema(document.value, "recipe")
    problems = [Problem(document.where(finding.path), finding.message) for finding in findings]
    return None if any(finding.path[:1] in ((), ("extends",)) for finding in findings) else document, problems


@cache
def _read_shipped(path: Path) -> tuple[Document | None, list[Problem]]:
    """A shipped file, which stays what it is, and which every recipe extends again."""
    return _read(path)


def _find_parent(name: str, folder: Path, where: Where, problems: list[Problem]) -> Path | None:
    faults = len(problems)
    path = folder / home_expanded(name, where, problems)
    if len(problems) > faults:
        return None
    if name.endswith((".yaml", ".yml")) and path.is_file():
        return path
    plain = name.removesuffix(".yaml")
    names = _shipped_recipes()
    if plain in names:
        return names[plain]
    if name.startswith(("./", "../", "/", "~")):
        problems.append(Problem(where, f"cannot extend '{name}': no such file"))
        return None
    hint = did_you_mean(plain, names) or "; give a path that ends in .yaml, or a name that `cgd-recipe ls` shows"
    problems.append(Problem(where, f"cannot extend '{name}': no such file, and nothing shipped of that name{hint}"))
    return None


@cache
def _shipped_recipes() -> dict[str, Path]:
    root = data_root() / "recipes"
    return {
        str(path.relative_to(root).with_suffix("")): path for path in [*root.glob("*.yaml"), *root.glob("base/*.yaml")]
    }


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
    _merge_value(recipe, value, path, where)


def set_value(recipe: Recipe, path: tuple[str, ...], value: Any, where: Where) -> None:
    """Set one value of a recipe, whatever it had there.

    Args:
        recipe: it changes.
        path: the key.
        value: a relative path in it starts at the current folder.
        where: what to name in messages about the value.
    """
    for key in reversed(path):
        value = {key: value}
    _merge_value(recipe, value, path, where)


def _merge_value(recipe: Recipe, value: dict[str, Any], path: tuple[str, ...], where: Where) -> None:
    document = parse_yaml("{}", str(where))
    document.values = {path[:length]: where for length in range(1, len(path) + 1)}
    _merge(recipe, value, (), document, Path())


def lay_over(recipe: Recipe, document: Document, path: KeyPath, folder: Path) -> list[Problem]:
    """Lay a part of another file over a recipe: a mapping with a recipe's keys.

    Args:
        recipe: it changes.
        document: the other file.
        path: the mapping in it; nothing happens where there is none.
        folder: folder that relative paths in it start from.

    Returns:
        Its mistakes of form.
    """
    values = document.value
    for key in path:
        values = values.get(key, {})
    findings = check_schema(values, "recipe")
    problems = [Problem(document.where((*path, *finding.path)), finding.message) for finding in findings]
    if not problems:
        part = copy.copy(document)
        part.keys, part.values = (_below(places, path) for places in (document.keys, document.values))
        _merge(recipe, values, (), part, folder)
    return problems


def _below(places: dict[KeyPath, Where], path: KeyPath) -> dict[KeyPath, Where]:
    return {place[len(path) :]: where for place, where in places.items() if place[: len(path)] == path}
