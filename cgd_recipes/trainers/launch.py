"""launch.sh: one GPU, one node or many, with the checks that must hold where training starts."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from cgd_recipes import __version__
from cgd_recipes.files.templates import render_file
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.trainers.torchtune.config import torchtune_recipe


def output_dir(config: Mapping[str, Any]) -> str:
    """The folder that a trainer config saves to, relative to the output folder unless it is absolute."""
    # Axolotl's default, where the recipe takes the key away.
    folder = str(config.get("output_dir") or "model-out")
    if "checkpointer" in config:
        folder = str(config["checkpointer"]["output_dir"]).replace("${output_dir}", folder)
    return str(PurePosixPath(folder))


def adapter_of(plan: Plan, config: Mapping[str, Any]) -> str | None:
    """The adapter that a trainer config trains; None where all weights are trained."""
    return plan.adapter if plan.train["trainer"] == "torchtune" else config.get("adapter")


def build_launch(plan: Plan, config: dict[str, object]) -> str:
    """The text of launch.sh.

    Args:
        plan: the plan, with its data rendered.
        config: the trainer config, as it is written.
    """
    launch = plan.recipe.get("launch")
    values: dict[str, object] = {
        "version": __version__,
        "name": plan.recipe.get("name"),
        "trainer": plan.train["trainer"],
        "nodes": launch["nodes"],
        "gpus_per_node": launch["gpus_per_node"],
        "micro_batch_size": plan.train["micro_batch_size"],
        "accumulation": plan.accumulation,
        "global_batch_size": plan.train["global_batch_size"],
        "data_file": plan.data_file,
        "data_sha256": plan.data_sha256,
        "run_id": f"{plan.recipe.get('name')}-{plan.data_sha256[:8]}",
        "deepspeed": "deepspeed" in config,
        "adapter": adapter_of(plan, config),
        "output_dir": shlex.quote(output_dir(config)),
        "end_of_turn": shlex.quote(plan.family.values["end_of_turn"]),
        # Whether there is something to do once the trainer has ended.
        "finishes": plan.train["trainer"] == "torchtune" or adapter_of(plan, config) is not None,
    }
    if plan.train["trainer"] == "torchtune":
        checkpointer = config["checkpointer"]
        assert isinstance(checkpointer, dict)
        values |= {
            "student": plan.student,
            "download": not plan.student_is_local,
            "checkpoint_dir": checkpointer["checkpoint_dir"],
            "recipe_single": torchtune_recipe(plan, 1),
            "recipe_distributed": torchtune_recipe(plan, 2),
        }
    return render_file("launch/launch.sh.j2", **values)
