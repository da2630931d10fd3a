"""A model family: what its chat template, tokens and trainers need, as data."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cgd_recipes.errors import Problem, RecipeError, Where, did_you_mean
from cgd_recipes.files.schema import check_schema
from cgd_recipes.files.shipped import data_root, shipped_names
from cgd_recipes.files.yaml import Document, read_yaml
from cgd_recipes.recipe.recipe import Recipe


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

    def control_pattern(self) -> re.Pattern[str]:
        """Matches every piece of text that would be taken for a control token of this family."""
        return re.compile("|".join(self.values["control_tokens"]))


def read_checked(path: Path, schema: str) -> Document:
    """Read a YAML data file and check it against a shipped schema.

    Raises:
        RecipeError: every mistake, located in the file.
    """
    root = data_root()
    document = read_yaml(path, str(path.relative_to(root)) if path.is_relative_to(root) else str(path))
    findings = check_schema(document.value, schema)
    if findings:
        raise RecipeError(Problem(document.where(finding.path), finding.message) for finding in findings)
    return document


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
    return Family(document.value, document)


def student_config(recipe: Recipe, family: Family) -> dict[str, Any] | None:
    """What the student's `config.json` says: its own where the student is a local folder, else the family's facts.

    RoPE settings are given as `rope_theta` and `rope_scaling` whichever layout the file has.

    Returns:
        None for a hub id that the family file does not know.

    Raises:
        RecipeError: a local folder without a readable config.json.
    """
    student = recipe.get("student")
    folder = recipe.folder("student") / student
    if not folder.is_dir():
        known: dict[str, Any] | None = family.values["students"].get(student)
        return known
    try:
        config: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise RecipeError(
            [recipe.problem(("student",), f"the config.json of '{student}' cannot be read: {reason}")]
        ) from None
    rope = config.get("rope_parameters") or {}
    config.setdefault("rope_theta", rope.get("rope_theta"))
    if config.get("rope_scaling") is None and rope.get("rope_type", "default") != "default":
        config["rope_scaling"] = rope
    config["shards"] = len(list(folder.glob("*.safetensors")))
    return config
