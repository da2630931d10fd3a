"""What ships, and how to start from it: `cgd-recipe show`, `ls`, `new`, `schema`."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

from cgd_recipes.commands.console import cells, print_json, say, table_console
from cgd_recipes.errors import user_error
from cgd_recipes.files.shipped import data_root, shipped_names
from cgd_recipes.recipe.recipe import show_rows
from cgd_recipes.recipe.resolve import load_recipe


def run_show(name: str, settings: tuple[str, ...], *, as_json: bool) -> None:
    """`cgd-recipe show`."""
    rows = show_rows(load_recipe(name, settings))
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


def run_new(family: str, method: str, path: Path | None) -> None:
    """`cgd-recipe new`."""
    from cgd_recipes.files.shipped import shipped_file
    from cgd_recipes.files.templates import render_file

    shipped_file("recipes/families", family, "family")
    shipped_file("templates/methods", method, "method")
    target = path or Path(f"{family}-{method}.yaml")
    stem = target.name.removesuffix(".yaml").removesuffix(".yml")
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", stem).strip("._-") or f"{family}-{method}"
    base = f"{family}-{method}" if f"{family}-{method}" in shipped_names("recipes") else f"{family}-cgd"
    schema = (data_root() / "schemas" / "recipe.schema.json").as_uri()
    text = render_file("recipe.yaml.j2", schema=schema, name=_yaml_text(name), base=base, method=method, family=family)
    try:
        with open(target, "x", encoding="utf-8") as handle:
            handle.write(text)
    except FileExistsError:
        raise user_error(str(target), "exists already; name another file with -o") from None
    except OSError as error:
        raise user_error(str(target), f"cannot be written: {error.strerror}") from None
    say(f"{target} written; next: cgd-recipe render {shlex.quote(str(target))}")


def _yaml_text(text: str) -> str:
    """Text as YAML reads it: in quotes where it looks like something else (2024, null)."""
    from cgd_recipes.files.yaml import parse_yaml

    return text if isinstance(parse_yaml(text, text).value, str) else json.dumps(text)


def run_schema(name: str) -> None:
    """`cgd-recipe schema`."""
    from cgd_recipes.files.schema import load_schema

    print_json(load_schema(name))
