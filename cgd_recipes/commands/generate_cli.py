"""Commands that generate rows, and look at what was generated."""

from __future__ import annotations

from pathlib import Path

import click

from cgd_recipes.commands.options import json_option, recipe_options


@click.command()
@recipe_options
@click.option(
    "--student", metavar="MODEL", help="Another student: short for -s student=MODEL, such as a model that was trained."
)
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the first N rows of the draw.")
@click.option("--dry-run", is_flag=True, help="Show the first prompts and what would be asked; send nothing.")
@click.option("--retry-failed", is_flag=True, help="Ask again for what failed in earlier runs.")
@json_option
def generate(
    recipe: str,
    settings: tuple[str, ...],
    student: str | None,
    limit: int | None,
    dry_run: bool,
    retry_failed: bool,
    as_json: bool,
) -> None:
    """Let student and teacher write what the rows lack: answers, critiques, refined responses.

    Every answer is kept at once; a run that was stopped, in whatever way, goes on where it was.
    """
    from cgd_recipes.commands.generate import run_estimate, run_generate
    from cgd_recipes.files.yaml_out import yaml_text

    if student is not None:
        settings = (*settings, f"student={yaml_text(student)}", "generate.student.model=null")
    if dry_run:
        run_estimate(recipe, settings, limit, as_json=as_json)
    else:
        run_generate(recipe, settings, limit, retry_failed=retry_failed, as_json=as_json)


@click.group()
def journal() -> None:
    """Look into the journal of a generation; also while it is running."""


@journal.command()
@recipe_options
@json_option
def status(recipe: str, settings: tuple[str, ...], as_json: bool) -> None:
    """Show what a journal holds: RECIPE is a recipe that generates, or a journal file."""
    from cgd_recipes.commands.journal import run_status

    run_status(recipe, settings, as_json=as_json)


@journal.command()
@recipe_options
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), help="File to write: .jsonl or .parquet."
)
def export(recipe: str, settings: tuple[str, ...], output: Path) -> None:
    """Write every answer with all that is known of it: RECIPE is a recipe that generates, or a journal file."""
    from cgd_recipes.commands.journal import run_export

    run_export(recipe, settings, output)
