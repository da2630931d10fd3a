"""Commands of evaluation; `cli` adds them to the program."""

from __future__ import annotations

from pathlib import Path

import click

from cgd_recipes.commands.options import recipe_options


@click.command(name="eval")
@recipe_options
@click.option("--model", metavar="PATH", help="Model folder or hub id.  [default: the trained model]")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Results folder.  [default: build/<name>-eval]")
@click.option("--limit", type=click.IntRange(min=1), help="Questions of each task, to try it out.")
@click.option("--select", is_flag=True, help="Choose the checkpoint first, on evaluate.select_on.")
@click.option("--dry-run", is_flag=True, help="Only print eval.yaml and the command.")
def eval_(
    recipe: str,
    settings: tuple[str, ...],
    model: str | None,
    output: Path | None,
    limit: int | None,
    select: bool,
    dry_run: bool,
) -> None:
    """Evaluate a model with lm-eval the way a recipe says: pass@k with errors over problems and over runs.

    lm-eval is searched for in the folder that CGD_EVAL_BIN names if it is set, else beside this program, in CGD_TRAINER_BIN and
    on PATH. The same command goes on with the answers that are there.
    """
    from cgd_recipes.commands.eval import run_eval

    run_eval(recipe, settings, model, output, limit, dry_run=dry_run, select=select)


@click.group()
def tasks() -> None:
    """The benchmarks as lm-eval tasks: where they are, and put into lm-eval."""


@tasks.command()
def path() -> None:
    """Print the folder for lm_eval --include_path."""
    from cgd_recipes.commands.tasks import run_path

    run_path()


@tasks.command()
def install() -> None:
    """Copy the task files into lm-eval, so that `lm_eval --tasks cgd_math` finds them."""
    from cgd_recipes.commands.tasks import run_install

    run_install()


@tasks.command()
def uninstall() -> None:
    """Take them out of lm-eval again."""
    from cgd_recipes.commands.tasks import run_uninstall

    run_uninstall()


@tasks.command()
@click.argument("names", nargs=-1)
@click.option("--data", type=click.Path(path_type=Path, exists=True, file_okay=False), help="Local benchmark files.")
def check(names: tuple[str, ...], data: Path | None) -> None:
    """Load tasks, build documents and prompts, and grade every gold answer against itself."""
    from cgd_recipes.commands.tasks import run_check

    run_check(names, data)
