"""What a run is made of: cells, each of which is one model."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from cgd_recipes.generation.settings import generated_folder
from cgd_recipes.recipe.merge import set_value
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.recipe.recipe import Recipe
from cgd_recipes.rendering.check import check_recipe
from cgd_recipes.rendering.resolved import resolved
from cgd_recipes.trainers.plan import make_plan
from cgd_recipes.trainers.protocol import Config
from cgd_recipes.trainers.registry import trainer_of


@dataclass(frozen=True, eq=False)
class Cell:
    """One model of a run: an arm with a seed, a round, or a student as it is.

    Attributes:
        name: of its recipe, and so of its folders.
        label: in the report; cells with one label are one training with different seeds.
        recipe: complete. Where the cell starts from another, its student is not yet the one that it will have.
        start: the cell whose trained model is this one's student.
        trains: whether a model is trained; otherwise the student is evaluated as it is.
        reports: whether it is evaluated and reported.
        baseline: label that the report compares it with; None where nothing is to compare.
    """

    name: str
    label: str
    recipe: Recipe
    start: Cell | None = None
    trains: bool = True
    reports: bool = True
    baseline: str | None = None

    @cached_property
    def plan(self) -> Plan:
        """The plan of its recipe; see `recipe` for its student.

        Raises:
            RecipeError: mistakes in it.
        """
        return make_plan(self.recipe)

    @cached_property
    def config(self) -> Config:
        """Its trainer config, for which all is checked that needs no data.

        Raises:
            RecipeError: every mistake.
        """
        return check_recipe(self.plan).config

    def change(self, path: tuple[str, ...], value: object) -> None:
        """Set a value of its recipe; what was derived from the recipe is derived anew."""
        set_value(self.recipe, path, value, self.recipe.where(path[:1]))
        for derived in ("plan", "config", "values", "model"):
            self.__dict__.pop(derived, None)

    @property
    def rendered(self) -> Path:
        """Folder that the recipe is rendered into."""
        return self.recipe.build_folder()

    @property
    def generated(self) -> Path:
        """Folder of its triples, absolute."""
        return generated_folder(self.plan).absolute()

    @property
    def results(self) -> Path:
        """Folder of its evaluation."""
        return self.recipe.build_folder("-eval")

    @cached_property
    def model(self) -> str:
        """What is evaluated: the folder of the trained model, absolute, or the student."""
        if not self.trains:
            return self.student
        return str((self.rendered / trainer_of(self.plan).model_folder(self.plan, self.config)).absolute())

    @property
    def student(self) -> str:
        """The model that it starts from: a hub id, or an absolute folder."""
        return self.start.model if self.start else self.plan.student

    @cached_property
    def values(self) -> dict[str, Any]:
        """Its whole recipe with the student that it will have, and with absolute paths: what its own file holds."""
        values = {**resolved(self.plan), "student": self.student}
        if self.start:  # neither a commit of the first student nor its files in another layout
            values.pop("student_revision", None)
            values["train"] = {key: value for key, value in values["train"].items() if key != "checkpoint_dir"}
        return values


@dataclass(frozen=True)
class Study:
    """What a run makes.

    Attributes:
        name: folders are `build/<name>...`.
        source: its file, for messages.
        cells: each after the one that it starts from.
    """

    name: str
    source: str
    cells: list[Cell]

    @property
    def folder(self) -> Path:
        """Where the run keeps its records, its logs and the recipes of its cells."""
        return Path("build") / f"{self.name}.run"

    def reports(self) -> dict[str, list[Cell]]:
        """Label of each baseline -> the cells that are reported with it, its own first."""
        cells = [cell for cell in self.cells if cell.reports]
        labels = dict.fromkeys(cell.baseline or cell.label for cell in cells)
        return {
            label: [
                *(cell for cell in cells if cell.label == label),
                *(cell for cell in cells if cell.label != label and cell.baseline == label),
            ]
            for label in labels
        }

    def report_folder(self, baseline: str) -> Path:
        """Folder of a report."""
        several = len(self.reports()) > 1
        return Path("build") / f"{self.name}{f'-{baseline}' if several else ''}-report"
