"""`cgd-recipe run`: from questions to a report, one command after the other."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import click

from cgd_recipes import __version__
from cgd_recipes.commands.console import duration, print_json, say
from cgd_recipes.commands.doctor import recipe_problems
from cgd_recipes.environments.versions import find_gpus
from cgd_recipes.errors import Problem, RecipeError, Where, did_you_mean, user_error
from cgd_recipes.evaluation.python import find_python
from cgd_recipes.generation.settings import load_generation
from cgd_recipes.workflow.cells import Cell, Study
from cgd_recipes.workflow.jobs import write_jobs
from cgd_recipes.workflow.records import Records
from cgd_recipes.workflow.run import GENERATE_BIN, Progress, StepFailed, Wanted, command_of, make_steps, time_left
from cgd_recipes.workflow.steps import Step, steps_of
from cgd_recipes.workflow.study import load_study

_GO_ON = "the same command, without --from, goes on from there"


def run_run(name: str, settings: tuple[str, ...], wanted: Wanted, *, dry_run: bool, jobs: bool, as_json: bool) -> None:
    """`cgd-recipe run`.

    Args:
        name: recipe or study.
        settings: `key.path=value` texts.
        wanted: which of its steps.
        dry_run: only show the steps, and which of them are done.
        jobs: only write lists of commands for a cluster.
        as_json: print one JSON object at the end.

    Raises:
        RecipeError: a mistake in the study or its recipes, or a tool that is missing.
    """
    if jobs and wanted != Wanted():
        raise click.UsageError("--jobs writes all jobs; leave --from, --to and --only out")
    study = load_study(name, settings)
    steps = steps_of(study)
    if jobs:
        command = ["cgd-recipe", "run", name, *(part for setting in settings for part in ("-s", setting))]
        say(*write_jobs(study, steps, command))
        return
    wanted = replace(wanted, jobs=_jobs(study, steps, wanted.jobs))
    chosen = wanted.of(steps)
    if not chosen:
        raise click.UsageError("--from, --to and --only leave no step to make")
    undone = {step.name for step in Records(study.folder).to_do(steps)}
    to_do = [step for step in chosen if wanted.first or step.name in undone]
    if dry_run:
        _show(study, chosen, to_do, as_json)
        return
    _check_tools(study, to_do)
    try:
        make_steps(study, steps, wanted, partial(_tell, to_stderr=as_json))
    except KeyboardInterrupt:
        say(f"stopped; {_GO_ON}", to_stderr=True)
        sys.exit(130)
    except StepFailed as failed:
        say(*failed.tail, *_failure(study, failed), to_stderr=True)
        sys.exit(1)
    if as_json:
        print_json(_summary(study))
    else:
        say(*(f"report    {step.arguments[-1]}/report.html" for step in chosen if step.kind == "report"))


def _failure(study: Study, failed: StepFailed) -> Iterator[str]:
    how = f"exit code {failed.code}" if failed.code >= 0 else f"signal {-failed.code}"
    log = Records(study.folder).log(failed.step)
    yield f"step {failed.step.name} failed ({how}), see above and {log}"
    yield f"what is done stays done; {_GO_ON}"


def _jobs(study: Study, steps: list[Step], names: Iterable[str]) -> tuple[str, ...]:
    """The jobs that are named, those of an arm with several seeds by the arm's name.

    Raises:
        RecipeError: there is no such job and no such arm.
    """
    arms: dict[str, list[str]] = {}
    for cell in study.cells:
        arms.setdefault(cell.label, []).append(cell.name)
    known = list(dict.fromkeys(step.job for step in steps))
    unknown = [name for name in names if name not in known and name not in arms]
    if unknown:
        listed = f"; there are: {', '.join([*arms, *known])}"
        raise RecipeError(
            Problem(Where("--only"), f"there is no job '{name}'{did_you_mean(name, [*known, *arms]) or listed}")
            for name in unknown
        )
    return tuple(job for name in names for job in ([name] if name in known else arms[name]))


def _check_tools(study: Study, steps: list[Step]) -> None:
    """See that the tools of some steps are here and fit, before the first of them starts.

    Raises:
        RecipeError: everything that is missing or does not fit.
    """
    problems: list[Problem] = []
    cells = {cell.name: cell for cell in study.cells}
    training = [cells[step.cell] for step in steps if step.kind == "train"]
    gpus = find_gpus() if training else []
    for cell in training:
        problems += recipe_problems(cell.plan, cell.config, gpus)
    checks: list[Callable[[], object]] = [
        partial(_check_generation, cells[step.cell]) for step in steps if step.kind == "generate"
    ]
    if any(step.kind == "evaluate" for step in steps):
        checks.append(partial(find_python, study.source))
    for check in checks:
        try:
            check()
        except RecipeError as error:
            problems += error.problems
    if problems:
        raise RecipeError(problems)


def _check_generation(cell: Cell) -> None:
    generation = load_generation(cell.plan)
    if folder := os.environ.get(GENERATE_BIN):
        if not (Path(folder) / "python").exists():
            raise user_error(
                GENERATE_BIN, f"there is no python in {folder}; name the bin folder of an environment, or unset it"
            )
        _check_generator(Path(folder) / "python")
    else:
        with generation.located():
            generation.open_engine()


def _check_generator(python: Path) -> None:
    """See that the Python that will generate has this version of cgd-recipes."""
    ask = "import cgd_recipes; print(cgd_recipes.__version__)"
    done = subprocess.run([python, "-P", "-c", ask], capture_output=True, text=True, check=False)
    if done.returncode or done.stdout.strip() != __version__:
        found = f"cgd-recipes {done.stdout.strip()}" if not done.returncode else "no cgd-recipes"
        raise user_error(str(python), f"has {found}; install cgd-recipes {__version__} there")


def _show(study: Study, steps: list[Step], to_do: list[Step], as_json: bool) -> None:
    """The plan: every step with its command, and whether it is done."""
    undone = {step.name for step in to_do}
    left = time_left(Records(study.folder), to_do)
    if as_json:
        shown = [
            {"kind": step.kind, "cell": step.cell, "done": step.name not in undone, "command": command_of(step)}
            for step in steps
        ]
        print_json({"name": study.name, "steps": shown, "seconds_left": left})
        return
    for step in steps:
        state = "to do" if step.name in undone else "done "
        say(f"{state}  {step.kind:8}  {step.cell:24}  cgd-recipe {shlex.join(step.arguments)}")
    say(f"{len(to_do)} of {len(steps)} steps to do{_about(left) if to_do else ''}; nothing was started")


def _tell(progress: Progress, *, to_stderr: bool) -> None:
    """One line for a step: on a terminal it is there from the beginning, elsewhere there is one for each end."""
    step, terminal = progress.step, sys.stdout.isatty() and not to_stderr
    head = f"[{progress.number}/{progress.steps}] {step.kind:8} {step.cell}"
    if progress.skipped:
        say(f"{head}: done before", to_stderr=to_stderr)
    elif progress.seconds is None:
        if terminal:
            click.echo(f"{head}: since {time.strftime('%H:%M')}{_about(progress.left)} ...", nl=False)
    else:
        if terminal:
            click.echo("\r\x1b[K", nl=False)
        left = _about(progress.left) if progress.number < progress.steps else ""
        say(f"{head}: {duration(progress.seconds)}{left}", to_stderr=to_stderr)


def _about(seconds: float | None) -> str:
    return ", time left unknown" if seconds is None else f", about {duration(seconds)} left"


def _summary(study: Study) -> dict[str, Any]:
    return {
        "name": study.name,
        "models": {cell.name: cell.model for cell in study.cells if cell.trains},
        "results": {cell.name: str(cell.results) for cell in study.cells if cell.reports},
        "reports": [str(study.report_folder(baseline)) for baseline in study.reports()],
    }
