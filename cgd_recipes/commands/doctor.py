"""`cgd-recipe doctor`: which tools are installed, which fit each other, and whether a recipe can be trained."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from cgd_recipes.commands.train import check_tokenizers
from cgd_recipes.environments.find import TRAINER_BIN, can_import, find_command, find_interpreter
from cgd_recipes.environments.versions import (
    TRAINERS,
    Environment,
    compatibility,
    contradictions,
    find_environments,
    find_gpus,
    find_trainers,
    install_command,
    is_within,
    pip_install,
    read_environment,
)
from cgd_recipes.errors import Problem, RecipeError, Where
from cgd_recipes.evaluation.install import lm_eval_tasks, state
from cgd_recipes.recipe.plan import Plan, make_plan
from cgd_recipes.recipe.resolve import load_recipe
from cgd_recipes.rendering.check import check_config
from cgd_recipes.rendering.rendered import recipe_name

_COUNTS = ("GPUS_PER_NODE", "CUDA_VISIBLE_DEVICES", "SLURM_GPUS_ON_NODE")


def evaluation_warnings(environments: dict[str, Environment]) -> list[str]:
    """What is wrong with lm-eval where it is: stale or foreign task files in it, and nothing to grade with."""
    warnings = []
    for python, environment in environments.items():
        folder = lm_eval_tasks(python) if "lm-eval" in environment.versions else None
        if folder is None:
            continue
        installed = state(folder)
        warnings += installed.faults
        if installed.version and not can_import(python, "cgd_recipes"):
            warnings.append(
                f"{python} has no cgd_recipes, which the task files in its lm-eval name; install it there, too"
            )
    return warnings


def tool_problems(trainers: dict[str, str], environments: dict[str, Environment]) -> list[Problem]:
    """Installed tools that contradict each other, and a CGD_TRAINER_BIN without a trainer."""
    problems = [problem for environment in environments.values() for problem in contradictions(environment)]
    named = os.environ.get(TRAINER_BIN)
    if named and not trainers:
        message = f"there is no trainer in {named}; name the bin folder of an environment with one, or unset it"
        problems.append(Problem(Where(TRAINER_BIN), message))
    return problems


def recipe_problems(plan: Plan, gpus: list[str]) -> list[Problem]:
    """What keeps a recipe from being trained on this machine, each with what to install or change.

    Args:
        plan: of a recipe.
        gpus: see `find_gpus`.
    """
    recipe, trainer = plan.recipe, plan.train["trainer"]
    config = check_config(plan)
    problems = list(_machine_problems(plan, config, gpus))
    try:
        find_command(trainer, Path(recipe.source))
        python = find_interpreter(trainer, Path(recipe.source))
    except RecipeError as error:
        return [*error.problems, *problems]
    return [*_trainer_problems(plan, config, read_environment(python)), *problems]


def _trainer_problems(plan: Plan, config: dict[str, Any], environment: Environment) -> Iterator[Problem]:
    trainer, versions, python = plan.train["trainer"], environment.versions, environment.python
    facts = compatibility()["tools"][trainer]
    version = versions.get(trainer)
    if version is None or not is_within(version, facts["supported"]):
        message = (
            f"{trainer} {version or 'of no known version'} in {python} is not supported (needs {facts['supported']})"
        )
        yield plan.recipe.problem(("train", "trainer"), f"{message}: {pip_install(facts['install'])}")
    yield from contradictions(environment)
    if trainer == "torchtune":
        try:
            check_tokenizers(python)
        except RecipeError as error:
            yield from error.problems
    if config.get("deepspeed") and "deepspeed" not in versions:
        message = f"sharding {plan.train['sharding']} needs deepspeed, which is not in {python}"
        cure = f"{install_command('deepspeed', versions)}; or set train.sharding"
        yield plan.recipe.problem(("train", "sharding"), f"{message}: {cure}")
    if config.get("attn_implementation") == "flash_attention_2" and "flash-attn" not in versions:
        message = f"flash_attention_2 needs flash-attn, which is not in {python}"
        cure = f"{install_command('flash-attn', versions)}; or set train.attention: sdpa"
        yield plan.recipe.problem(("train", "attention"), f"{message}: {cure}")


def _machine_problems(plan: Plan, config: dict[str, Any], gpus: list[str]) -> Iterator[Problem]:
    for command, package in (("bash", "bash"), ("sha256sum", "GNU coreutils")):
        if shutil.which(command) is None:
            yield Problem(Where("PATH"), f"there is no {command}, which launch.sh needs; install {package}")
    wanted, found = plan.recipe.get("launch", "gpus_per_node"), _count(gpus)
    if config.get("device") != "cpu" and found != wanted and not _falls_back_on_cpu(plan, config, found):
        cure = f"set GPUS_PER_NODE={wanted}, or " if found > wanted else ""
        cure += f"render with -s launch.gpus_per_node={found}" if found else "train on a machine that has them"
        message = f"'launch.gpus_per_node' is {wanted}, and this machine has {found}; {cure}"
        yield plan.recipe.problem(("launch", "gpus_per_node"), message)
    if plan.train["trainer"] == "torchtune":
        yield from _checkpoint_problems(plan, config)


def _count(gpus: list[str]) -> int:
    """GPUs that launch.sh would count."""
    given, visible, slurm = map(os.environ.get, _COUNTS)
    if given and given.isdigit():
        return int(given)
    if visible is not None:
        return len([one for one in visible.removeprefix("-1").split(",") if one])
    return int(slurm) if slurm and slurm.isdigit() else len(gpus)


def _falls_back_on_cpu(plan: Plan, config: dict[str, Any], found: int) -> bool:
    """Whether Axolotl would train on the CPU, for want of a GPU, something that needs none."""
    if plan.train["trainer"] != "axolotl" or plan.world_size != 1 or found or "CUDA_VISIBLE_DEVICES" in os.environ:
        return False
    needs = [config.get(key) for key in ("bf16", "fp16", "deepspeed", "fsdp_config", "load_in_4bit", "load_in_8bit")]
    return not any(needs) and "flash" not in str(config.get("attn_implementation"))


def recipe_warnings(plan: Plan, gpus: list[str]) -> list[str]:
    """What is unusual about training a recipe on this machine."""
    if _falls_back_on_cpu(plan, check_config(plan), _count(gpus)):
        return ["'launch.gpus_per_node' is 1, and this machine has 0: Axolotl will train on the CPU"]
    return []


def _checkpoint_problems(plan: Plan, config: dict[str, Any]) -> Iterator[Problem]:
    """What torchtune lacks of the student's files; launch.sh downloads a folder that is not there."""
    start = Path("build") / plan.recipe.get("name")
    folder = start / config["checkpointer"]["checkpoint_dir"]
    try:
        check_config(plan, start)
    except RecipeError as error:
        yield from error.problems
    if not folder.is_dir() and os.environ.get("HF_HUB_OFFLINE") in ("1", "true"):
        message = (
            f"there is no {folder}, and HF_HUB_OFFLINE forbids its download; unset it, or download the student there"
        )
        yield plan.recipe.problem(("student",), message)


