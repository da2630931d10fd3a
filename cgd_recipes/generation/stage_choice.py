"""Which stages a recipe goes through: those that it names, or those whose fields its methods need."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from cgd_recipes.data.draw import needed_fields
from cgd_recipes.errors import Problem, RecipeError, Where
from cgd_recipes.files.shipped import data_root, shipped_names
from cgd_recipes.generation.stage import FOLDER, Stage, find_stage, read_stage
from cgd_recipes.recipe.plan import Plan


def load_stages(plan: Plan) -> list[Stage]:
    """The stages that a recipe names, or else those that its methods need.

    Raises:
        RecipeError: every mistake in them.
    """
    recipe = plan.recipe
    named = recipe.get("generate", "stages")
    if named is None:
        shipped = [read_stage(data_root() / FOLDER / f"{name}.yaml") for name in shipped_names(FOLDER)]
        return stages_for(needed_fields(recipe, plan.method), shipped)
    problems: list[Problem] = []
    stages: list[Stage] = []
    for index, name in enumerate(named):
        path = ("generate", "stages", index)
        where, folder = recipe.where(path), recipe.folders.get(path, Path())
        try:
            stages.append(read_stage(find_stage(name, folder, where)))
        except RecipeError as error:
            problems += error.problems
    names = Counter(stage.name for stage in stages)
    section = ("generate", "stages")
    problems += [
        recipe.problem(section, f"stage '{name}' is there twice") for name, count in names.items() if count > 1
    ]
    writers: dict[str, str] = {}
    for stage in stages:
        for field in stage.outputs:
            if writers.setdefault(field, stage.name) != stage.name:
                message = f"stages '{writers[field]}' and '{stage.name}' both write '{field}'; leave one of them out"
                problems.append(recipe.problem(section, message))
    if problems:
        raise RecipeError(problems)
    return stages


def stages_for(fields: Iterable[str], stages: Iterable[Stage]) -> list[Stage]:
    """The stages that write certain fields, each after those that it needs.

    Args:
        fields: what is needed of a row.
        stages: all there are. Where several write a field, the one that says `default: true` is taken.

    Raises:
        RecipeError: several write a field, and not exactly one of them is the default.
    """
    writers: dict[str, list[Stage]] = {}
    for stage in stages:
        for name in stage.outputs:
            writers.setdefault(name, []).append(stage)
    chosen: dict[str, Stage] = {}

    def add(names: Iterable[str]) -> None:
        for stage in (_writer(name, writers[name]) for name in names if name in writers):
            if stage.name not in chosen:
                add(stage.needs)
                chosen[stage.name] = stage

    add(fields)
    return list(chosen.values())


def _writer(field: str, stages: list[Stage]) -> Stage:
    """The one of several stages that a method gets for a field."""
    defaults = [stage for stage in stages if stage.is_default]
    if len(stages) == 1 or len(defaults) == 1:
        return (defaults or stages)[0]
    names = " and ".join(f"'{stage.name}'" for stage in defaults or stages)
    message = (
        f"stages {names} both write '{field}'; say `default: true` in one of them, or name yours in generate.stages"
    )
    raise RecipeError([Problem(Where(stage.source, 1, 1), message) for stage in defaults or stages])
