"""What ships: `cgd-recipe show`, `ls`, `schema`."""

from __future__ import annotations

import json
from typing import Any

from cgd_recipes.commands.console import cells, print_json, say, table_console
from cgd_recipes.files.shipped import data_root, shipped_names
from cgd_recipes.recipe.recipe import show_rows
from cgd_recipes.recipe.resolve import load_recipe


def run_show(name: str, settings: tuple[str, ...], *, as_json: bool) -> None:
    """`cgd-recipe show`, of a recipe or of a rendered folder."""
    from cgd_recipes.rendering.rendered import recipe_name

    rows = show_rows(load_recipe(recipe_name(name), settings))
    if as_json:
        print_json({key: {"value": value, "origin": origin} for key, value, origin in rows})
        return
    from rich.table import Table

    table = Table("key", "value", "set at", box=None, header_style="bold", pad_edge=False)
    for key, value, origin in rows:
        table.add_row(*cells(key, json.dumps(value, ensure_ascii=False), origin))
    table_console().print(table)


_LISTED = {
    "recipes": "recipes",
    "studies": "recipes/studies",
    "fragments": "recipes/base",
    "families": "recipes/families",
    "methods": "templates/methods",
    "formats": "recipes/formats",
    "stages": "templates/prompts",
}


def run_ls(*, as_json: bool) -> None:
    """`cgd-recipe ls`."""
    from cgd_recipes.files.yaml import read_yaml

    def values(folder: str) -> dict[str, dict[str, Any]]:
        return {name: read_yaml(data_root() / folder / f"{name}.yaml").value for name in shipped_names(folder)}

    papers = tuple(name for name, family in values("recipes/families").items() if family.get("paper"))
    listing: dict[str, dict[str, str]] = {}
    for kind, folder in _LISTED.items():
        described = {name: str(file["description"]) for name, file in values(folder).items()}
        if kind in ("recipes", "families"):
            # The paper's come first.
            first = {name for name in described if name in papers or name.rpartition("-")[0] in papers}
            described = dict(sorted(described.items(), key=lambda entry: entry[0] not in first))
        listing[kind] = described
    if as_json:
        print_json(listing)
        return
    for kind, entries in listing.items():
        say(kind, bold=True)
        for name, description in entries.items():
            say(f"  {'base/' + name if kind == 'fragments' else name:23} {description}")


def run_schema(name: str) -> None:
    """`cgd-recipe schema`."""
    from cgd_recipes.files.schema import load_schema

    print_json(load_schema(name))
