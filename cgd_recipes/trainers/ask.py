"""The installed trainer's own validators, run by the interpreter that the trainer lives in."""

from __future__ import annotations

import inspect
import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from cgd_recipes.environments.find import NO_TELEMETRY, OFFLINE, find_interpreter
from cgd_recipes.errors import RecipeError, user_error
from cgd_recipes.files.yaml_out import dump_yaml
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.trainers.protocol import Trainer
from cgd_recipes.trainers.registry import trainer_of


def check_with_trainer(plan: Plan, config: dict[str, Any]) -> None:
    """Ask the trainer of a plan about its config.

    Raises:
        RecipeError: the trainer is not installed, or rejects the config.
    """
    trainer = trainer_of(plan)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / trainer.config_file
        path.write_text(dump_yaml(config), encoding="utf-8")
        messages = run_probe(trainer, path, plan.world_size, Path(plan.recipe.source))
    if messages:
        raise RecipeError(
            plan.recipe.problem(("train", "trainer"), f"{trainer.name} says: {message}") for message in messages
        )


def run_probe(trainer: Trainer, config: Path, gpus: int, source: Path, modules: Path | None = None) -> list[str]:
    """Errors that a trainer's own validators find in a config file.

    Args:
        trainer: whose validators to ask.
        config: the file.
        gpus: GPUs of the run.
        source: what to name in messages about the trainer itself.
        modules: folder whose modules the config may name; importing one runs it.

    Raises:
        RecipeError: the trainer is not installed, or its validators could not be run.
    """
    package = Path(__file__).resolve().parents[1]
    probe = Path(inspect.getfile(type(trainer))).with_name("probe.py")
    command = [find_interpreter(trainer.tool, source), str(probe), str(config), *trainer.probe_arguments(gpus, modules)]
    with tempfile.TemporaryDirectory() as folder:
        # The rendered torchtune config names a tokenizer of this package, which need not be installed beside the trainer.
        # A link to it alone, since its own site-packages would hide the trainer's.
        (Path(folder) / "cgd_recipes").symlink_to(package)
        paths = [folder, *filter(None, [os.environ.get("PYTHONPATH")])]
        environment = {**os.environ, **NO_TELEMETRY, **OFFLINE, "PYTHONPATH": os.pathsep.join(paths)}
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    try:
        answer = json.loads(done.stdout.strip().splitlines()[-1])
    except (IndexError, ValueError):
        last = done.stderr.strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
        raise user_error(str(source), f"{trainer.name}'s validators could not be run: {last[0]}") from None
    return [str(error) for error in answer["errors"]]
