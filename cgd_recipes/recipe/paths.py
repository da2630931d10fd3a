"""Paths on this machine that a recipe names."""

from __future__ import annotations

from pathlib import Path

from cgd_recipes.errors import RecipeError
from cgd_recipes.recipe.recipe import Recipe


def local_path(recipe: Recipe, key: tuple[str, ...], name: str) -> Path:
    """The path that a recipe names, `~` expanded, relative to the file that names it.

    Raises:
        RecipeError: no path: a home folder of nobody, a NUL character.
    """
    try:
        if "\0" in name:
            raise ValueError("it holds a NUL character")
        return recipe.folder(*key) / Path(name).expanduser()
    except (RuntimeError, ValueError) as error:
        raise RecipeError([recipe.problem(key, f"'{name!r}' is no path: {error}")]) from None
