"""Mixtures: a share of the rows is rendered by another method, as `curate.methods` says."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from cgd_recipes.recipe.method import Method, shipped_method
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.recipe.recipe import Recipe


def mixed_names(recipe: Recipe) -> list[str]:
    """Names of the methods that a recipe mixes; none where it has one method alone."""
    return list(recipe.get("curate", "methods") or {})


def mixed_methods(plan: Plan) -> list[Method]:
    """The methods that render a plan's rows: its own alone, or those of its mixture."""
    names = mixed_names(plan.recipe)
    return [plan.method if name == plan.method.name else shipped_method(name) for name in names] or [plan.method]


def method_picker(plan: Plan) -> Callable[[str], int]:
    """What says of a row's id which of `mixed_methods` renders it.

    A row's method depends on the seed and its id alone. So a larger sample has the rows of a smaller one as they are there.
    """
    shares: Mapping[str, float] = plan.recipe.get("curate", "methods") or {}
    seed, bounds, total = plan.recipe.data["seed"], list[float](), 0.0
    for share in shares.values():
        total += share
        bounds.append(total)

    if len(bounds) < 2:
        return lambda row_id: 0

    def pick(row_id: str) -> int:
        drawn = random.Random(f"{seed}:method:{row_id}").random()  # noqa: S311
        return next((place for place, bound in enumerate(bounds[:-1]) if drawn < bound), max(0, len(bounds) - 1))

    return pick
