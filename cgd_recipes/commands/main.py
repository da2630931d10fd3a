"""The command line. Commands import what they need when they run, so that `--help` and completion answer at once."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click

from cgd_recipes import __version__
from cgd_recipes.commands.console import prepare_streams, print_json, problems_json, say, say_usage
from cgd_recipes.commands.eval_cli import eval_, tasks
from cgd_recipes.commands.generate_cli import generate, journal
from cgd_recipes.commands.options import Chosen, json_option, recipe_options
from cgd_recipes.commands.report_cli import compare, gate, report
from cgd_recipes.errors import RecipeError
from cgd_recipes.workflow.kinds import KINDS


class _Group(click.Group):
    """Turns errors into messages and exit codes: 1 the user's, 2 usage, 3 ours, 130 interrupted."""

    def main(self, args: Sequence[str] | None = None, *others: Any, **options: Any) -> Any:
        arguments, chosen = list(sys.argv[1:] if args is None else args), Chosen()
        prepare_streams()
        if threading.current_thread() is threading.main_thread():
            # What Slurm and the like send before they kill; it stops a command as cleanly as Ctrl-C does.
            signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            code = super().main(arguments, *others, **{**options, "standalone_mode": False, "obj": chosen})
        except BaseException as error:
            if isinstance(error, SystemExit | GeneratorExit):
                raise
            code = _end(error, arguments, chosen)
        sys.exit(code)


def _end(error: BaseException, arguments: list[str], chosen: Chosen) -> int:
    """Tell what ended a command, and return its exit code."""
    from cgd_recipes.commands.bug_report import bug_report, is_ours, trace

    if isinstance(error, click.ClickException):
        say_usage(error)
        return error.exit_code
    if chosen.debug:
        say(*trace(error).splitlines(), to_stderr=True)
    match error:
        case click.Abort() | KeyboardInterrupt():
            say("interrupted", to_stderr=True)
            return 130
        case RecipeError():
            if chosen.as_json:
                print_json({"problems": problems_json(error.problems)})
            say(*error.problems, to_stderr=True)
            return 1
        case BrokenPipeError():
            return 1
        case OSError() if not is_ours(error):  # a full disk, a folder without permission
            say(f"{error.filename or 'cgd-recipe'}: {error.strerror or error}", to_stderr=True)
            return 1
    say(*bug_report(error, arguments), to_stderr=True)
    return 3


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="cgd-recipe")
@click.option("--debug", is_flag=True, envvar="CGD_DEBUG", help="Show the traceback of an error.")
@click.pass_obj
def main(chosen: Chosen, debug: bool) -> None:
    """Recipes for Critique-Guided Distillation: YAML in; dataset, trainer config, launch script and evaluation plan out."""
    chosen.debug = debug


@main.command()
@recipe_options
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Output folder.  [default: build/<name>]")
@click.option("--dry-run", is_flag=True, help="Check everything, write nothing.")
@click.option("--force", is_flag=True, help="Overwrite rendered files that were edited since.")
@json_option
def render(
    recipe: str, settings: tuple[str, ...], output: Path | None, dry_run: bool, force: bool, as_json: bool
) -> None:
    """Turn a recipe into a dataset and a validated trainer config."""
    from cgd_recipes.commands.render import run_render

    run_render(recipe, settings, output, dry_run=dry_run, force=force, as_json=as_json)


main.add_command(generate)
main.add_command(journal)


@main.command()
@recipe_options
@click.argument("extra", nargs=-1)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The rendered folder.  [default: build/<name>]")
@click.option("--dry-run", is_flag=True, help="Only print the commands and the environment they get.")
def train(recipe: str, settings: tuple[str, ...], extra: tuple[str, ...], output: Path | None, dry_run: bool) -> None:
    """Render a recipe unless that was done, and run its trainer.

    RECIPE may also be a rendered folder, which is then trained as it is. EXTRA arguments, after --, go to the trainer,
    which is looked for in the folder that CGD_TRAINER_BIN names if it is set, else beside this program and on PATH.
    """
    from cgd_recipes.commands.train import run_train

    run_train(recipe, settings, output, extra, dry_run=dry_run)


@main.command()
@recipe_options
@click.option("--from", "first", type=click.Choice(KINDS), help="Make this step and all later ones anew.")
@click.option("--to", "last", type=click.Choice(KINDS), help="Stop after this step.")
@click.option(
    "--only", "jobs", multiple=True, metavar="JOB", help="Make one arm alone, or another job that --jobs lists."
)
@click.option("--dry-run", is_flag=True, help="Show the steps, and which of them are done.")
@click.option(
    "--jobs", "write", is_flag=True, help="Write lists of commands and a Slurm script for a cluster; start nothing."
)
@json_option
def run(
    recipe: str,
    settings: tuple[str, ...],
    first: str | None,
    last: str | None,
    jobs: tuple[str, ...],
    dry_run: bool,
    write: bool,
    as_json: bool,
) -> None:
    """Generate, render, train, evaluate and report, each step once.

    RECIPE may also be a study, which lists several trainings over one recipe. A step is skipped where it was made from what
    there is now. The same command goes on after anything that stopped it. CGD_GENERATE_BIN, CGD_TRAINER_BIN and CGD_EVAL_BIN
    name the bin folders of the tools' environments.
    """
    from cgd_recipes.commands.run import run_run
    from cgd_recipes.workflow.run import Wanted

    run_run(recipe, settings, Wanted(first, last, jobs), dry_run=dry_run, jobs=write, as_json=as_json)


