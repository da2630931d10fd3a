"""The trainers there are. To add one: a package beside this module, its line below, its keys in the families."""

from __future__ import annotations

from collections.abc import Iterator

from cgd_recipes.errors import Problem, did_you_mean
from cgd_recipes.recipe.plan import KEEP, Plan
from cgd_recipes.trainers.axolotl.trainer import Axolotl
from cgd_recipes.trainers.protocol import Trainer
from cgd_recipes.trainers.torchtune.trainer import Torchtune
from cgd_recipes.trainers.trl.trainer import Trl

TRAINERS: dict[str, Trainer] = {
    "axolotl": Axolotl(),
    "torchtune": Torchtune(),
    "trl": Trl(),
}


def get_trainer(name: str) -> Trainer:
    """A trainer by the name that recipes use for it.

    Raises:
        KeyError: there is none; see `trainer_problems` for a name that a user wrote.
    """
    return TRAINERS[name]


def trainer_of(plan: Plan) -> Trainer:
    """The trainer of a plan for which `trainer_problems` found nothing."""
    return get_trainer(plan.train["trainer"])


def trainer_problems(plan: Plan) -> Iterator[Problem]:
    """Why a plan's trainer cannot train it: there is no such trainer, or not for its family, or not for its method."""
    name, path, family = plan.train["trainer"], ("train", "trainer"), plan.family.values
    if name not in TRAINERS:
        hint = did_you_mean(name, TRAINERS) or f"; there are: {', '.join(TRAINERS)}"
        yield plan.recipe.problem(path, f"unknown trainer '{name}'{hint}")
        return
    unsupported = family.get("unsupported", {})
    if name in unsupported:
        others = " or ".join(other for other in TRAINERS if other not in unsupported)
        message = f"{name} cannot train family '{family['name']}': {unsupported[name]}; use trainer: {others}"
        yield plan.recipe.problem(path, message)
    shape = plan.method.shape
    if shape not in TRAINERS[name].shapes:
        able = " or ".join(other for other, trainer in TRAINERS.items() if shape in trainer.shapes)
        message = f"method '{plan.method.name}' trains on {shape}, which is rendered for trainer: {able} only"
        yield plan.recipe.problem(path, message)
    if plan.thinking == KEEP and not TRAINERS[name].masks_answers:
        able = " or ".join(other for other, trainer in TRAINERS.items() if trainer.masks_answers)
        message = f"thinking that is not trained is rendered for trainer: {able} only; set thinking: drop or train"
        yield plan.recipe.problem(("thinking",), message)
