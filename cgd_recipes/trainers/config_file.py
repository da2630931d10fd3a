"""Checks of a trainer's own config file, rendered here or written by hand."""

from __future__ import annotations

from pathlib import Path

from cgd_recipes.errors import Problem, RecipeError, Where
from cgd_recipes.files.yaml import read_yaml
from cgd_recipes.trainers.ask import run_probe
from cgd_recipes.trainers.disclosure import Disclosure, disclosures_in, disclosures_in_files
from cgd_recipes.trainers.places import Places
from cgd_recipes.trainers.protocol import Trainer
from cgd_recipes.trainers.registry import TRAINERS


def trainer_of_file(name: str) -> Trainer | None:
    """The trainer that a file is a config of; None for anything else."""
    path = Path(name)
    if not path.is_file():
        return None
    return next((trainer for trainer in TRAINERS.values() if _is_of(path, trainer)), None)


def _is_of(path: Path, trainer: Trainer) -> bool:
    try:
        value = read_yaml(path, dialect=trainer.dialect).value
    except RecipeError:
        return False
    return isinstance(value, dict) and trainer.recognises(value)


def check_trainer_file(
    path: Path, trainer: Trainer, *, with_trainer: bool = False, modules: Path | None = None
) -> tuple[list[str], list[Disclosure]]:
    """Check a config file as far as it stands for itself, without a recipe.

    Args:
        path: the config.
        trainer: see `trainer_of_file`.
        with_trainer: also ask the installed trainer.
        modules: folder whose modules the trainer may import, and so run.

    Returns:
        Warnings, and what the config runs, reads or sends.

    Raises:
        RecipeError: all problems, at their lines.
    """
    document = read_yaml(path, dialect=trainer.dialect)
    places = Places(Path(), path.parent)
    checked = trainer.check_file(document.value, places)
    problems = [Problem(document.where(finding.path), finding.message) for finding in checked.findings]
    if with_trainer:
        problems += [
            Problem(Where(str(path)), f"{trainer.name} says: {message}")
            for message in run_probe(trainer, path, 1, path, modules)
        ]
    if problems:
        raise RecipeError(problems)
    beside = places.only_beside(trainer.named_files(document.value))
    notes = (
        [f"{', '.join(beside)}: beside this config; start {trainer.name} in {path.parent}, where it finds that"]
        if beside
        else []
    )
    named = disclosures_in_files(trainer.named_files(document.value), places)
    return [*checked.notes, *notes], [*disclosures_in(document.value), *trainer.disclosures(document.value), *named]
