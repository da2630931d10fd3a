"""The trainers: which config they get, and who checks it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cgd_recipes.errors import Finding
from cgd_recipes.recipe.plan import Plan


@dataclass(frozen=True)
class Trainer:
    """What this project does for one trainer.

    Attributes:
        config_name: file name of the config.
        build: the config of a plan.
        problems: settings of a plan that the trainer cannot honour, by path into the recipe.
        warnings: what a user should know before training.
        check: mistakes in the config of a plan, by path into the config; takes the folder for files named in it.
    """

    config_name: str
    build: Callable[[Plan], dict[str, Any]]
    problems: Callable[[Plan], list[Finding]]
    warnings: Callable[[Plan], list[str]]
    check: Callable[[Plan, Mapping[str, Any], Path | None], list[Finding]]


def _check_axolotl(plan: Plan, config: Mapping[str, Any], folder: Path | None) -> list[Finding]:
    from cgd_recipes.trainers.axolotl.config import turn_end_problems

    return _ask_axolotl(plan, config, folder)[0] or list(turn_end_problems(plan, config))


def _warn_axolotl(plan: Plan) -> list[str]:
    from cgd_recipes.trainers.axolotl.config import axolotl_warnings, build_axolotl, verbatim_warnings

    config = build_axolotl(plan)
    return [*axolotl_warnings(plan), *verbatim_warnings(plan, config), *_ask_axolotl(plan, config, None)[1]]


def _ask_axolotl(plan: Plan, config: Mapping[str, Any], folder: Path | None) -> tuple[list[Finding], list[str]]:
    from cgd_recipes.trainers.axolotl.check import check_all_versions

    return check_all_versions(
        config,
        folder=folder,
        decoder_layer=plan.family.values["decoder_layer"],
        max_positions=plan.max_positions,
        world_size=plan.world_size,
        global_batch_size=plan.train["global_batch_size"],
    )


def _check_torchtune(plan: Plan, config: Mapping[str, Any], folder: Path | None) -> list[Finding]:
    from cgd_recipes.trainers.torchtune.check import check_torchtune
    from cgd_recipes.trainers.torchtune.config import torchtune_recipe

    return check_torchtune(
        config,
        recipe=torchtune_recipe(plan),
        folder=folder,
        student=plan.config,
        world_size=plan.world_size,
        global_batch_size=plan.train["global_batch_size"],
    )


def get_trainer(name: str) -> Trainer:
    """A trainer by the name that recipes use for it."""
    if name == "torchtune":
        from cgd_recipes.trainers.torchtune.config import build_torchtune, torchtune_problems, torchtune_warnings

        return Trainer("torchtune.yaml", build_torchtune, torchtune_problems, torchtune_warnings, _check_torchtune)
    from cgd_recipes.trainers.axolotl.config import axolotl_problems, build_axolotl

    return Trainer("axolotl.yaml", build_axolotl, axolotl_problems, _warn_axolotl, _check_axolotl)
