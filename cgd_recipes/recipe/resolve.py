"""A recipe that is complete: merged, filled in from its family, nothing missing."""

from __future__ import annotations

from collections.abc import Iterable

from cgd_recipes.errors import Problem, RecipeError
from cgd_recipes.files.schema import check_schema
from cgd_recipes.recipe.family import load_family
from cgd_recipes.recipe.home import home_expanded
from cgd_recipes.recipe.merge import merge_recipe
from cgd_recipes.recipe.recipe import Recipe

_OPTIONAL = ("generate", "curate")
"""Sections that a recipe may lack; the fragment of that name has their defaults."""


def load_recipe(name: str, settings: Iterable[str] = ()) -> Recipe:
    """Read a recipe with everything it extends, apply settings, and check that nothing is missing.

    Args:
        name: a path or a shipped name.
        settings: `key.path=value` texts; the value is YAML.

    Raises:
        RecipeError: all mistakes of form, in all files, each located.
    """
    return complete(merge_recipe(name, settings))


def complete(recipe: Recipe) -> Recipe:
    """Fill in a merged recipe from its family, and check that nothing is missing.

    Raises:
        RecipeError: every key that is missing, or no such family.
    """
    if recipe.get("family") is not None:
        _fill_from_family(recipe)
    missing = check_schema(recipe.values, "recipe.resolved")
    hint = "; set it, or extend base/full, which has the defaults"
    problems = [recipe.problem(one.path, one.message + hint) for one in missing if one.path[0] not in _OPTIONAL]
    for section in dict.fromkeys(one.path[0] for one in missing if one.path[0] in _OPTIONAL):
        message = f"'{section}' has no defaults of its own; add base/{section}, which has them, to 'extends'"
        problems.append(recipe.problem((section,), message))
    if problems:
        raise RecipeError(problems)
    return recipe


def _fill_from_family(recipe: Recipe) -> None:
    """Values that the family names when the recipe does not: student and teacher."""
    family = load_family(recipe)
    problems: list[Problem] = []
    for key in ("student", "teacher"):
        if key not in recipe.values and key in family.values:
            recipe.values[key] = home_expanded(family.values[key], family.where(key), problems)
            recipe.origins[(key,)] = family.where(key)
    if problems:
        raise RecipeError(problems)
