"""All checks of a recipe that need no data and no trainer, with every problem at the place that causes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from cgd_recipes.data.rows import RowReader
from cgd_recipes.data.student import StudentCheck, check_student
from cgd_recipes.errors import Finding, Problem, RecipeError, did_you_mean
from cgd_recipes.evaluation.settings import eval_problems, eval_warnings, task_files
from cgd_recipes.files.shipped import shipped_names
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.rendering.also.registry import target_problems
from cgd_recipes.trainers.disclosure import RUNS, Disclosure, disclosures_in, disclosures_in_files
from cgd_recipes.trainers.places import Places
from cgd_recipes.trainers.protocol import Config, TrainingData
from cgd_recipes.trainers.registry import trainer_of


class CheckedConfig(NamedTuple):
    """A trainer config without a mistake.

    Attributes:
        config: as it is to be written.
        warnings: what a user should know before training with it.
    """

    config: Config
    warnings: list[str]


class CheckedRecipe(NamedTuple):
    """A recipe without a mistake, as far as that can be said without its data.

    Attributes:
        config: its trainer config.
        warnings: what a user should know before training with it.
        student: what its student's own files say.
    """

    config: Config
    warnings: list[str]
    student: StudentCheck


def check_recipe(plan: Plan) -> CheckedRecipe:
    """Check everything of a plan that needs no data: its `data` and `evaluate` sections, the trainer config, the student.

    Raises:
        RecipeError: everything that is wrong, located in the recipe where the recipe set it.
    """
    config, warnings = _check(
        plan,
        None,
        None,
        [
            *_data_problems(plan),
            *_curation_problems(plan),
            *eval_problems(plan.recipe),
            *target_problems(plan),
        ],
    )
    student = check_student(plan, config)
    if student.problems:
        raise RecipeError(student.problems)
    return CheckedRecipe(config, [*warnings, *student.warnings], student)


def _curation_problems(plan: Plan) -> Iterator[Problem]:
    generate = plan.recipe.generate
    if plan.recipe.get("curate") or (generate is not None and generate["accept"] is not None):
        # They bring the grader, whose import takes longer than most commands.
        from cgd_recipes.curation.acceptance import accept_problems
        from cgd_recipes.curation.settings import curate_problems

        yield from curate_problems(plan)
        yield from accept_problems(plan)


def check_config(plan: Plan, data: TrainingData, folder: Path) -> CheckedConfig:
    """Build the trainer config of a plan whose data is rendered, and check it.

    Args:
        plan: the plan.
        data: its dataset.
        folder: folder in which the files that the config names must exist; those that are rendered with it need not.

    Raises:
        RecipeError: everything that is wrong, located in the recipe where the recipe set it.
    """
    return _check(plan, data, folder, [])


def _check(plan: Plan, data: TrainingData | None, folder: Path | None, problems: list[Problem]) -> CheckedConfig:
    trainer = trainer_of(plan)
    problems = [*(plan.recipe.problem(*finding[:2]) for finding in trainer.plan_findings(plan, data)), *problems]
    if problems:
        raise RecipeError(problems)
    config = trainer.build(plan, data)
    checked = trainer.check(plan, config, folder)
    if checked.findings:
        raise RecipeError(_locate(plan, finding) for finding in checked.findings)
    return CheckedConfig(config, [*trainer.warnings(plan, config, data), *checked.notes, *eval_warnings(plan.recipe)])


def file_problems(plan: Plan, config: Config, folder: Path) -> list[Problem]:
    """Files that a trainer config names, relative to a folder, and that are not there."""
    return [_locate(plan, finding) for finding in trainer_of(plan).check(plan, config, folder).findings]


def recipe_disclosures(plan: Plan, config: Config) -> list[Disclosure]:
    """What a recipe with its family runs, reads or sends once it is generated, trained and evaluated."""
    trainer = trainer_of(plan)
    found = [
        *disclosures_in(plan.recipe.values),
        *disclosures_in(plan.family.values, ("family",)),
        *(found._replace(path=("train", trainer.name, *found.path)) for found in trainer.disclosures(config)),
        *disclosures_in_files(trainer.named_files(config), Places(plan.recipe.build_folder())),
        *(
            Disclosure(RUNS, ("evaluate", "tasks", index), f"names a task file, which may run code: {name}")
            for index, name in task_files(plan.recipe).items()
        ),
    ]
    return list(dict.fromkeys(found))


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
    trainer, path = trainer_of(plan), finding.path
    head = str(path[0]) if path else ""
    own = plan.recipe.get("train", trainer.name) or {}
    if head in own:
        return plan.recipe.problem(("train", trainer.name, *path), finding.message)
    blamed = next((key for key in finding.related if key in own), None)
    if blamed:
        fix = f" (set train.{trainer.name}.{head}: null to remove the rendered value)" if trainer.null_removes else ""
        return plan.recipe.problem(("train", trainer.name, blamed), finding.message + fix)
    if (trainer.name, head) in plan.family.document.keys:
        return Problem(plan.family.document.where((trainer.name, *path)), finding.message)
    if ("train", head) in plan.recipe.origins:
        return plan.recipe.problem(("train", head), finding.message)
    return plan.recipe.problem(("train", "trainer"), f"{trainer.name}: {finding.message}")
