"""`cgd-recipe eval`: what a recipe says of evaluation, run by lm-eval where that is installed."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from cgd_recipes import __version__
from cgd_recipes.commands.console import say, warn
from cgd_recipes.commands.eval_view import print_summary
from cgd_recipes.errors import RecipeError, user_error
from cgd_recipes.evaluation.job import RESULTS, LmEvalJob, evaluating, make_job, write_outputs
from cgd_recipes.evaluation.python import find_python, version_warnings
from cgd_recipes.evaluation.results import Selection, Summary
from cgd_recipes.evaluation.select import Trial, choose_checkpoint, find_checkpoints, validation_task
from cgd_recipes.evaluation.settings import EvalSettings, eval_problems, selection_warnings
from cgd_recipes.evaluation.summary import summarise
from cgd_recipes.evaluation.taskfiles import average_of, expand_groups, task_names
from cgd_recipes.files.jsonl import json_bytes
from cgd_recipes.files.yaml_out import dump_yaml
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.recipe.resolve import load_recipe
from cgd_recipes.rendering.check import check_recipe
from cgd_recipes.rendering.rendered import is_rendered, recipe_name
from cgd_recipes.trainers.plan import make_plan
from cgd_recipes.trainers.protocol import Config
from cgd_recipes.trainers.registry import trainer_of


class Evaluation(NamedTuple):
    """What is evaluated, and where.

    Attributes:
        plan: of the recipe.
        settings: its `evaluate` section.
        config: the trainer config.
        folder: the rendered folder.
        target: where the results go, absolute.
        limit: questions of each task; None for all.
        python: the Python that has lm-eval.
    """

    plan: Plan
    settings: EvalSettings
    config: Config
    folder: Path
    target: Path
    limit: int | None
    python: str

    def job(self, model: str) -> LmEvalJob:
        """Evaluates a model on the recipe's tasks."""
        return make_job(self.plan, self.settings, model, self.target, limit=self.limit, python=self.python)

    def trials(self, task: str) -> Iterator[Trial]:
        """Evaluate the checkpoints on a task, greedily."""
        greedy = self.settings.greedy(task)
        for path in find_checkpoints(self.plan, self.config, self.folder):
            place = self.target / "select" / path.name
            model = str(path.absolute())
            yield Trial(path, make_job(self.plan, greedy, model, place, limit=self.limit, python=self.python))


def run_eval(
    name: str,
    settings: tuple[str, ...],
    model: str | None,
    output: Path | None,
    limit: int | None,
    *,
    dry_run: bool,
    select: bool,
) -> None:
    """`cgd-recipe eval`: run the evaluation of a recipe, put its runs together, write results.json and print a table.

    Args:
        name: a recipe (path or shipped name), or a folder that it was rendered into.
        settings: `key.path=value` texts.
        model: folder or hub id; the trained model of the rendered folder unless given.
        output: folder of the results; `build/<name>-eval` unless given.
        limit: questions of each task, for trying it out.
        dry_run: print eval.yaml and the command.
        select: first choose a checkpoint on evaluate.select_on.

    Raises:
        RecipeError: a mistake in the recipe, no model, no lm-eval, or a failed run.
    """
    evaluation = _prepare(name, settings, output, limit)
    task = validation_task(evaluation.plan) if select else ""
    trials = list(evaluation.trials(task)) if select else []
    if dry_run:
        if trials:
            say(*(trial.job for trial in trials))
        model = str(trials[0].checkpoint) if trials else model
        job = evaluation.job(_find_model(evaluation, model))
        say(*dump_yaml(job.config).splitlines(), job)
        return
    with evaluating(evaluation.target):
        selection = choose_checkpoint(task, trials) if select else None
        job = evaluation.job(_find_model(evaluation, selection.model if selection else model))
        summary = _summary(evaluation, job, selection)
        result = {**_head(evaluation, job), "selection": selection and selection._asdict(), **summary.as_json()}
        write_outputs(evaluation.target, {RESULTS: json_bytes(result, indent=2).decode() + "\n"})
    print_summary(summary)
    say(f"{shlex.quote(os.path.relpath(evaluation.target / RESULTS))} written")


def _prepare(name: str, settings: tuple[str, ...], output: Path | None, limit: int | None) -> Evaluation:
    recipe = load_recipe(recipe_name(name), settings)
    plan = make_plan(recipe)
    if problems := list(eval_problems(recipe)):
        raise RecipeError(problems)
    section, python = EvalSettings.of(recipe), find_python(recipe.source)
    warn([*section.code_warnings, *version_warnings(python)])
    return Evaluation(
        plan=plan,
        settings=section,
        config=check_recipe(plan).config,
        folder=Path(name) if is_rendered(Path(name)) else recipe.build_folder(),
        target=(output or recipe.build_folder("-eval")).absolute(),
        limit=limit,
        python=python,
    )


def _summary(evaluation: Evaluation, job: LmEvalJob, selection: Selection | None) -> Summary:
    """What the job's runs say, with the warnings that only the command knows of."""
    settings = evaluation.settings
    summary = summarise(job.run(), settings.reported_pass_at, _groups(settings.tasks), job.votes)
    warnings = [*summary.warnings]
    if selection:
        warnings += selection_warnings(evaluation.plan.recipe)
    if evaluation.limit is not None:
        warnings.append(f"only {evaluation.limit} questions of each task were evaluated")
    return replace(summary, warnings=warnings)


def _find_model(evaluation: Evaluation, given: str | None) -> str:
    if given:
        return str(Path(given).absolute()) if Path(given).exists() else given
    trained = evaluation.folder / trainer_of(evaluation.plan).model_folder(evaluation.plan, evaluation.config)
    if evaluation.settings.engine != "server" and not (trained / "config.json").is_file():
        message = "there is no trained model; train first, or name a model with --model"
        raise user_error(str(trained), message)
    return str(trained.absolute())


def _groups(tasks: list[str]) -> list[str]:
    """Groups that are asked for, and group 1 of the paper where its tasks are among them."""
    groups = [name for name in tasks if name in task_names() and average_of(name)]
    if set(expand_groups(["cgd_g1"])) <= set(expand_groups(tasks)):
        groups.append("cgd_g1")
    return list(dict.fromkeys(groups))


def _head(evaluation: Evaluation, job: LmEvalJob) -> dict[str, Any]:
    """What results.json says of how the results came about."""
    settings = evaluation.settings
    return {
        "recipe": evaluation.plan.recipe.get("name"),
        "cgd_recipes": __version__,
        "engine": settings.engine,
        "model_args": job.config["model_args"],
        "tasks": settings.tasks,
        "grader": settings.grader,
        "sampling": {**settings.sampling, "max_gen_toks": settings.max_gen_toks},
        "system_instruction": job.config.get("system_instruction"),
        "seeds": job.seeds,
        "limit": job.limit,
        "runs": job.fingerprint,
    }
