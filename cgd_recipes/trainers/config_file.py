"""Checks of a trainer's own config file, rendered here or written by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cgd_recipes.errors import Problem, RecipeError, Where
from cgd_recipes.files.yaml import read_yaml
from cgd_recipes.trainers.ask import run_probe
from cgd_recipes.trainers.disclosure import Disclosure, disclosures_in, disclosures_in_files
from cgd_recipes.trainers.places import Places
from cgd_recipes.trainers.protocol import Trainer
from cgd_recipes.trainers.registry import TRAINERS

_DATASETS = ("dataset", "dataset_val", "datasets", "test_datasets", "pretraining_dataset")
_LOCAL = re.compile(r"(?:[~.]{0,2}/)?[^*?\[{:]+\.(?:jsonl?|parquet|arrow|csv)(?:\.\w+)?|[~.]{0,2}/[^*?\[{:]+")
"""A file or folder of this machine, where any other name may be one of the hub."""


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
    data = list(dict.fromkeys(_data_files(document.value)))
    beside = places.only_beside([*trainer.named_files(document.value), *data])
    notes = (
        [f"{', '.join(beside)}: beside this config; start {trainer.name} in {path.parent}, where it finds that"]
        if beside
        else []
    )
    if absent := [name for name in data if not places.find(name).exists()]:
        notes.append(f"the data is not on this machine, and was not looked at: {', '.join(absent)}{places.searched}")
    named = disclosures_in_files(trainer.named_files(document.value), places)
    return [*checked.notes, *notes], [*disclosures_in(document.value), *trainer.disclosures(document.value), *named]


def _data_files(config: Mapping[str, Any]) -> Iterator[str]:
    """The files and folders of this machine that a config trains on."""
    for given in map(config.get, _DATASETS):
        for entry in given if isinstance(given, list) else [given]:
            dataset = entry if isinstance(entry, dict) else {"path": entry}
            home, files = dataset.get("path") or dataset.get("source"), dataset.get("data_files")
            if files and "/" in str(home):  # they are in that folder or dataset
                files = None
            named = files.values() if isinstance(files, dict) else files or home
            for name in [named] if isinstance(named, str) else named or ():
                if isinstance(name, str) and _LOCAL.fullmatch(name):
                    yield name
