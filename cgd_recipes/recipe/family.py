"""A model family: what its chat template, tokens and trainers need, as data."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cgd_recipes.errors import Problem, RecipeError, Where, did_you_mean
from cgd_recipes.files.patterns import pattern_fault
from cgd_recipes.files.regular import read_text
from cgd_recipes.files.schema import check_schema
from cgd_recipes.files.shipped import data_root, shipped_names, shown_path
from cgd_recipes.files.yaml import Document, read_yaml
from cgd_recipes.recipe.recipe import RESOLVED, Recipe

HUB_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)?")
"""The name of a model or dataset on the hub; anything else is a path."""


@dataclass
class Family:
    """One family file.

    Attributes:
        values: the file's mapping, valid by `family.schema.json`.
        document: the parsed file, for places.
    """

    values: dict[str, Any]
    document: Document

    def where(self, *path: str) -> Where:
        """Where the family file sets a key."""
        return self.document.keys.get(path, Where(self.document.source, 1, 1))

    @property
    def thinking(self) -> dict[str, str]:
        """How this family marks thinking, see `family.schema.json`; empty where it does not think."""
        marks: dict[str, str] = self.values.get("thinking") or {}
        return marks

    def template(self, source: str, thinks: bool) -> str:
        """A chat template of this family with the variable `thought` set: what stands in place of a thought where there is none.

        Args:
            source: of the template.
            thinks: whether answers begin with their thinking, so that nothing is written for them.
        """
        if not self.thinking:
            return source
        thought = "" if thinks else self.thinking["none"]
        return f"{{%- set thought = {json.dumps(thought, ensure_ascii=False)} %}}{source}"

    def control_pattern(self) -> re.Pattern[str]:
        """Matches every piece of text that would be taken for a control token of this family."""
        return re.compile("|".join(self.values["control_tokens"]))


def read_checked(path: Path, schema: str, renamed: Mapping[str, str] | None = None) -> Document:
    """Read a YAML data file and check it against a shipped schema.

    Args:
        path: the file.
        schema: name of the schema.
        renamed: earlier name of a top-level key, which is still read -> its name now.

    Raises:
        RecipeError: every mistake, located in the file.
    """
    if path.is_relative_to(data_root()):
        return _read_shipped(path, schema)
    return _read(path, str(path), schema, renamed or {})


@cache
def _read_shipped(path: Path, schema: str) -> Document:
    """A shipped file, which stays what it is, bears the names of now, and is asked for again and again in one render."""
    return _read(path, shown_path(path), schema, {})


def _read(path: Path, name: str, schema: str, renamed: Mapping[str, str]) -> Document:
    document = read_yaml(path, name)
    problems = _rename_keys(document, renamed)
    findings = check_schema(document.value, schema)
    problems += [Problem(document.where(finding.path), finding.message) for finding in findings]
    if problems:
        raise RecipeError(problems)
    return document


def _rename_keys(document: Document, renamed: Mapping[str, str]) -> list[Problem]:
    """Give keys that bear an earlier name the one that they have now; a key that is there twice is a problem."""
    if not isinstance(document.value, dict):
        return []
    old = [key for key in document.value if key in renamed]
    problems = [
        Problem(
            document.where((key,)), f"'{key}' is an earlier name of '{renamed[key]}', which is there too; remove it"
        )
        for key in old
        if renamed[key] in document.value
    ]
    document.value = {renamed.get(key, key): value for key, value in document.value.items()}
    for places in (document.keys, document.values):
        for path in [path for path in places if path and path[0] in old]:
            places.setdefault((renamed[str(path[0])], *path[1:]), places[path])
    return problems


def find_named(kind: str, name: str, beside: Path, where: Where, folder: str) -> Path:
    """The data file of a name: a path ending in .yaml, relative to `beside`, or a file of a shipped folder.

    Args:
        kind: what it is, for messages.
        name: as the user wrote it.
        beside: folder that a relative path starts from.
        where: place of the name.
        folder: shipped folder, such as `templates/methods`.

    Raises:
        RecipeError: neither; names the nearest shipped one.
    """
    if name.endswith((".yaml", ".yml")):
        if (beside / name).is_file():
            return beside / name
        raise RecipeError([Problem(where, f"no such file: {name}")])
    names = shipped_names(folder)
    if name not in names:
        hint = did_you_mean(name, names) or f"; there are: {', '.join(names)}; or give a path that ends in .yaml"
        raise RecipeError([Problem(where, f"unknown {kind} '{name}'{hint}")])
    return data_root() / folder / f"{name}.yaml"


def find_data_file(recipe: Recipe, key: str, folder: str) -> Path:
    """The file that a recipe names under `family` or `method`; see `find_named`.

    Raises:
        RecipeError: there is none.
    """
    return find_named(key, str(recipe.get(key)), recipe.folder(key), recipe.where((key,)), folder)


def load_family(recipe: Recipe) -> Family:
    """The family of a recipe.

    Raises:
        RecipeError: unknown family, or a family file with mistakes.
    """
    document = read_checked(find_data_file(recipe, "family", "recipes/families"), "family")
    faults = {number: pattern_fault(text) for number, text in enumerate(document.value["control_tokens"])}
    problems = [
        Problem(document.where(("control_tokens", number)), f"'control_tokens[{number}]' {fault}")
        for number, fault in faults.items()
        if fault
    ]
    if problems:
        raise RecipeError(problems)
    return Family(document.value, document)


def student_config(recipe: Recipe, family: Family) -> dict[str, Any] | None:
    """What the student's `config.json` says: its own where the student is a local folder, else the family's facts.

    RoPE settings are given as `rope_theta` and `rope_scaling` whichever layout the file has.

    Returns:
        None for a hub id that the family file does not know.

    Raises:
        RecipeError: a local folder without a readable config.json.
    """
    student = str(recipe.get("student"))
    folder = recipe.local_path("student")
    if folder.is_file():
        message = f"'student' names a file, {student}; write the folder that the model's files are in"
        raise RecipeError([recipe.problem(("student",), message)])
    if not folder.is_dir():
        # A rendered folder keeps the absolute path that the student had where it was rendered.
        if not HUB_ID.fullmatch(student) and recipe.files[-1].name != RESOLVED:
            message = f"'student' is no hub id such as 'org/name', and there is no folder '{student}'"
            raise RecipeError([recipe.problem(("student",), message)])
        known: dict[str, Any] | None = family.values["students"].get(student)
        return known
    config = _read_config(recipe, folder / "config.json")
    rope = config.get("rope_parameters") or {}
    config.setdefault("rope_theta", rope.get("rope_theta"))
    if config.get("rope_scaling") is None and rope.get("rope_type", "default") != "default":
        config["rope_scaling"] = rope
    config["shards"] = len(list(folder.glob("*.safetensors")))
    return config


def _read_config(recipe: Recipe, file: Path) -> dict[str, Any]:
    """A student's config.json, of which every value that is looked at has its type."""
    student, path = recipe.get("student"), ("student",)
    try:
        config: dict[str, Any] = json.loads(read_text(file))
    except (OSError, ValueError, RecursionError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise RecipeError([recipe.problem(path, f"the config.json of '{student}' cannot be read: {reason}")]) from None
    findings = check_schema(config, "student")
    if findings:
        raise RecipeError(
            recipe.problem(path, f"the config.json of '{student}': {finding.message}") for finding in findings
        )
    return config
