"""What is shipped, as the data say it: no test counts files."""

from pathlib import Path

from helpers.plain import plain_yaml

from cgd_recipes.files.shipped import data_root, shipped_names
from cgd_recipes.trainers.registry import TRAINERS

ROOT = Path(__file__).parents[2]
RECIPES = shipped_names("recipes")
FAMILIES = shipped_names("recipes/families")
METHODS = shipped_names("templates/methods")


def family_values(name: str) -> dict:
    """A shipped family file."""
    return plain_yaml((data_root() / "recipes" / "families" / f"{name}.yaml").read_text(encoding="utf-8"))


def family_of(recipe: str) -> dict:
    """The family file of a shipped recipe."""
    from cgd_recipes.recipe.resolve import load_recipe

    return family_values(load_recipe(recipe).get("family"))


UNSUPPORTED = {name: family_of(name).get("unsupported", {}) for name in RECIPES}


def recipes_of(trainer: str) -> list[str]:
    """Shipped recipes that a trainer can train."""
    return [name for name in RECIPES if trainer not in UNSUPPORTED[name]]


TRAINED = [(name, trainer) for trainer in TRAINERS for name in recipes_of(trainer)]
"""Every shipped recipe with each trainer that can train it."""
