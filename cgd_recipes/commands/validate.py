"""`cgd-recipe validate`: all checks that need no data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cgd_recipes.commands.console import print_json, say, unseen_student, warn
from cgd_recipes.errors import user_error
from cgd_recipes.recipe.resolve import load_recipe

if TYPE_CHECKING:
    from cgd_recipes.trainers.disclosure import Disclosure


def run_validate(
    name: str, settings: tuple[str, ...], *, with_trainer: bool, with_modules: bool, as_json: bool
) -> None:
    """`cgd-recipe validate`."""
    from cgd_recipes.trainers.config_file import check_trainer_file, trainer_of_file
    from cgd_recipes.workflow.study import study_file

    if with_modules and not with_trainer:
        raise click.UsageError("--with-modules says what --with-trainer may import; give both")
    if study_file(name):
        _validate_study(name, settings, as_json)
        return
    trainer = trainer_of_file(name)
    if trainer:
        if settings:
            raise user_error(name, f"is a config of {trainer.name}, not a recipe; -s has no meaning for it")
        modules = Path(name).parent if with_modules else None
        warnings, disclosed = check_trainer_file(Path(name), trainer, with_trainer=with_trainer, modules=modules)
        unseen = ""
    else:
        warnings, disclosed, unseen = _validate_recipe(name, settings, with_trainer=with_trainer)
    warn(warnings)
    for disclosure in disclosed:
        say(disclosure, to_stderr=True)
    if as_json:
        texts = [str(disclosure) for disclosure in disclosed]
        print_json({"valid": True, "warnings": warnings, "disclosures": texts, "student_unseen": unseen})
    else:
        say(f"{name}: valid", *unseen_student(unseen))


def _validate_study(name: str, settings: tuple[str, ...], as_json: bool) -> None:
    """Check the recipe of every arm of a study; tell what they need that is not here, and what they run or send."""
    from cgd_recipes.data.source import absent_data
    from cgd_recipes.rendering.check import recipe_disclosures
    from cgd_recipes.workflow.study import load_study

    cells = load_study(name, settings).cells
    told = list(dict.fromkeys(str(one) for cell in cells for one in recipe_disclosures(cell.plan, cell.config)))
    warnings = list(dict.fromkeys(absent for cell in cells if (absent := absent_data(cell.plan.recipe))))
    warn(warnings)
    for line in told:
        say(line, to_stderr=True)
    if as_json:
        names = [cell.name for cell in cells]
        print_json({"valid": True, "cells": names, "warnings": warnings, "disclosures": told})
    else:
        say(f"{name}: valid, {len(cells)} models in {len({cell.label for cell in cells})} arms")


def _validate_recipe(
    name: str, settings: tuple[str, ...], *, with_trainer: bool
) -> tuple[list[str], list[Disclosure], str]:
    """Check a recipe, or that of a rendered folder; tell what it needs that is not here, and what it runs or sends.

    Returns:
        Warnings, disclosures, and what of the student could not be looked at.
    """
    from cgd_recipes.data.source import absent_data
    from cgd_recipes.generation.settings import load_generation
    from cgd_recipes.rendering.check import check_recipe, recipe_disclosures
    from cgd_recipes.rendering.rendered import recipe_name
    from cgd_recipes.trainers.ask import check_with_trainer
    from cgd_recipes.trainers.plan import make_plan

    plan = make_plan(load_recipe(recipe_name(name), settings))
    config, warnings, student = check_recipe(plan)
    if plan.recipe.get("generate"):
        load_generation(plan)
    if absent := absent_data(plan.recipe):
        warnings.append(absent)
    if with_trainer:
        check_with_trainer(plan, config)
    return warnings, recipe_disclosures(plan, config), student.unseen
