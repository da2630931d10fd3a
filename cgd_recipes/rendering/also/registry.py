"""The further trainers there are. To add one: a package beside this module, and its line below."""

from __future__ import annotations

from collections.abc import Iterator

from cgd_recipes.errors import Problem, did_you_mean
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.rendering.also.llamafactory.target import LlamaFactory
from cgd_recipes.rendering.also.ms_swift.target import MsSwift
from cgd_recipes.rendering.also.protocol import Target
from cgd_recipes.rendering.also.trainer import OwnTrainer

TARGETS: dict[str, Target] = {
    "llamafactory": LlamaFactory(),
    "ms-swift": MsSwift(),
    "trl": OwnTrainer("trl"),
}


def targets_of(plan: Plan) -> dict[str, Target]:
    """The further trainers of a plan for which `target_problems` found nothing, by their names."""
    return {name: TARGETS[name] for name in plan.recipe.output.get("also", [])}


def target_problems(plan: Plan) -> Iterator[Problem]:
    """Why a plan cannot be written for a further trainer: there is no such one, or it cannot train it."""
    for index, name in enumerate(plan.recipe.output.get("also", [])):
        if name in TARGETS:
            yield from TARGETS[name].problems(plan)
        else:
            hint = did_you_mean(name, TARGETS) or f"; there are: {', '.join(TARGETS)}"
            yield plan.recipe.problem(("output", "also", index), f"unknown trainer '{name}'{hint}")
