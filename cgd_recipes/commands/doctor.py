"""`cgd-recipe doctor`: which tools are installed, which fit each other, and whether a recipe can be trained."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from cgd_recipes.commands.console import cells, print_json, problems_json, say, table_console, unseen_student, warn
from cgd_recipes.environments.find import LM_EVAL, TRAINER_BIN, find_command, find_interpreter
from cgd_recipes.environments.versions import (
    Environment,
    compatibility,
    contradictions,
    find_environments,
    find_gpus,
    find_pythons,
    is_within,
    pip_install,
    read_environment,
    unsupported,
    weakest_capability,
)
from cgd_recipes.errors import Problem, RecipeError, Where
from cgd_recipes.evaluation.install import lm_eval_tasks, state
from cgd_recipes.evaluation.python import grading_fault
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.recipe.resolve import load_recipe
from cgd_recipes.rendering.check import check_recipe, file_problems, recipe_disclosures
from cgd_recipes.rendering.rendered import recipe_name
from cgd_recipes.trainers.plan import make_plan
from cgd_recipes.trainers.protocol import Config
from cgd_recipes.trainers.registry import TRAINERS, trainer_of

_COUNTS = ("GPUS_PER_NODE", "CUDA_VISIBLE_DEVICES", "SLURM_GPUS_ON_NODE")


def evaluation_warnings(environments: dict[str, Environment]) -> list[str]:
    """What is wrong with lm-eval where it is: stale or foreign task files in it, and nothing to grade with."""
    warnings, chosen = [], find_pythons([LM_EVAL]).values()
    for python, environment in environments.items():
        folder = lm_eval_tasks(python) if "lm-eval" in environment.versions else None
        if folder is None:
            continue
        installed = state(folder)
        warnings += installed.faults
        if (installed.version or python in chosen) and (fault := grading_fault(python)):
            warnings.append(f"{python} has lm-eval, and {fault}")
    return warnings


def tool_problems(trainers: dict[str, str], environments: dict[str, Environment]) -> list[Problem]:
    """Installed tools that contradict each other, and a CGD_TRAINER_BIN without a trainer."""
    problems = []
    for environment in environments.values():
        problems += [*unsupported(environment), *contradictions(environment)]
    named = os.environ.get(TRAINER_BIN)
    if named and not trainers:
        message = f"there is no trainer in {named}; name the bin folder of an environment with one, or unset it"
        problems.append(Problem(Where(TRAINER_BIN), message))
    return problems


def recipe_problems(plan: Plan, config: Config, gpus: list[str]) -> list[Problem]:
    """What keeps a recipe from being trained on this machine, each with what to install or change.

    Args:
        plan: of a recipe.
        config: its trainer config.
        gpus: see `find_gpus`.
    """
    source, tool = Path(plan.recipe.source), trainer_of(plan).tool
    problems = list(_machine_problems(plan, config, gpus))
    try:
        find_command(tool, source)
        python = find_interpreter(tool, source)
    except RecipeError as error:
        return [*error.problems, *problems]
    return [*_trainer_problems(plan, config, read_environment(python)), *problems]


def _trainer_problems(plan: Plan, config: Config, environment: Environment) -> Iterator[Problem]:
    trainer, python = trainer_of(plan), environment.python
    facts, version = compatibility()["tools"].get(trainer.name), environment.versions.get(trainer.name)
    if facts and (version is None or not is_within(version, facts["supported"])):
        message = f"{trainer.name} {version or 'of no known version'} in {python} is not supported (needs {facts['supported']})"
        yield plan.recipe.problem(("train", "trainer"), f"{message}: {pip_install(facts['install'])}")
    yield from contradictions(environment)
    yield from trainer.environment_problems(plan, config, environment)


def _machine_problems(plan: Plan, config: Config, gpus: list[str]) -> Iterator[Problem]:
    for command, package in (("bash", "bash"), ("sha256sum", "GNU coreutils")):
        if shutil.which(command) is None:
            yield Problem(Where("PATH"), f"there is no {command}, which launch.sh needs; install {package}")
    wanted, found = plan.recipe.get("launch", "gpus_per_node"), _count(gpus)
    if found != wanted and not _falls_back_on_cpu(plan, config, found):
        cure = f"set GPUS_PER_NODE={wanted}, or " if found > wanted else ""
        cure += f"render with -s launch.gpus_per_node={found}" if found else "train on a machine that has them"
        message = f"'launch.gpus_per_node' is {wanted}, and this machine has {found}; {cure}"
        yield plan.recipe.problem(("launch", "gpus_per_node"), message)
    yield from file_problems(plan, config, plan.recipe.build_folder())
    yield from trainer_of(plan).machine_problems(plan, config, weakest_capability() if gpus else None)


def _count(gpus: list[str]) -> int:
    """GPUs that launch.sh would count."""
    given, visible, slurm = map(os.environ.get, _COUNTS)
    if given and given.isdecimal():
        return int(given)
    if visible is not None:
        return len([device for device in visible.removeprefix("-1").split(",") if device])
    return int(slurm) if slurm and slurm.isdecimal() else len(gpus)


def _falls_back_on_cpu(plan: Plan, config: Config, found: int) -> bool:
    """Whether the trainer would train on the CPU, for want of a GPU, something that needs none."""
    if plan.world_size != 1 or found or "CUDA_VISIBLE_DEVICES" in os.environ:
        return False
    return trainer_of(plan).trains_without_gpu(config)


def recipe_warnings(plan: Plan, config: Config, gpus: list[str]) -> list[str]:
    """What is unusual about training a recipe on this machine."""
    if _falls_back_on_cpu(plan, config, _count(gpus)):
        name = trainer_of(plan).name
        return [f"'launch.gpus_per_node' is 1, and this machine has 0: {name} will train on the CPU"]
    if gpus and weakest_capability() is None:
        return [
            "nvidia-smi does not say the compute capability of the GPU, so that bf16 and tf32 were not held against it"
        ]
    return []


def run_doctor(name: str | None, settings: tuple[str, ...], *, as_json: bool) -> None:
    """`cgd-recipe doctor`.

    Args:
        name: the recipe (path or shipped name) or the rendered folder to check for this machine; None checks the tools
            alone.
        settings: `key.path=value` texts for the recipe.
        as_json: print one JSON object.

    Raises:
        RecipeError: installed tools contradict each other, or the recipe cannot be trained here.
        click.exceptions.Exit: the same with `as_json`, the problems being in the object.
    """
    plan = make_plan(load_recipe(recipe_name(name), settings)) if name else None
    trainers, gpus = find_pythons(trainer.tool for trainer in TRAINERS.values()), find_gpus()
    environments = find_environments(trainers)
    if plan:
        config, _, student = check_recipe(plan)
        problems = recipe_problems(plan, config, gpus)
        warnings = [*student.warnings, *recipe_warnings(plan, config, gpus)]
        unseen = student.unseen
        own = trainer_of(plan).name
        warnings += [str(other) for found in environments.values() for other in unsupported(found, but=own)]
        disclosed = recipe_disclosures(plan, config)
    else:
        problems, warnings, disclosed, unseen = tool_problems(trainers, environments), [], [], ""
    warnings += evaluation_warnings(environments)
    if not trainers:
        known = compatibility()["tools"]
        fixes = [f"for {name}: {pip_install(known[name]['install'])}" for name in TRAINERS if name in known]
        warnings.append(f"no trainer is installed; {'; '.join(fixes)}")
    if as_json:
        report = {
            "environments": [environment._asdict() for environment in environments.values()],
            "gpus": gpus,
            "warnings": warnings,
            "disclosures": [str(disclosure) for disclosure in disclosed],
            "student_unseen": unseen,
            "problems": problems_json(problems),
        }
        print_json(report)
        raise click.exceptions.Exit(1 if problems else 0)
    _print_table(list(environments.values()), gpus)
    warn(warnings)
    for disclosure in disclosed:
        say(disclosure, to_stderr=True)
    if problems:
        raise RecipeError(problems)
    say(*unseen_student(unseen), f"{name}: can be trained here" if name else "no version conflicts found")


def _print_table(environments: list[Environment], gpus: list[str]) -> None:
    from rich.table import Table

    table = Table("tool", "supported", box=None, header_style="bold", pad_edge=False)
    for number, _ in enumerate(environments, 1):
        table.add_column(*cells(f"[{number}]"), header_style="bold")
    for tool, facts in compatibility()["tools"].items():
        versions = [environment.versions.get(tool, "-") for environment in environments]
        table.add_row(*cells(tool, facts.get("supported", ""), *versions))
    table_console().print(table)
    for number, environment in enumerate(environments, 1):
        say(f"[{number}] {environment.python}{'  (this one)' if environment.python == sys.executable else ''}")
    say(*(gpus or ["no GPU: nvidia-smi lists none, or is not there"]))
