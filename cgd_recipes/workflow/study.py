"""Reads a study, or a recipe as a study of its own: its training, its rounds, or the arms with their seeds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from cgd_recipes.errors import Problem, RecipeError, Where, did_you_mean
from cgd_recipes.files.schema import check_schema
from cgd_recipes.files.shipped import data_root, shipped_names, shown_path
from cgd_recipes.files.yaml import Document, read_yaml
from cgd_recipes.generation.settings import load_generation
from cgd_recipes.recipe.merge import add_settings, extend, lay_over, merge_recipe, set_value
from cgd_recipes.recipe.recipe import Recipe, find_recipe
from cgd_recipes.recipe.resolve import complete, load_recipe
from cgd_recipes.trainers.plan import make_plan
from cgd_recipes.workflow.cells import Cell, Study
from cgd_recipes.workflow.checks import check_study

STUDENT = "student"
"""Label of the student as it is, in the report of a single recipe."""


def load_study(name: str, settings: tuple[str, ...]) -> Study:
    """Read a study, or a recipe as a study of its own.

    Args:
        name: path or shipped name of a recipe or of a study.
        settings: `key.path=value` texts, laid over the recipe, or over that of every arm.

    Raises:
        RecipeError: every mistake in it and in its recipes.
    """
    file = study_file(name)
    study = _read_study(file, settings) if file else _recipe_study(name, settings)
    check_study(study)
    _share_generation(study, named=file is not None)
    return study


def study_file(name: str) -> Path | None:
    """The file of a study by path or shipped name; None where the name is that of anything else."""
    plain = name.removesuffix(".yaml").removeprefix("studies/")
    path = Path(name)
    if not path.is_file():
        return (
            data_root() / "recipes" / "studies" / f"{plain}.yaml" if plain in shipped_names("recipes/studies") else None
        )
    try:
        value = read_yaml(path, shown_path(path)).value
    except RecipeError:
        return None  # the recipe's reader says what is wrong
    return path if isinstance(value, dict) and "arms" in value else None


def _recipe_study(name: str, settings: tuple[str, ...]) -> Study:
    """A recipe's training beside its student as it is; with `rounds`, each round after the one before.

    Raises:
        RecipeError: mistakes in the recipe, rounds without a generation, or a name that is the label of the student.
    """
    recipe = load_recipe(name, settings)
    title, rounds = str(recipe.get("name")), int(recipe.get("rounds") or 1)
    if title == STUDENT:
        raise RecipeError(
            [
                recipe.problem(
                    ("name",), f"'{STUDENT}' is what reports call the model before training; take another name"
                )
            ]
        )
    if rounds > 1 and recipe.generate is None:
        message = (
            "each round asks its own student, and the recipe has no 'generate' section; add base/generate to 'extends'"
        )
        raise RecipeError([recipe.problem(("rounds",), message)])
    where = recipe.where(("name",))
    base = load_recipe(name, settings)
    set_value(base, ("name",), f"{title}-student", where)
    cells = [
        Cell(f"{title}-student", STUDENT, base, trains=False, baseline=STUDENT),
        Cell(title, title, recipe, baseline=STUDENT),
    ]
    for number in range(2, rounds + 1):
        again = load_recipe(name, settings)
        set_value(again, ("name",), f"{title}-round{number}", where)
        # What the teacher wrote on the same text is known from the rounds before.
        journal = load_generation(make_plan(recipe), to_run=False).journal
        set_value(again, ("generate", "journal"), str(journal.absolute()), where)
        set_value(again, ("generate", "output"), None, where)
        # The rows may hold answers, of the first student or of another.
        set_value(again, ("generate", "given"), "replace", where)
        cells.append(Cell(f"{title}-round{number}", f"round {number}", again, start=cells[-1], baseline=STUDENT))
    return Study(title, recipe.source, cells)


def _read_study(path: Path, settings: tuple[str, ...]) -> Study:
    document = read_yaml(path, shown_path(path))
    problems = [Problem(document.where(one.path), one.message) for one in check_schema(document.value, "study")]
    if problems:
        raise RecipeError(problems)
    values, cells = document.value, dict[str, list[Cell]]()
    order = _ordered(document, values["arms"])
    problems += _baseline_problems(document)
    for arm in order:
        try:
            cells[arm] = list(_cells(document, path, arm, cells, settings))
        except RecipeError as error:
            problems += error.problems
            cells[arm] = []
    if problems:
        raise RecipeError(problems)
    return Study(values["name"], document.source, [cell for arm in order for cell in cells[arm]])


def _ordered(document: Document, arms: Mapping[str, Any]) -> list[str]:
    """The arms, each after the one that it starts from.

    Raises:
        RecipeError: an arm starts from one that is not there or trains nothing, or from itself in the end.
    """
    order: list[str] = []
    problems = []

    def add(arm: str, chain: tuple[str, ...]) -> None:
        where, start = document.where(("arms", arm, "start")), arms[arm].get("start")
        if arm in chain:
            problems.append(Problem(where, f"arm '{arm}' starts from itself: {' <- '.join([*chain, arm])}"))
        elif arm not in order:
            if start is not None and start not in arms:
                problems.append(Problem(where, f"there is no arm '{start}'{did_you_mean(start, arms)}"))
            elif start is not None:
                if not arms[start].get("train", True):
                    problems.append(Problem(where, f"arm '{start}' trains no model; leave 'start' out"))
                add(start, (*chain, arm))
            order.append(arm)

    for arm in arms:
        add(arm, ())
    if problems:
        raise RecipeError(problems)
    return order


def _baseline_problems(document: Document) -> Iterator[Problem]:
    """Baselines that are no arms, or are not reported."""
    arms = document.value["arms"]
    reported = [arm for arm, section in arms.items() if section.get("report", True)]
    for path in [("baseline",), *(("arms", arm, "baseline") for arm in arms)]:
        named = document.value.get("baseline") if len(path) == 1 else arms[path[1]].get("baseline")
        if named is not None and named not in reported:
            hint = did_you_mean(named, reported) or f"; reported are: {', '.join(reported)}"
            yield Problem(document.where(path), f"'{named}' is no reported arm{hint}")


def _baseline(values: Mapping[str, Any], arm: str) -> str | None:
    """The arm that an arm is compared with: what it or the study says, else the first that is reported."""
    reported = [name for name, section in values["arms"].items() if section.get("report", True)]
    named: str | None = values["arms"][arm].get("baseline", values.get("baseline", reported[0] if reported else None))
    return named


def _cells(
    document: Document, path: Path, arm: str, earlier: Mapping[str, list[Cell]], settings: tuple[str, ...]
) -> Iterator[Cell]:
    """The trainings of an arm, one for each seed."""
    values = document.value
    section, where = values["arms"][arm], document.where(("arms", arm))
    trains = section.get("train", True)
    seeds = section.get("seeds", values.get("seeds", [None])) if trains else [None]
    for seed in seeds:
        recipe = _arm_recipe(document, path, arm, settings)
        problems = list(_arm_problems(document, arm, recipe, settings, seed))
        if problems:
            raise RecipeError(problems)
        name = "-".join([values["name"], arm, *([str(seed)] if len(seeds) > 1 else [])])
        set_value(recipe, ("name",), name, where)
        # All arms are asked with the same seeds, whatever they were trained with.
        if recipe.get("evaluate", "seed") is None:
            set_value(recipe, ("evaluate", "seed"), recipe.get("train", "seed"), where)
        if seed is not None:
            set_value(recipe, ("train", "seed"), seed, where)
        start = _start(document, arm, seed, earlier)
        reports = section.get("report", True)
        yield Cell(name, arm, complete(recipe), start, trains, reports, baseline=_baseline(values, arm))


def _arm_problems(
    document: Document, arm: str, recipe: Recipe, settings: Iterable[str], seed: int | None
) -> Iterator[Problem]:
    """Settings that a study would overrule without a word."""
    if recipe.get("rounds") is not None:
        yield recipe.problem(
            ("rounds",), "'rounds' is for a recipe that is run by itself; in a study, arms `start` from others"
        )
    own = document.value["arms"][arm].get("settings", {}).get("train") or {}
    if seed is not None and "seed" in own:
        where = document.where(("arms", arm, "settings", "train", "seed"))
        yield Problem(where, "'seeds' sets train.seed; leave one of them out")
    if seed is not None and any(setting.startswith("train.seed=") for setting in settings):
        yield Problem(Where("-s train.seed"), "the study's 'seeds' set train.seed; change them there")


def _arm_recipe(document: Document, path: Path, arm: str, settings: tuple[str, ...]) -> Recipe:
    values, folder = document.value, path.parent
    key = ("arms", arm, "recipe") if "recipe" in values["arms"][arm] else ("recipe",)
    named = values["arms"][arm].get("recipe", values.get("recipe"))
    if named is None:
        raise RecipeError([Problem(document.where(("arms", arm)), "neither this arm nor the study names a 'recipe'")])
    try:
        file = find_recipe(str(folder / named) if (folder / named).is_file() else named)
    except RecipeError as error:
        where = document.where(key)
        raise RecipeError(Problem(where, f"'{named}': {one.message}") for one in error.problems) from None
    recipe, problems = merge_recipe(str(file)), list[Problem]()
    for index, fragment in enumerate(values.get("extends", [])):
        problems += extend(recipe, fragment, folder, document.where(("extends", index)))
    for part in (("settings",), ("arms", arm, "settings")):
        problems += lay_over(recipe, document, part, folder)
    problems += add_settings(recipe, settings)
    if problems:
        raise RecipeError(problems)
    return recipe


def _start(document: Document, arm: str, seed: int | None, earlier: Mapping[str, list[Cell]]) -> Cell | None:
    """The cell that an arm with a seed starts from: the only one of that arm, or the one with the same seed."""
    start = document.value["arms"][arm].get("start")
    cells = earlier.get(start, [])
    if not cells:
        return None
    if len(cells) == 1:
        return cells[0]
    same = [cell for cell in cells if cell.recipe.get("train", "seed") == seed]
    if same:
        return same[0]
    message = f"arm '{start}' is trained with several seeds, and none of them is {seed}; give both the same 'seeds'"
    raise RecipeError([Problem(document.where(("arms", arm, "start")), message)])


def _share_generation(study: Study, *, named: bool) -> None:
    """Let cells that would generate the same rows do it once, with the stages of all.

    Args:
        study: its cells change.
        named: whether the folders are named by what is generated, and not by the cells: arms come and go.
    """
    groups: dict[str, list[Cell]] = {}
    for cell in study.cells:
        if cell.trains and cell.recipe.generate is not None:
            values = cell.values
            section = {**values["generate"], "output": None, "journal": None}
            key = json.dumps([values["student"], values.get("teacher"), values["data"], section], sort_keys=True)
            groups.setdefault(key, []).append(cell)
    for key, group in groups.items():
        names = _stage_names(group)
        digest = hashlib.sha256(key.encode()).hexdigest()[:8]
        folder = Path("build") / f"{study.name}-{digest}.generated"
        for cell in group:
            if named:
                cell.change(("generate", "output"), str(folder.absolute()))
            if len(group) > 1 and cell.recipe.get("generate", "stages") is None:
                cell.change(("generate", "stages"), names)


def _stage_names(cells: Iterable[Cell]) -> list[str]:
    """The stages that some cells need, the longest way first: what comes after it needs no more than that gives."""
    ways = [[bound.stage.name for bound in load_generation(cell.plan, to_run=False).stages] for cell in cells]
    return list(dict.fromkeys(name for way in sorted(ways, key=len, reverse=True) for name in way))
