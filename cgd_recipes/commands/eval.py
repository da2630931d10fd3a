"""`cgd-recipe eval`: what a recipe says of evaluation, run by lm-eval where that is installed."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from cgd_recipes import __version__
from cgd_recipes.commands.console import say
from cgd_recipes.commands.eval_view import print_summary
from cgd_recipes.errors import RecipeError, user_error
from cgd_recipes.evaluation.runs import RESULTS, Evaluation, find_python, make_evaluation, write_outputs
from cgd_recipes.evaluation.select import choose
from cgd_recipes.evaluation.settings import eval_problems, eval_warnings, sampling_of
from cgd_recipes.evaluation.summary import summarise
from cgd_recipes.evaluation.taskfiles import average_of, leaves, task_names
from cgd_recipes.files.yaml import dump_yaml
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.recipe.resolve import load_recipe
from cgd_recipes.rendering.check import check_recipe
from cgd_recipes.rendering.rendered import is_rendered, recipe_name
from cgd_recipes.trainers.plan import make_plan
from cgd_recipes.trainers.protocol import Config
from cgd_recipes.trainers.registry import trainer_of


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
        limit: problems of each task, for trying it out.
        dry_run: print eval.yaml and the command.
        select: first choose a checkpoint on evaluate.select_on.

    Raises:
        RecipeError: a mistake in the recipe, no model, no lm-eval, or a failed run.
    """
    recipe = load_recipe(recipe_name(name), settings)
    plan = make_plan(recipe)
    if problems := list(eval_problems(recipe)):
        raise RecipeError(problems)
    folder = Path(name) if is_rendered(Path(name)) else recipe.build_folder()
    target = (output or recipe.build_folder("-eval")).absolute()
    python = find_python(recipe.source)
    config = check_recipe(plan).config
    selection = None
    if select:
        selection = choose(plan, config, folder, target, limit, python, dry_run=dry_run)
        model = selection["model"]
    evaluation = make_evaluation(plan, _find_model(plan, config, folder, model), target, limit, python)
    if dry_run:
        say(*dump_yaml(evaluation.config).splitlines(), evaluation)
        return
    result = _result(plan, evaluation, evaluation.run(), selection)
    write_outputs(target, {RESULTS: json.dumps(result, indent=2, ensure_ascii=False) + "\n"})
    print_summary(result)
    say(f"{os.path.relpath(target / RESULTS)} written")


def _result(plan: Plan, evaluation: Evaluation, runs: list[Path], selection: dict[str, Any] | None) -> dict[str, Any]:
    """What results.json holds."""
    evaluate = plan.recipe.get("evaluate")
    summary = summarise(runs, evaluate["pass_at"] if len(runs) > 1 else [1], _groups(evaluate["tasks"]))
    if selection:
        summary["warnings"] += eval_warnings(plan.recipe)
    if evaluation.limit is not None:
        summary["warnings"].append(f"only {evaluation.limit} problems of each task were evaluated")
    return {**_head(plan, evaluation), "selection": selection, **summary}


def _find_model(plan: Plan, config: Config, folder: Path, given: str | None) -> str:
    if given:
        return str(Path(given).absolute()) if Path(given).exists() else given
    trained = folder / trainer_of(plan).model_folder(plan, config)
    if plan.recipe.get("evaluate", "engine") != "server" and not (trained / "config.json").is_file():
        message = "there is no trained model; train first, or name a model with --model"
        raise user_error(str(trained), message)
    return str(trained.absolute())


def _groups(tasks: list[str]) -> list[str]:
    """Groups that are asked for, and group 1 of the paper where its tasks are among them."""
    groups = [name for name in tasks if name in task_names() and average_of(name)]
    if set(leaves(["cgd_g1"])) <= set(leaves(tasks)):
        groups.append("cgd_g1")
    return list(dict.fromkeys(groups))


def _head(plan: Plan, evaluation: Evaluation) -> dict[str, Any]:
    evaluate = plan.recipe.get("evaluate")
    return {
        "recipe": plan.recipe.get("name"),
        "cgd_recipes": __version__,
        "engine": evaluate["engine"],
        "model_args": evaluation.config["model_args"],
        "tasks": evaluate["tasks"],
        "grader": evaluate["grader"],
        "sampling": {**sampling_of(evaluate), "max_gen_toks": evaluate["max_gen_toks"]},
        "system_instruction": evaluation.config.get("system_instruction"),
        "seeds": evaluation.seeds,
        "limit": evaluation.limit,
        "runs": evaluation.fingerprint,
    }
