"""`cgd-recipe tasks`: the task files, in lm-eval and out of it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import click

from cgd_recipes.commands.console import say, warn
from cgd_recipes.environments.find import LM_EVAL, find_interpreter
from cgd_recipes.errors import did_you_mean, user_error
from cgd_recipes.evaluation.harness.documents import DATA
from cgd_recipes.evaluation.install import install, lm_eval_tasks, state, uninstall
from cgd_recipes.evaluation.python import find_python, version_warnings
from cgd_recipes.evaluation.taskfiles import task_names, tasks_folder


def run_path() -> None:
    """`cgd-recipe tasks path`."""
    say(tasks_folder())


def run_install() -> None:
    """`cgd-recipe tasks install`.

    Raises:
        RecipeError: no lm-eval, one that has no cgd-recipes beside it, or a folder that is not ours.
    """
    python = find_python("lm_eval")
    target = install(_tasks(python))
    say(f"{target}: {len(task_names())} tasks and groups; lm_eval --tasks cgd_math finds them now")


def run_uninstall() -> None:
    """`cgd-recipe tasks uninstall`.

    Raises:
        RecipeError: no lm-eval, or files that were changed since.
    """
    folder = _tasks(find_interpreter(LM_EVAL, Path("lm_eval")))
    removed = uninstall(folder)
    say(f"{folder}: {len(removed)} files removed" if removed else f"{folder}: nothing was installed")


def run_check(names: tuple[str, ...], data: Path | None) -> None:
    """`cgd-recipe tasks check`.

    Args:
        names: tasks and groups; all unless given.
        data: local folder of the benchmarks.

    Raises:
        RecipeError: an unknown name, or no lm-eval.
        click.exceptions.Exit: a task is wrong; each was told.
    """
    known = task_names()
    unknown = next((name for name in names if name not in known), None)
    if unknown:
        raise user_error(
            unknown, f"there is no such task{did_you_mean(unknown, known) or '. There are: ' + ', '.join(known)}"
        )
    python = find_python("lm_eval")
    warn([*version_warnings(python), *state(_tasks(python)).faults])
    environment = {**os.environ, **({DATA: str(data.absolute())} if data else {})}
    command = [python, "-P", "-m", "cgd_recipes.evaluation.harness.check", str(tasks_folder()), *(names or known)]
    done = subprocess.run(command, env=environment, check=False)
    if done.returncode:
        raise click.exceptions.Exit(1)


def _tasks(python: str) -> Path:
    folder = lm_eval_tasks(python)
    if folder is None:
        raise user_error(python, "has no lm-eval: pip install 'cgd-recipes[eval]'")
    return folder
