"""Tests on data: bounds of figures that stop a render, as a failing test stops a build."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cgd_recipes.curation.protocol import Share
from cgd_recipes.curation.tally import Tally
from cgd_recipes.errors import Problem, did_you_mean
from cgd_recipes.recipe.recipe import Recipe
from cgd_recipes.reporting.words import with_bounds

_AT = ("curate", "require")


def name_problems(recipe: Recipe, shares: Iterable[Share]) -> Iterator[Problem]:
    """Names in `curate.require` that are no figures."""
    names = [share.name for share in shares]
    for name in recipe.curate["require"]:
        if name not in names:
            hint = did_you_mean(name, names) or f"; there are: {', '.join(names)}"
            yield recipe.problem((*_AT, name), f"no figure '{name}'{hint}")


def unmet(recipe: Recipe, shares: Sequence[Share], used: Tally) -> Iterator[Problem]:
    """Every bound of `curate.require` that the rows that are used do not meet; a figure that cannot be told meets none.

    Args:
        recipe: with a `curate` section.
        shares: all figures.
        used: the rows that are used.
    """
    for share in shares:
        bound = recipe.curate["require"].get(share.name)
        if bound is None:
            continue
        figure = used.figure(share)
        wanted = f"curate.require asks for {'at least' if share.is_good else 'at most'} {100 * bound:g} %"
        if figure is None:
            message = f"'{share.name}' cannot be told of any row that is used, and {wanted}"
        elif (figure.hits < bound * figure.total) if share.is_good else (figure.hits > bound * figure.total):
            message = (
                f"'{share.name}' is {with_bounds(figure.interval)} % of {figure.total:,} rows, and {wanted} "
                f"({share.title}); look at rows {', '.join(used.worst(share))}"
            )
        else:
            continue
        yield recipe.problem((*_AT, share.name), message)
