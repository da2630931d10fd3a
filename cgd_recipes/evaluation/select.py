"""`cgd-recipe eval --select`: the best checkpoint by a validation set."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import click

from cgd_recipes.errors import RecipeError, user_error, visible
from cgd_recipes.evaluation.job import LmEvalJob
from cgd_recipes.evaluation.results import Selection
from cgd_recipes.evaluation.summary import summarise
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.trainers.protocol import Config
from cgd_recipes.trainers.registry import trainer_of


@dataclass(frozen=True)
class Trial:
    """The evaluation of one checkpoint.

    Attributes:
        checkpoint: its folder.
        job: evaluates it on the validation set.
    """

    checkpoint: Path
    job: LmEvalJob

    def score(self, task: str) -> float:
        """pass@1 on the validation set, from 0 to 1.

        Raises:
            RecipeError: lm-eval failed.
        """
        summary = summarise(self.job.run(), [1], [task])
        result = summary.groups.get(task) or summary.benchmarks.get(task)
        if result and "pass@1" in result.scores:
            return result.scores["pass@1"].value
        raise user_error(task, "has no pass@1, so no checkpoint can be chosen on it")


def validation_task(plan: Plan) -> str:
    """The task to choose a checkpoint on.

    Raises:
        RecipeError: the recipe names none.
    """
    named = plan.recipe.get("evaluate", "select_on")
    if not named:
        raise RecipeError([plan.recipe.problem(("evaluate", "select_on"), "names no set to choose a checkpoint on")])
    return str(named)


def find_checkpoints(plan: Plan, config: Config, folder: Path) -> list[Path]:
    """The checkpoints of a trained model, in the order of training.

    Args:
        plan: the plan.
        config: the trainer config.
        folder: the rendered folder.

    Raises:
        RecipeError: no checkpoints, or checkpoints that are no whole models.
    """
    trainer = trainer_of(plan)
    if trainer.adapter(plan, config):
        raise user_error(plan.recipe.source, "checkpoints of adapters are no whole models; name one with --model")
    place = folder / trainer.output_folder(config)
    found = [path for path in place.glob("*") if path.is_dir() and re.fullmatch(r"(checkpoint-|epoch_)\d+", path.name)]
    if not found:
        raise user_error(str(place), "holds no checkpoints (checkpoint-* or epoch_*); set train.save_steps and train")
    return sorted(found, key=lambda path: int(re.sub(r"\D", "", path.name)))


def choose_checkpoint(task: str, trials: list[Trial]) -> Selection:
    """Evaluate every checkpoint on the validation set, and take the best; the earliest of equals.

    Raises:
        RecipeError: lm-eval failed, or the set has no pass@1.
    """
    scores: dict[str, float] = {}
    for trial in trials:
        scores[str(trial.checkpoint)] = score = trial.score(task)
        click.echo(f"{visible(trial.checkpoint.name)}: {100 * score:.1f} on {task}")
    return Selection(task, scores, max(scores, key=lambda checkpoint: scores[checkpoint]))
