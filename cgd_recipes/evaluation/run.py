"""`cgd-recipe eval`: what a recipe says of evaluation, run by lm-eval where that is installed."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import click

from cgd_recipes import __version__
from cgd_recipes.check import check_config
from cgd_recipes.errors import RecipeError, user_error
from cgd_recipes.evalplan import build_eval, eval_task_files, trained_model
from cgd_recipes.evaluation.documents import data_folder
from cgd_recipes.evaluation.settings import data_of, eval_problems, eval_warnings, samples_of, sampling_of
from cgd_recipes.evaluation.show import print_summary
from cgd_recipes.evaluation.summary import summarise
from cgd_recipes.evaluation.sweep import run_folder
from cgd_recipes.evaluation.taskfiles import average_of, benchmark_of, leaves, task_names
from cgd_recipes.launch import adapter_of, output_dir
from cgd_recipes.output import file_sha256
from cgd_recipes.plan import Plan, make_plan
from cgd_recipes.rendered import is_rendered, recipe_name
from cgd_recipes.resolve import load_recipe
from cgd_recipes.with_trainer import NO_TELEMETRY, OFFLINE, can_import, find_interpreter
from cgd_recipes.yamlfile import dump_yaml

RESULTS = "results.json"


@dataclass(frozen=True)
class Evaluation:
    """Runs of one model on some tasks.

    Attributes:
        config: the eval.yaml.
        files: task files, by their name below the folder.
        seeds: one run each.
        limit: problems of each task; None for all.
        python: the Python that has lm-eval.
        switches: environment variables to set where they are not.
        folder: where all of it goes.
    """

    config: dict[str, Any]
    files: dict[str, str]
    seeds: list[int]
    limit: int | None
    python: str
    switches: dict[str, str]
    folder: Path
    data: tuple[Path, ...] = field(default=())

    @cached_property
    def fingerprint(self) -> str:
        """What a run's answers depend on, as eight hex digits: settings, task files, local data, a local model's files."""
        model = Path(str(self.config["model_args"].get("pretrained", "")))
        state = [
            (str(path.relative_to(model)), path.stat().st_size, path.stat().st_mtime_ns)
            for path in sorted(model.rglob("*") if model.is_absolute() and model.is_dir() else ())
        ]
        data = [(path.name, file_sha256(path)) for path in self.data]
        text = json.dumps([__version__, self.config, self.files, self.limit, state, data], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:8]

    @property
    def command(self) -> list[str]:
        """The command, to be run in the folder."""
        limit = [] if self.limit is None else ["--limit", str(self.limit)]
        seeds = [str(seed) for seed in self.seeds]
        arguments = ["eval.yaml", "--runs", "runs", "--prefix", self.fingerprint, *limit, "--seeds", *seeds]
        return [self.python, "-m", "cgd_recipes.evaluation.sweep", *arguments]

    def __str__(self) -> str:
        switches = [f"{name}={shlex.quote(value)}" for name, value in self.switches.items()]
        return f"cd {shlex.quote(str(self.folder))} && {' '.join([*switches, shlex.join(self.command)])}"

    def run(self) -> list[Path]:
        """Write eval.yaml and tasks/, run what is not there yet, and return the folders of the runs.

        Raises:
            RecipeError: lm-eval failed; runs that had finished are kept.
        """
        for name, text in {**self.files, "eval.yaml": dump_yaml(self.config)}.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        environment = {**os.environ, **self.switches}
        try:
            done = subprocess.run(self.command, cwd=self.folder, env=environment, check=False)
        except KeyboardInterrupt:
            click.echo("the same command goes on after the runs that have finished", err=True)
            raise click.exceptions.Exit(130) from None
        if done.returncode:
            message = f"lm-eval ended with exit code {done.returncode}, see above; runs that have finished are kept"
            raise user_error(str(self.folder), message)
        return [run_folder(self.folder / "runs", self.fingerprint, seed) for seed in self.seeds]


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
    folder = Path(name) if is_rendered(Path(name)) else Path("build") / recipe.get("name")
    target = (output or Path("build") / f"{recipe.get('name')}-eval").absolute()
    python = find_python(recipe.source)
    config = check_config(plan)
    selection = None
    if select:
        selection = choose(plan, config, folder, target, limit, python, dry_run=dry_run)
        model = selection["model"]
    evaluation = make_evaluation(plan, _find_model(plan, config, folder, model), target, limit, python)
    if dry_run:
        click.echo(dump_yaml(evaluation.config) + str(evaluation))
        return
    runs = evaluation.run()
    evaluate = recipe.get("evaluate")
    pass_at = evaluate["pass_at"] if len(runs) > 1 else [1]
    summary = summarise(runs, pass_at, _groups(evaluate["tasks"]))
    if selection:
        summary["warnings"] += eval_warnings(recipe)
    if limit is not None:
        summary["warnings"].append(f"only {limit} problems of each task were evaluated")
    _write(target / RESULTS, {**_head(plan, evaluation), "selection": selection, **summary})
    print_summary(summary)
    click.echo(f"{os.path.relpath(target / RESULTS)} written")


def make_evaluation(
    plan: Plan,
    model: str,
    folder: Path,
    limit: int | None,
    python: str,
    tasks: list[str] | None = None,
    samples: int | None = None,
) -> Evaluation:
    """Everything that one evaluation needs.

    Args:
        plan: of the recipe.
        model: absolute folder or hub id; of no meaning for engine `server`.
        folder: where it goes, absolute.
        limit: problems of each task.
        python: the Python that has lm-eval.
        tasks: in place of the recipe's.
        samples: in place of the recipe's.
    """
    evaluate = plan.recipe.get("evaluate")
    names, n = tasks or evaluate["tasks"], samples or samples_of(evaluate)
    if samples is not None:
        evaluate = {**evaluate, "samples": samples, "pass_at": [1], "temperature": 0.0}
    config = build_eval(plan, model, evaluate=evaluate, tasks=names)
    config.pop("output_path")
    config.pop("log_samples")
    files = {f"tasks/{file}": text for file, text in eval_task_files(plan, 1, names).items()}
    local = data_folder(data_of(plan.recipe))
    offline = OFFLINE if local and (Path(model).is_dir() or evaluate["engine"] == "server") else {}
    switches = {key: value for key, value in {**NO_TELEMETRY, **offline}.items() if key not in os.environ}
    seeds = [plan.train["seed"] + run for run in range(n)]
    return Evaluation(config, files, seeds, limit, python, switches, folder, tuple(_data_files(names, local)))


def _data_files(names: Iterable[str], folder: Path | None) -> list[Path]:
    """The local files that tasks read; none where they come from the hub."""
    if folder is None:
        return []
    ours = [name for name in leaves(names) if name in task_names()]
    paths = [folder / f"{benchmark_of(name)}.jsonl" for name in ours]
    return [path for path in paths if path.is_file()]


def choose(
    plan: Plan,
    config: Mapping[str, Any],
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
    if adapter_of(plan, config):
        raise user_error(plan.recipe.source, "checkpoints of adapters are no whole models; name one with --model")
    place = folder / output_dir(config)
    found = [path for path in place.glob("*") if path.is_dir() and re.fullmatch(r"(checkpoint-|epoch_)\d+", path.name)]
    if not found:
        raise user_error(str(place), "holds no checkpoints (checkpoint-* or epoch_*); set train.save_steps and train")
    scores: dict[str, float] = {}
    for path in sorted(found, key=lambda one: int(re.sub(r"\D", "", one.name))):
        trial = make_evaluation(plan, str(path.absolute()), target / "select" / path.name, limit, python, [named], 1)
        if dry_run:
            click.echo(str(trial))
            scores[str(path)] = 0.0
            continue
        summary = summarise(trial.run(), [1], [named])
        score = summary["groups"].get(named) or summary["tasks"][named]
        scores[str(path)] = score["pass@1"]["value"]
        click.echo(f"{path.name}: {100 * scores[str(path)]:.1f} on {named}")
    return {"set": named, "scores": scores, "model": max(scores, key=lambda one: scores[one])}


def find_python(source: str) -> str:
    """The Python that has lm-eval, with this package and math-verify beside it, which grade there.

    Raises:
        RecipeError: no lm-eval, or one without them.
    """
    python = find_interpreter("lm_eval", Path(source))
    for module in ("cgd_recipes", "math_verify"):
        if not can_import(python, module):
            raise user_error(
                python, f"has no {module}, which grades there: {python} -m pip install 'cgd-recipes[eval]'"
            )
    return python


def _find_model(plan: Plan, config: Mapping[str, Any], folder: Path, given: str | None) -> str:
    if given:
        return str(Path(given).absolute()) if Path(given).exists() else given
    trained = folder / trained_model(plan, config)
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


def _write(path: Path, values: dict[str, Any]) -> None:
    aside = path.with_name(f".{path.name}.tmp")
    aside.write_text(json.dumps(values, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    os.replace(aside, path)
