"""`cgd-recipe eval --select`: the best checkpoint by a validation set."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click

from cgd_recipes.errors import RecipeError, user_error, visible
from cgd_recipes.evaluation.runs import make_evaluation
from cgd_recipes.evaluation.summary import summarise
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.trainers.protocol import Config
from cgd_recipes.trainers.registry import trainer_of


def choose(
    plan: Plan,
    config: Config,
    folder: Path,
    target: Path,
    limit: int | None,
    python: str,
    *,
    dry_run: bool,
) -> dict[str, Any]:
    """Evaluate every checkpoint of a trained model on the validation set, greedily, and take the best.

    Returns:
        The `set`, the `scores` by checkpoint, and the chosen `model`.

    Raises:
        RecipeError: no validation set, no checkpoints, or checkpoints that are no whole models.
    """
    named = plan.recipe.get("evaluate", "select_on")
    if not named:
        raise RecipeError([plan.recipe.problem(("evaluate", "select_on"), "names no set to choose a checkpoint on")])
    trainer = trainer_of(plan)
    if trainer.adapter(plan, config):
        raise user_error(plan.recipe.source, "checkpoints of adapters are no whole models; name one with --model")
    place = folder / trainer.output_folder(config)
    found = [path for path in place.glob("*") if path.is_dir() and re.fullmatch(r"(checkpoint-|epoch_)\d+", path.name)]
    if not found:
        raise user_error(str(place), "holds no checkpoints (checkpoint-* or epoch_*); set train.save_steps and train")
    scores: dict[str, float] = {}
    for path in sorted(found, key=lambda one: int(re.sub(r"\D", "", one.name))):
        trial = make_evaluation(plan, str(path.absolute()), target / "select" / path.name, limit, python, [named], 1)
        if dry_run:
            click.echo(visible(str(trial)))
            scores[str(path)] = 0.0
            continue
        summary = summarise(trial.run(), [1], [named])
        score = summary["groups"].get(named) or summary["tasks"][named]
        scores[str(path)] = score["pass@1"]["value"]
        click.echo(f"{visible(path.name)}: {100 * scores[str(path)]:.1f} on {named}")
    return {"set": named, "scores": scores, "model": max(scores, key=lambda one: scores[one])}
