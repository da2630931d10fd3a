"""What the rest of rendering asks of a further trainer; `registry` lists them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from cgd_recipes.data.shapes import Record
from cgd_recipes.errors import Problem
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.trainers.protocol import TrainingData

Recorder = Callable[[Record], Record]
"""Makes the row of a further trainer of an example as its shape has it."""

LAUNCH = "launch.sh"
"""The one file that is made executable."""


class Target(Protocol):
    """A further trainer. Its files are in a folder of its name, where it is run."""

    def problems(self, plan: Plan) -> Iterable[Problem]:
        """Why it cannot train a plan as the recipe's own trainer does, each at the key that causes it."""
        ...

    def data_file(self, plan: Plan) -> str:
        """Name of its dataset; the suffix says the format."""
        ...

    def recorder(self, plan: Plan) -> Recorder:
        """What makes its rows.

        Raises:
            RecipeError: the family's chat template has a mistake.
        """
        ...

    def files(self, plan: Plan, data: TrainingData) -> dict[str, str]:
        """Its config and all that goes with it: name -> text.

        Args:
            plan: the plan.
            data: its dataset.
        """
        ...
