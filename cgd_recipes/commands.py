"""What the commands do and print."""

from __future__ import annotations

import json
import re
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cgd_recipes.errors import user_error
from cgd_recipes.recipe import show_rows
from cgd_recipes.resolve import load_recipe
from cgd_recipes.shipped import data_root, shipped_names

if TYPE_CHECKING:
    from cgd_recipes.render import Rendered


def run_render(
    name: str, settings: tuple[str, ...], folder: Path | None, *, dry_run: bool, force: bool, as_json: bool
) -> None:
    """`cgd-recipe render`."""
    from cgd_recipes.render import render

    recipe = load_recipe(name, settings)
    target = folder or Path("build") / recipe.get("name")
    with progress() as tick:
        rendered = render(recipe, target, force=force, dry_run=dry_run, progress=tick)
    for warning in rendered.warnings:
        click.echo(f"warning: {warning}", err=True)
    if as_json:
        print_json(_summary(rendered, dry_run))
        return
    click.echo(_text_summary(rendered, dry_run))


def _summary(rendered: Rendered, dry_run: bool) -> dict[str, Any]:
    counts = rendered.counts
    return {
        "folder": str(rendered.folder),
        "written": not dry_run,
        "read": counts.read,
        "rejected": dict(counts.rejected),
        "left_out": counts.left_out,
        "not_drawn": counts.not_drawn,
        "examples": counts.examples,
        "neutralised": counts.neutralised,
        "lengths": rendered.lengths.summary(),
        "warnings": rendered.warnings,
        "outputs": rendered.outputs,
    }


def _text_summary(rendered: Rendered, dry_run: bool) -> str:
    plan, counts = rendered.plan, rendered.counts
    batch = plan.train["global_batch_size"]
    verdicts = ", ".join(f"{count:,} {verdict}" for verdict, count in sorted(counts.verdicts.items()))
    lines = [
        f"recipe    {plan.recipe.get('name')} (method {plan.method.name}): {plan.recipe.get('description')}",
        f"rows      {counts.examples:,} of {counts.read:,} (student answers: {verdicts})",
        f"batch     {batch} = {plan.world_size} GPUs x {plan.train['micro_batch_size']} x {plan.accumulation} accumulated",
    ]
    if dry_run:
        return "\n".join([*lines, f"dry run   all checks passed; nothing was written to {rendered.folder}"])
    files = ", ".join([*rendered.outputs, "manifest.json"])
    return "\n".join(
        [
            *lines,
            f"written   {rendered.folder}/: {files}",
            f"train     cd {rendered.folder} && bash launch.sh",
            f"evaluate  cd {rendered.folder} && lm_eval run --config eval.yaml",
        ]
    )


@contextmanager
def progress() -> Iterator[Callable[[str, int], None]]:
    """A line on a terminal that says what is done, and how many rows of it are."""
    if not sys.stderr.isatty():
        yield lambda stage, rows: None
        return
    from rich.console import Console
    from rich.status import Status

    with Status("reading", console=Console(stderr=True)) as status:
        yield lambda stage, rows: status.update(f"{stage}: {rows:,} rows")


def run_validate(name: str, settings: tuple[str, ...], *, with_trainer: bool, as_json: bool) -> None:
    """`cgd-recipe validate`."""
    from cgd_recipes.check import check_config, plan_warnings
    from cgd_recipes.generation.settings import load_generation
    from cgd_recipes.plan import make_plan
    from cgd_recipes.trainer_file import check_trainer_file, trainer_of_file

    trainer = trainer_of_file(name)
    warnings: list[str] = []
    if trainer:
        if settings:
            raise user_error(name, f"is an {trainer} config, not a recipe; -s has no meaning for it")
        warnings = check_trainer_file(Path(name), trainer, with_trainer)
    else:
        plan = make_plan(load_recipe(name, settings))
        config = check_config(plan)
        if plan.recipe.get("generate"):
            load_generation(plan)
        warnings = plan_warnings(plan)
        if with_trainer:
            from cgd_recipes.with_trainer import check_with_trainer

            check_with_trainer(plan, config)
    for warning in warnings:
        click.echo(f"warning: {warning}", err=True)
    if as_json:
        print_json({"valid": True, "warnings": warnings})
    else:
        click.echo(f"{name}: valid")


def run_preview(name: str, settings: tuple[str, ...], row: int, page: Path | None, *, as_json: bool) -> None:
    """`cgd-recipe preview`."""
    from rich.console import Console

    from cgd_recipes.preview import preview
    from cgd_recipes.preview_show import print_preview, write_page
    from cgd_recipes.rendered import recipe_name

    with progress() as tick:
        shown = preview(load_recipe(recipe_name(name), settings), row, tick)
    if page:
        write_page(shown, page)
    if as_json:
        print_json(shown.as_json())
    elif page:
        click.echo(f"{page} written")
    else:
        print_preview(shown, Console(highlight=False))


def run_show(name: str, settings: tuple[str, ...], *, as_json: bool) -> None:
    """`cgd-recipe show`."""
    rows = show_rows(load_recipe(name, settings))
    if as_json:
        print_json({key: {"value": value, "origin": origin} for key, value, origin in rows})
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("key", "value", "set at", box=None, header_style="bold", pad_edge=False)
    for key, value, origin in rows:
        table.add_row(key, json.dumps(value, ensure_ascii=False), origin)
    Console(width=None if sys.stdout.isatty() else 200).print(table)


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
    from cgd_recipes.yamlfile import read_yaml

    listing = {
        kind: {
            name: str(read_yaml(data_root() / folder / f"{name}.yaml").value["description"])
            for name in shipped_names(folder)
        }
        for kind, folder in _LISTED.items()
    }
    if as_json:
        print_json(listing)
        return
    for kind, entries in listing.items():
        click.echo(click.style(kind, bold=True))
        for name, description in entries.items():
            click.echo(f"  {'base/' + name if kind == 'fragments' else name:20} {description}")


def run_new(family: str, method: str, path: Path | None) -> None:
    """`cgd-recipe new`."""
    from cgd_recipes.shipped import shipped_file
    from cgd_recipes.template import render_file

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
    click.echo(f"{target} written; next: cgd-recipe render {shlex.quote(str(target))}")


def _yaml_text(text: str) -> str:
    """Text as YAML reads it: in quotes where it looks like something else (2024, null)."""
    from cgd_recipes.yamlfile import parse_yaml

    return text if isinstance(parse_yaml(text, text).value, str) else json.dumps(text)


def run_schema(name: str) -> None:
    """`cgd-recipe schema`."""
    from cgd_recipes.schema import load_schema

    print_json(load_schema(name))


def print_json(value: Any) -> None:
    """Print for machines."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))
