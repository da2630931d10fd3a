"""What is looked at in rows, in this order. Add a filter: a module with a class (see curation/protocol.py), and its line here."""

from __future__ import annotations

from collections.abc import Callable

from cgd_recipes.curation.filters.leakage import Leakage
from cgd_recipes.curation.filters.truth import Truth
from cgd_recipes.curation.protocol import Filter
from cgd_recipes.recipe.recipe import Recipe

FILTERS: dict[str, Callable[[Recipe], Filter]] = {
    "truth": Truth,
    "leakage": Leakage,
}
"""They take a recipe with a `curate` section. Later ones see the facts of earlier ones, and only rows that those keep."""