@main.command()
@partial(recipe_options, required=False)
@json_option
def doctor(recipe: str | None, settings: tuple[str, ...], as_json: bool) -> None:
    """Show which tools are installed and fit each other, and whether a recipe can be trained here."""
    from cgd_recipes.commands.doctor import run_doctor

    run_doctor(recipe, settings, as_json=as_json)


@main.command()
@recipe_options
@click.option("--with-trainer", is_flag=True, help="Also run the installed trainer's own validators.")
@click.option(
    "--with-modules", is_flag=True, help="Let the trainer import, and so run, modules beside its config file."
)
@json_option
def validate(recipe: str, settings: tuple[str, ...], with_trainer: bool, with_modules: bool, as_json: bool) -> None:
    """Check a recipe, or a trainer's own config file, without reading data."""
    from cgd_recipes.commands.validate import run_validate

    run_validate(recipe, settings, with_trainer=with_trainer, with_modules=with_modules, as_json=as_json)


@main.command()
@recipe_options
@click.option("--row", default=1, show_default=True, type=click.IntRange(min=1), help="Example, in rendered order.")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write a page of HTML.")
@json_option
def preview(recipe: str, settings: tuple[str, ...], row: int, html: Path | None, as_json: bool) -> None:
    """Show one example as the student will see it, and what of it is trained."""
    from cgd_recipes.commands.preview import run_preview

    run_preview(recipe, settings, row, html, as_json=as_json)


@main.command()
@recipe_options
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Folder for the report.  [default: build/<name>.data]"
)
@json_option
def inspect(recipe: str, settings: tuple[str, ...], output: Path | None, as_json: bool) -> None:
    """Write a report on the rows of a recipe: what is right, what leaks, what repeats.

    RECIPE may also be a file or folder of rows, of which any row with a question will do.
    """
    from cgd_recipes.commands.inspect import run_inspect

    run_inspect(recipe, settings, output, as_json=as_json)


@main.command()
@recipe_options
@click.argument("repo")
@click.option(
    "--public", is_flag=True, help="Let everybody read it; a repository that this makes is private otherwise."
)
@click.option("--dry-run", is_flag=True, help="List what would be sent, and send nothing.")
@json_option
def push(recipe: str, settings: tuple[str, ...], repo: str, public: bool, dry_run: bool, as_json: bool) -> None:
    """Send a rendered dataset and its card to a dataset repository of the hub.

    RECIPE is a rendered folder, or a recipe that was rendered into build/<name>. REPO reads OWNER/NAME. The token with write
    access is in HF_TOKEN. Nothing else of the folder is sent.
    """
    from cgd_recipes.commands.push import run_push

    run_push(recipe, settings, repo, public=public, dry_run=dry_run, as_json=as_json)


@main.command()
@recipe_options
@json_option
def show(recipe: str, settings: tuple[str, ...], as_json: bool) -> None:
    """Show the resolved recipe with the origin of each value."""
    from cgd_recipes.commands.catalog import run_show

    run_show(recipe, settings, as_json=as_json)


@main.command(name="ls")
@json_option
def list_(as_json: bool) -> None:
    """List shipped recipes, fragments, families, methods and row formats."""
    from cgd_recipes.commands.catalog import run_ls

    run_ls(as_json=as_json)


@main.command()
@click.argument("model")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File to write.  [default: print it]")
def family(model: str, output: Path | None) -> None:
    """Make a family file from a model's own files.

    MODEL is its folder, or a hub id of which the hub's cache holds config, tokenizer and chat template. Each field says
    where it comes from. What the files do not tell, or what does not fit, is a question at the top.
    """
    from cgd_recipes.commands.new import run_family

    run_family(model, output)


@main.command()
@click.argument("family")
@click.option("-m", "--method", default="cgd", show_default=True, help="Method of the new recipe.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="File to write.  [default: <family>-<method>.yaml]"
)
def new(family: str, method: str, output: Path | None) -> None:
    """Write a starter recipe for a family, or for a model.

    FAMILY may also be a model: a hub id that a shipped family knows, or a folder or a hub id in the hub's cache. For these a
    family file is written beside the recipe, as `cgd-recipe family` makes it.
    """
    from cgd_recipes.commands.new import run_new

    run_new(family, method, output)


@main.command()
@click.argument("name", default="recipe")
def schema(name: str) -> None:
    """Print a JSON Schema: recipe, family, method, row ..."""
    from cgd_recipes.commands.catalog import run_schema

    run_schema(name)


main.add_command(eval_)
main.add_command(tasks)
main.add_command(report)
main.add_command(compare)
main.add_command(gate)