def run_doctor(name: str | None, settings: tuple[str, ...], *, as_json: bool) -> None:
    """`cgd-recipe doctor`.

    Args:
        name: a recipe (path or shipped name) or a rendered folder, to say of whether it can be trained here; None looks at
            the tools alone.
        settings: `key.path=value` texts for the recipe.
        as_json: print one JSON object.

    Raises:
        RecipeError: installed tools contradict each other, or the recipe cannot be trained here.
        click.exceptions.Exit: the same with `as_json`, the problems being in the object.
    """
    plan = make_plan(load_recipe(recipe_name(name), settings)) if name else None
    trainers, gpus = find_trainers(), find_gpus()
    environments = find_environments(trainers)
    problems = recipe_problems(plan, gpus) if plan else tool_problems(trainers, environments)
    warnings = [*(recipe_warnings(plan, gpus) if plan else []), *evaluation_warnings(environments)]
    if not trainers:
        cures = [f"for {one}: {pip_install(compatibility()['tools'][one]['install'])}" for one in TRAINERS]
        warnings.append(f"no trainer is installed; {'; '.join(cures)}")
    if as_json:
        report = {
            "environments": [environment._asdict() for environment in environments.values()],
            "gpus": gpus,
            "warnings": warnings,
            "problems": [{**problem.where._asdict(), "message": problem.message} for problem in problems],
        }
        click.echo(json.dumps(report, indent=2, ensure_ascii=False))
        raise click.exceptions.Exit(1 if problems else 0)
    _print_table(list(environments.values()), gpus)
    for warning in warnings:
        click.echo(f"warning: {warning}", err=True)
    if problems:
        raise RecipeError(problems)
    click.echo(f"{name}: can be trained here" if name else "nothing contradicts anything")


def _print_table(environments: list[Environment], gpus: list[str]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("tool", "supported", box=None, header_style="bold", pad_edge=False)
    for number, _ in enumerate(environments, 1):
        table.add_column(f"[{number}]", header_style="bold")
    for tool, facts in compatibility()["tools"].items():
        table.add_row(tool, facts.get("supported", ""), *(one.versions.get(tool, "-") for one in environments))
    Console(width=None if sys.stdout.isatty() else 200).print(table)
    for number, environment in enumerate(environments, 1):
        click.echo(f"[{number}] {environment.python}{'  (this one)' if environment.python == sys.executable else ''}")
    click.echo("\n".join(gpus) or "no GPU: nvidia-smi lists none, or is not there")
