"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click


def recipe_options(command: Callable[..., None], required: bool = True) -> Callable[..., None]:
    """RECIPE and -s."""
    setting = click.option(
        "-s",
        "--set",
        "settings",
        multiple=True,
        metavar="KEY.PATH=VALUE",
        help="Set a value of the recipe; the value is YAML.",
    )
    return click.argument("recipe", required=required, shell_complete=_complete_recipe)(setting(command))


def _complete_recipe(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[Any]:
    from click.shell_completion import CompletionItem

    from cgd_recipes.files.shipped import shipped_names

    names = [name for name in shipped_names("recipes") if name.startswith(incomplete)]
    return [CompletionItem(name) for name in names] + [CompletionItem(incomplete, type="file")]


@dataclass
class Chosen:
    """What the command line asks for that decides how a command ends.

    Attributes:
        as_json: problems are printed for machines.
        debug: tracebacks are shown.
    """

    as_json: bool = False
    debug: bool = False


def json_option(command: Callable[..., None]) -> Callable[..., None]:
    """--json."""
    return click.option(
        "--json", "as_json", is_flag=True, help="Print one JSON object for machines.", callback=_remember_json
    )(command)


def _remember_json(context: click.Context, _parameter: click.Parameter, value: bool) -> bool:
    if isinstance(context.obj, Chosen):
        context.obj.as_json = value
    return value
