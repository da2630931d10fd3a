"""`cgd-recipe train`: the launch script of a rendered folder, run where its trainer is installed."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, NoReturn

from cgd_recipes.commands.console import say
from cgd_recipes.commands.render import run_render
from cgd_recipes.environments.find import NO_TELEMETRY, OFFLINE, find_command, find_interpreter
from cgd_recipes.errors import user_error
from cgd_recipes.files.arguments import as_argument
from cgd_recipes.files.ownership import MANIFEST
from cgd_recipes.files.regular import read_text
from cgd_recipes.recipe.recipe import Recipe
from cgd_recipes.recipe.resolve import load_recipe
from cgd_recipes.rendering.render import render
from cgd_recipes.rendering.rendered import check_outputs, check_rendered, is_rendered, recipe_name, rendered_values
from cgd_recipes.trainers.plan import make_plan
from cgd_recipes.trainers.protocol import Trainer
from cgd_recipes.trainers.registry import TRAINERS, trainer_of

SCRIPT = "launch.sh"


class Launch(NamedTuple):
    """How to start a training run.

    Attributes:
        command: program and arguments.
        switches: environment variables to set; those that are set already are left out.
        folder: where the trainer's commands are, to come first on PATH.
    """

    command: list[str]
    switches: dict[str, str]
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """The whole environment of the run: the caller's own, which may hold NNODES and the like, and the changes."""
        path = os.pathsep.join([str(self.folder), os.environ.get("PATH", os.defpath)])
        return {**os.environ, **self.switches, "PATH": path}

    def __str__(self) -> str:
        switches = [f"{name}={value}" for name, value in self.switches.items()]
        return f'{" ".join(switches)} PATH={shlex.quote(str(self.folder))}:"$PATH" {shlex.join(self.command)}'.lstrip()


def run_train(
    name: str, settings: tuple[str, ...], output: Path | None, extra: Sequence[str], *, dry_run: bool
) -> NoReturn:
    """`cgd-recipe train`: render unless that was done, then become the trainer, whose exit code is the command's.

    Args:
        name: a recipe (path or shipped name), or a folder that it was rendered into.
        settings: `key.path=value` texts.
        output: the rendered folder; `build/<name>` unless given.
        extra: arguments for the trainer.
        dry_run: only print the commands.

    Raises:
        RecipeError: a mistake in the recipe, a folder that was not rendered from it as it is now, or no trainer.
    """
    given = Path(name)
    recipe: Recipe | None = None
    if is_rendered(given) and not settings and output is None:
        # As it is, also where the recipe's own files are not: on another machine.
        trainer = _trainer_of_folder(given)
        folder, ready, student = given, True, str(rendered_values(given).get("student"))
    else:
        recipe = load_recipe(recipe_name(name), settings)
        plan = make_plan(recipe)
        folder = output or (given if is_rendered(given) else recipe.build_folder())
        trainer, student, ready = trainer_of(plan), plan.student, is_rendered(folder)
        if ready:
            check_rendered(plan, folder)
    launch = prepare(trainer, Path(recipe.source if recipe else name), Path(student).is_dir(), folder, extra)
    if dry_run:
        say(str(launch))
        sys.exit(_show_script(folder) if ready or recipe is None else _try_script(launch, recipe))
    if not ready:
        run_render(recipe_name(name), settings, folder, dry_run=False, force=False, as_json=False)
    say(str(launch))
    _become(launch)


def _trainer_of_folder(folder: Path) -> Trainer:
    name = str(check_outputs(folder)["trainer"])
    if name not in TRAINERS:
        raise user_error(str(folder / MANIFEST), f"names trainer '{name}', which this cgd-recipes does not know")
    return TRAINERS[name]


def prepare(trainer: Trainer, source: Path, offline: bool, folder: Path, extra: Sequence[str]) -> Launch:
    """The launch script of a rendered folder with the environment that it needs.

    Telemetry is off; a variable that is set already stays as it is. The trainer's own folder comes first on PATH,
    because a trainer starts torchrun from there.

    Args:
        trainer: the trainer.
        source: what to name in messages.
        offline: turn the hub off as well; for a local student.
        folder: the rendered folder.
        extra: arguments for the trainer.

    Raises:
        RecipeError: the trainer is not installed, or its environment lacks what the config names.
    """
    command = find_command(trainer.tool, source)
    trainer.check_environment(find_interpreter(trainer.tool, source))
    switches = {**NO_TELEMETRY, **(OFFLINE if offline else {})}
    unset = {name: value for name, value in switches.items() if name not in os.environ}
    return Launch(["bash", as_argument(folder / SCRIPT), *extra], unset, command.parent)


def _show_script(folder: Path) -> int:
    """Print the launch script of a rendered folder. It may come from anywhere, so that looking must not run it."""
    text = read_text(folder / SCRIPT, errors="replace")
    say(f"# {folder / SCRIPT}, of which a dry run runs nothing:", *text.split("\n"))
    return 0


def _try_script(launch: Launch, recipe: Recipe) -> int:
    """Render a recipe into a folder that is gone afterwards, and let that launch script print what it would start."""
    _shell, _script, *extra = launch.command
    with tempfile.TemporaryDirectory() as scratch:
        rendered = render(recipe, Path(scratch) / "rendered", progress=lambda stage, rows: None)
        environment = {**launch.environment, "DRY_RUN": "1"}
        sys.stdout.flush()
        command = ["bash", str(rendered.folder / SCRIPT), *extra]
        return subprocess.run(command, env=environment, check=False).returncode


def _become(launch: Launch) -> NoReturn:
    """Replace this process, so that signals, exit code and streams are the trainer's own, with nothing between."""
    sys.stdout.flush()
    sys.stderr.flush()
    # Python ignores it, and what is started inherits that.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    os.execvpe(launch.command[0], launch.command, launch.environment)  # noqa: S606
