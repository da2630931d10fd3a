"""Write the pages of docs/ that are made from the program: `python tools/make_docs.py`.

docs/commands.md comes from the command line itself, docs/keys.md from the JSON Schemas. A test checks that both are fresh.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from cgd_recipes.commands.main import main
from cgd_recipes.files.schema import load_schema

DOCS = Path(__file__).parents[1] / "docs"
NOTE = "<!-- Made by tools/make_docs.py. Change the program, then run that script. -->"
EXAMPLES = {
    "render": "cgd-recipe render qwen-cgd -s data.source=rows.jsonl -o build/mine",
    "generate": "cgd-recipe generate math.yaml --limit 100",
    "journal status": "cgd-recipe journal status math.yaml",
    "journal export": "cgd-recipe journal export math.yaml -o answers.parquet",
    "train": "cgd-recipe train mine.yaml -- --max-steps 20",
    "run": "cgd-recipe run mine.yaml --dry-run",
    "eval": "cgd-recipe eval mine.yaml --limit 10",
    "report": "cgd-recipe report build/mine-eval --baseline build/base-eval",
    "compare": "cgd-recipe compare build/base-eval build/mine-eval",
    "gate": "cgd-recipe gate build/base-eval build/mine-eval --require 'average > 0'",
    "tasks install": "cgd-recipe tasks install",
    "tasks check": "cgd-recipe tasks check cgd_amc23",
    "doctor": "cgd-recipe doctor mine.yaml",
    "validate": "cgd-recipe validate mine.yaml --with-trainer",
    "preview": "cgd-recipe preview mine.yaml --row 3",
    "inspect": "cgd-recipe inspect rows.jsonl -o build/rows.data",
    "show": "cgd-recipe show mine.yaml -s train.epochs=2",
    "family": "cgd-recipe family ./my-model -o my-family.yaml",
    "new": "cgd-recipe new qwen -o mine.yaml",
    "schema": "cgd-recipe schema recipe > recipe.schema.json",
}
SCHEMAS = {
    "recipe": "A recipe. A fragment of one has the same keys.",
    "row": "A row of the data. Other keys are ignored.",
    "family": "A file in `recipes/families/`, or one of yours named by `family: ./mine.yaml`.",
    "method": "A file in `templates/methods/`, or one of yours named by `method: ./mine.yaml`.",
    "stage": "A file in `templates/prompts/`, or one of yours listed in `generate.stages`.",
    "format": "A file in `recipes/formats/`.",
}


def commands() -> str:
    """The page of commands: usage, help and options of each."""
    parts = [
        "# Commands",
        NOTE,
        "`RECIPE` is the path of a recipe or the name of a shipped one.",
        "Exit codes: 0 all is well, 1 your mistake, 2 wrong usage, 3 a bug in cgd-recipes, 130 interrupted.",
        "`gate` has two more: 4 is NO-GO, 5 is INCONCLUSIVE.",
        *(part for path, command in _all_commands(main) for part in _command(path, command)),
    ]
    return "\n\n".join(parts) + "\n"


def _all_commands(group: click.Group, *path: str) -> Iterator[tuple[str, click.Command]]:
    for name in sorted(group.commands):
        command = group.commands[name]
        if isinstance(command, click.Group):
            yield from _all_commands(command, *path, name)
        else:
            yield " ".join([*path, name]), command


def _command(path: str, command: click.Command) -> Iterator[str]:
    context = click.Context(command, info_name=f"cgd-recipe {path}")
    yield f"## cgd-recipe {path}"
    yield "```sh\n" + (EXAMPLES.get(path) or f"cgd-recipe {path}") + "\n```"
    yield " ".join((command.help or "").split("\f")[0].split("\n\n")[0].split())
    for paragraph in (command.help or "").split("\n\n")[1:]:
        yield " ".join(paragraph.split())
    yield "Usage: `" + " ".join(context.command_path.split() + command.collect_usage_pieces(context)) + "`"
    options = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
    records = [record for option in options if (record := option.get_help_record(context))]
    rows = [f"| `{names}` | {_cell(text)} |" for names, text in records]
    if not rows:
        return
    yield "\n".join(["| option | what it does |", "|---|---|", *rows])


def keys() -> str:
    """The page of keys: every file that a user can write, and every key in it."""
    parts = [
        "# Keys of all files",
        NOTE,
        "These tables come from the JSON Schemas in `schemas/`. `cgd-recipe schema NAME` prints one for your editor.",
        "For the defaults of a recipe and where they come from, see [recipes.md](recipes.md).",
    ]
    for name, text in SCHEMAS.items():
        schema = load_schema(name)
        rows = [f"| `{key}` | {_cell(values)} | {_cell(about)} |" for key, values, about in _rows(schema, schema, "")]
        parts += [f"## {name.capitalize()}", text, "\n".join(["| key | value | what it is |", "|---|---|---|", *rows])]
    return "\n\n".join(parts) + "\n"


def _rows(schema: dict[str, Any], node: dict[str, Any], prefix: str) -> Iterator[tuple[str, str, str]]:
    for name, raw in node.get("properties", {}).items():
        found = _resolve(schema, raw)
        required = " Required." if name in node.get("required", []) else ""
        yield f"{prefix}{name}", _values(schema, found), (found.get("description", "") + required).strip() or "-"
        yield from _rows(schema, found, f"{prefix}{name}.")


def _resolve(schema: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in node:
        return node
    target: dict[str, Any] = schema
    for key in node["$ref"].removeprefix("#/").split("/"):
        target = target[key]
    return {**target, **{key: value for key, value in node.items() if key != "$ref"}}


def _values(schema: dict[str, Any], node: dict[str, Any]) -> str:
    node = _resolve(schema, node)
    if "const" in node:
        return f"`{node['const']}`"
    if "enum" in node:
        return ", ".join(f"`{'null' if value is None else value}`" for value in node["enum"])
    kinds = node.get("type", "any value")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    names = {
        "object": "mapping",
        "array": "list",
        "boolean": "true or false",
        "string": "text",
        "integer": "whole number",
    }
    text = " or ".join(names.get(kind, kind) for kind in kinds)
    if "array" in kinds and "items" in node:
        inner = _values(schema, node["items"])
        text += f" of {inner}" if len(inner) < 60 else ""
    return text


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


PAGES = {"commands.md": commands, "keys.md": keys}

if __name__ == "__main__":
    for name, make in PAGES.items():
        (DOCS / name).write_text(make(), encoding="utf-8")
