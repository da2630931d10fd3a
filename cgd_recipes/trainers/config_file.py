"""Checks of a trainer's own config file, rendered here or written by hand."""

from __future__ import annotations

from pathlib import Path

from cgd_recipes.errors import Problem, RecipeError, Where
from cgd_recipes.files.yaml import read_yaml


def trainer_of_file(name: str) -> str | None:
    """`axolotl` or `torchtune` when the file is a config of that trainer; None for anything else."""
    path = Path(name)
    if not path.is_file() or path.suffix not in (".yaml", ".yml"):
        return None
    try:
        value = read_yaml(path).value
    except RecipeError:
        return None
    if not isinstance(value, dict):
        return None
    if "base_model" in value:
        return "axolotl"
    return "torchtune" if any(isinstance(below, dict) and "_component_" in below for below in value.values()) else None


def check_trainer_file(path: Path, trainer: str, with_trainer: bool) -> list[str]:
    """Check a config file as far as it stands for itself, without a recipe.

    Args:
        path: the config.
        trainer: see `trainer_of_file`.
        with_trainer: also ask the installed trainer.

    Returns:
        Warnings.

    Raises:
        RecipeError: all problems, at their lines.
    """
    document = read_yaml(path)
    notes: list[str] = []
    if trainer == "axolotl":
        from cgd_recipes.trainers.axolotl.check import check_all_versions

        findings, notes = check_all_versions(document.value, folder=path.parent)
    else:
        from cgd_recipes.trainers.torchtune.check import check_torchtune
        from cgd_recipes.trainers.torchtune.components import snapshot

        # The file does not say which of torchtune's recipes it is for: the one that it suits best.
        choices = [
            check_torchtune(document.value, recipe=recipe, folder=path.parent) for recipe in snapshot()["recipes"]
        ]
        findings = min(choices, key=len)
    problems = [Problem(document.where(finding.path), finding.message) for finding in findings]
    if with_trainer:
        from cgd_recipes.trainers.ask import run_probe

        problems += [
            Problem(Where(str(path)), f"{trainer} says: {message}") for message in run_probe(trainer, path, 1, path)
        ]
    if problems:
        raise RecipeError(problems)
    return notes
