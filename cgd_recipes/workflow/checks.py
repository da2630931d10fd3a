"""What would make a run say something wrong although each of its recipes is right: cells that get in each other's way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cgd_recipes.errors import Problem, RecipeError
from cgd_recipes.generation.engines.registry import ENGINES
from cgd_recipes.generation.settings import load_generation
from cgd_recipes.workflow.cells import Cell, Study


def check_study(study: Study) -> None:
    """Check every recipe of a study, and all of them together.

    Raises:
        RecipeError: every mistake.
    """
    problems: list[Problem] = []
    for cell in study.cells:
        try:
            cell.config  # noqa: B018
            problems += [*_generation_problems(cell), *_evaluation_problems(study, cell)]
        except RecipeError as error:
            problems += error.problems
    if problems:
        raise RecipeError(problems)
    if problems := list(_folder_problems(study)):
        raise RecipeError(problems)


def _generation_problems(cell: Cell) -> Iterator[Problem]:
    """A student that is trained in this run, and would not be the one that is asked."""
    section = cell.recipe.generate
    if section is None or not cell.trains:
        return
    generation = load_generation(cell.plan)
    if cell.start is None or "student" not in generation.endpoints:
        return
    whose = f"the student of {cell.name} is trained by {cell.start.name} in this run"
    path = ("generate", "student")
    if section["student"]["model"]:
        message = f"'generate.student.model' is '{section['student']['model']}', but {whose}; leave the key out"
        yield cell.recipe.problem((*path, "model"), message)
    if ENGINES[section["engine"]].USES_SERVERS and not section["student"].get("serve"):
        message = (
            f"'generate.student.serve' is not set, and {whose}: no server has it yet. Name the command that serves it, or take "
            "an engine that loads it"
        )
        yield cell.recipe.problem((*path, "serve"), message)


def _evaluation_problems(study: Study, cell: Cell) -> Iterator[Problem]:
    """One server that would be evaluated in place of every model."""
    if cell.recipe.evaluate["engine"] == "server" and sum(cell.reports for cell in study.cells) > 1:
        message = "engine 'server' asks one server, whatever model a run has trained; use engine vllm or hf in a run"
        yield cell.recipe.problem(("evaluate", "engine"), message)


def _folder_problems(study: Study) -> Iterator[Problem]:
    """Two things that would be written into one folder."""
    claims: list[tuple[Path, str, Cell]] = []
    for cell in study.cells:
        of = f"of arm {cell.label} ({cell.name})"
        claims.append((cell.results, f"the results {of}", cell))
        if cell.trains:
            claims.append((cell.rendered, f"the dataset and the model {of}", cell))
            if cell.recipe.generate is not None and cell.recipe.get("generate", "output") is None:
                claims.append((cell.generated, f"the triples {of}", cell))
    last = study.cells[-1]
    claims += [(study.report_folder(baseline), f"the report on {baseline}", last) for baseline in study.reports()]
    claims.append((study.folder, "the run's own files", last))
    owners: dict[Path, str] = {}
    for folder, what, cell in claims:
        if folder.absolute() in owners:
            message = f"{what} and {owners[folder.absolute()]} would both be in {folder}; rename one of them"
            yield cell.recipe.problem(("name",), message)
        owners[folder.absolute()] = what
