"""Writes what a plan's further trainers need, each in a folder of its name."""

from __future__ import annotations

from cgd_recipes.data.rendered import DataFile, RenderedData
from cgd_recipes.files.output import OutputFolder
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.rendering.also.protocol import LAUNCH
from cgd_recipes.rendering.also.registry import targets_of
from cgd_recipes.trainers.protocol import TrainingData


def also_data_files(plan: Plan, output: OutputFolder) -> list[DataFile]:
    """The datasets of the further trainers, to be written beside the trainer's own.

    Raises:
        RecipeError: the family's chat template has a mistake.
    """
    recorders = [target.recorder(plan) for target in targets_of(plan).values()]
    return [DataFile(output.path(name), record) for name, record in zip(_data_names(plan), recorders, strict=True)]


def also_hashes(plan: Plan, data: RenderedData) -> dict[str, str]:
    """SHA-256 of these datasets, by their names in the output folder."""
    return dict(zip(_data_names(plan), data.copies, strict=True))


def write_also(plan: Plan, data: RenderedData, output: OutputFolder) -> None:
    """Write configs and launch scripts."""
    for (name, target), sha256 in zip(targets_of(plan).items(), data.copies, strict=True):
        for file, text in target.files(plan, TrainingData(data.rows, sha256)).items():
            output.write(f"{name}/{file}", text, executable=file == LAUNCH)


def _data_names(plan: Plan) -> list[str]:
    return [f"{name}/{target.data_file(plan)}" for name, target in targets_of(plan).items()]
