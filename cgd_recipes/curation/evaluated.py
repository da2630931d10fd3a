"""The questions that training data must not hold: those of evaluation tasks, and of files."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from cgd_recipes.data.readers import read_entries, suffix_of
from cgd_recipes.errors import Problem, RecipeError, did_you_mean
from cgd_recipes.evaluation.settings import data_of
from cgd_recipes.evaluation.taskfiles import expand_groups, task_file, task_names
from cgd_recipes.files.paths import real_path
from cgd_recipes.recipe.recipe import Recipe

AGAINST = ("curate", "decontaminate", "against")
_COLUMNS = ("question", "problem", "prompt")


class Evaluated(NamedTuple):
    """A question that is evaluated on.

    Attributes:
        source: the benchmark or file.
        id: in it.
        text: the question.
    """

    source: str
    id: str
    text: str


def evaluated_file(recipe: Recipe, index: int) -> Path | None:
    """The file that an entry of `against` names; None where it is the name of a task."""
    name = str(recipe.curate["decontaminate"]["against"][index])
    return recipe.folder(*AGAINST, index) / os.path.expanduser(name) if suffix_of(Path(name)) else None  # type: ignore[arg-type]


def resolved_curation(recipe: Recipe) -> dict[str, Any]:
    """The `curate` section of a recipe, with the paths of files absolute."""
    section, against = recipe.curate, []
    for index, name in enumerate(section["decontaminate"]["against"]):
        path = evaluated_file(recipe, index)
        against.append(str(real_path(path)) if path else name)
    return {**section, "decontaminate": {**section["decontaminate"], "against": against}}


def against_problems(recipe: Recipe) -> Iterator[Problem]:
    """Entries of `against` that are no files and no tasks whose questions can be read."""
    known = task_names()
    for index, name in enumerate(recipe.curate["decontaminate"]["against"]):
        path = evaluated_file(recipe, index)
        if path is not None and not path.is_file():
            yield recipe.problem((*AGAINST, index), f"no such file: {name} (looked in {real_path(path.parent)})")
        elif path is None and name not in known:
            message = f"'{name}' is no task of this package and no file of rows{did_you_mean(name, known)}"
            yield recipe.problem((*AGAINST, index), message)
        elif path is None and (others := [task for task in expand_groups([name]) if task not in known]):
            message = f"the questions of {', '.join(others)} are lm-eval's own; name files with them instead"
            yield recipe.problem((*AGAINST, index), message)


def evaluated_questions(recipe: Recipe) -> Iterator[Evaluated]:
    """Every question of `curate.decontaminate.against`: of tasks as the evaluation reads them, and of files.

    Raises:
        RecipeError: questions that cannot be read.
    """
    # They bring the grader, which is slow to import.
    from cgd_recipes.evaluation.harness.documents import Benchmark, load_documents
    from cgd_recipes.evaluation.harness.fault import EvaluationFault

    for index, name in enumerate(recipe.curate["decontaminate"]["against"]):
        path = evaluated_file(recipe, index)
        if path is not None:
            yield from _of_file(recipe, index, path)
            continue
        for task in expand_groups([name]):
            benchmark = replace(Benchmark.of(_with_included(task)), folder=data_of(recipe))
            try:
                documents = load_documents(benchmark)
            except EvaluationFault as error:
                raise RecipeError([recipe.problem((*AGAINST, index), f"{task}: {error}")]) from None
            yield from (Evaluated(task, document.id, document.problem) for document in documents)


def _with_included(task: str) -> dict[str, Any]:
    keys = task_file(task)
    parent = str(keys.get("include", "")).removesuffix(".yaml")
    return {**(_with_included(parent) if parent in task_names() else {}), **keys}


def _of_file(recipe: Recipe, index: int, path: Path) -> Iterator[Evaluated]:
    found = 0
    for line, values, _ in read_entries(path):
        text = _question(values or {}, _COLUMNS)
        if text:
            found += 1
            yield Evaluated(path.name, str((values or {}).get("id", line)), text)
    if not found:
        message = f"no row of {path.name} has a text under {', '.join(_COLUMNS[:-1])} or {_COLUMNS[-1]}"
        raise RecipeError([recipe.problem((*AGAINST, index), message)])


def _question(values: dict[str, Any], columns: Sequence[str]) -> str:
    return next((text for name in columns if isinstance(text := values.get(name), str) and text.strip()), "")
