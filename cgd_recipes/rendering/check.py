"""All checks of a recipe that need no data and no trainer, with every problem at the place that causes it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from cgd_recipes.data.rows import RowReader
from cgd_recipes.errors import Finding, Problem, RecipeError, did_you_mean
from cgd_recipes.evaluation.settings import eval_problems, eval_warnings
from cgd_recipes.files.shipped import shipped_names
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.trainers.registry import get_trainer


def check_config(plan: Plan, folder: Path | None = None) -> dict[str, Any]:
    """Build the trainer config of a plan and check it.

    Args:
        plan: with or without its rows.
        folder: folder in which the files that the config names must exist; None leaves that out.

    Returns:
        The config.

    Raises:
        RecipeError: everything that is wrong, located in the recipe where the recipe set it.
    """
    trainer = get_trainer(plan.train["trainer"])
    problems = [plan.recipe.problem(finding.path, finding.message) for finding in trainer.problems(plan)]
    if plan.rows is None:
        problems += [*_data_problems(plan), *eval_problems(plan.recipe)]
    if problems:
        raise RecipeError(problems)
    config = trainer.build(plan)
    problems = [_locate(plan, finding) for finding in trainer.check(plan, config, folder)]
    if problems:
        raise RecipeError(problems)
    return config


def plan_warnings(plan: Plan) -> list[str]:
    """What a user should know before training with a plan."""
    return [*get_trainer(plan.train["trainer"]).warnings(plan), *eval_warnings(plan.recipe)]


def _data_problems(plan: Plan) -> list[Problem]:
    """Wrong names in the `data` section, found before any row is read."""
    recipe, methods = plan.recipe, shipped_names("templates/methods")
    problems = [
        recipe.problem(
            ("data", "match_methods", index),
            f"'{name}' is not a shipped method, and only those can be named here{did_you_mean(name, methods)}",
        )
        for index, name in enumerate(recipe.get("data", "match_methods") or [])
        if name not in methods
    ]
    try:
        RowReader(recipe)
    except RecipeError as error:
        problems += error.problems
    return problems


def _locate(plan: Plan, finding: Finding) -> Problem:
    """A finding in the config, at the verbatim key of the recipe or the family that set it; else at the recipe's trainer."""
    trainer, path = plan.train["trainer"], finding.path
    head = str(path[0]) if path else ""
    own = plan.recipe.get("train", trainer) or {}
    if head in own:
        return plan.recipe.problem(("train", trainer, *path), finding.message)
    rivals = [key for key in re.findall(r"'(\w+)'", finding.message) if key in own]
    if rivals:
        message = f"{finding.message} (in train.{trainer}, `{head}: null` takes the rendered one away)"
        return plan.recipe.problem(("train", trainer, rivals[0]), message)
    if (trainer, head) in plan.family.document.keys:
        return Problem(plan.family.document.where((trainer, *path)), finding.message)
    if ("train", head) in plan.recipe.origins:
        return plan.recipe.problem(("train", head), finding.message)
    return plan.recipe.problem(("train", "trainer"), f"{trainer}: {finding.message}")
