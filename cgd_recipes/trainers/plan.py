"""A plan that its trainer can train."""

from __future__ import annotations

from cgd_recipes.errors import RecipeError
from cgd_recipes.recipe.plan import Plan, load_plan, setting_problems
from cgd_recipes.recipe.recipe import Recipe
from cgd_recipes.trainers.registry import trainer_problems


def make_plan(recipe: Recipe) -> Plan:
    """Load family and method, and check the settings against each other and the trainer.

    Raises:
        RecipeError: all problems found, each at the key that causes it.
    """
    plan = load_plan(recipe)
    problems = [*setting_problems(plan), *trainer_problems(plan)]
    if problems:
        raise RecipeError(problems)
    return plan
