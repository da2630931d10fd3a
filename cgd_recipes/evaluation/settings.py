"""A recipe's `evaluate` section: what follows from it, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cgd_recipes.errors import Problem, did_you_mean
from cgd_recipes.evaluation.taskfiles import leaves, outsiders, task_names
from cgd_recipes.recipe.recipe import Recipe

SAMPLING_TEMPERATURE = 0.6
UNSAFE = ("humaneval", "mbpp")


def samples_of(evaluate: dict[str, Any]) -> int:
    """Samples of each problem: as many as are set, or as the largest k of pass@k needs."""
    return int(evaluate["samples"] or max(evaluate["pass_at"]))


def temperature_of(evaluate: dict[str, Any]) -> float:
    """The temperature: the one that is set, or greedy decoding for one sample and 0.6 for several."""
    if evaluate["temperature"] is not None:
        return float(evaluate["temperature"])
    return SAMPLING_TEMPERATURE if samples_of(evaluate) > 1 else 0.0


def sampling_of(evaluate: dict[str, Any]) -> dict[str, Any]:
    """lm-eval's generation kwargs, all that the engine would otherwise take from somewhere else.

    `do_sample: true` keeps lm-eval's cache from handing the same sample out again. transformers applies what the model's
    generation_config.json says of everything that is not set here.
    """
    temperature = temperature_of(evaluate)
    options: dict[str, Any] = {"temperature": temperature, "do_sample": temperature > 0}
    if temperature:
        options["top_p"] = evaluate["top_p"]
    if evaluate["engine"] == "hf":
        options["repetition_penalty"] = 1.0
        if temperature:
            options["top_k"] = 0  # off, as it is in vLLM
    return {**options, **evaluate["gen_kwargs"]}


def data_of(recipe: Recipe) -> str | None:
    """The absolute path of evaluate.data; None for the hub."""
    named = recipe.get("evaluate", "data")
    return str((recipe.folder("evaluate", "data") / named).resolve()) if named else None


def task_values(recipe: Recipe, samples: int) -> dict[str, Any]:
    """The keys of task files that a recipe sets, for some samples of each problem."""
    evaluate = recipe.get("evaluate")
    pass_at = evaluate["pass_at"] if samples > 1 else [1]
    sampling = sampling_of({**evaluate, "gen_kwargs": {}, "engine": "vllm"})
    values = {
        "repeats": samples,
        "pass_at": pass_at,
        "grader": evaluate["grader"],
        "generation_kwargs": {"until": [], "max_gen_toks": evaluate["max_gen_toks"], **sampling},
    }
    folder = data_of(recipe)
    return {**values, "data": folder} if folder else values


def eval_problems(recipe: Recipe) -> Iterator[Problem]:
    """Mistakes in the section, each at its key."""
    evaluate = recipe.get("evaluate")
    samples = samples_of(evaluate)
    for index, k in enumerate(evaluate["pass_at"]):
        if k > samples:
            message = f"pass@{k} needs {k} samples of each problem, and 'evaluate.samples' is {samples}"
            yield recipe.problem(("evaluate", "pass_at", index), message)
    if samples > 1 and not temperature_of(evaluate):
        message = f"{samples} samples at temperature 0 are {samples} times the same; set one above 0, or null for {SAMPLING_TEMPERATURE}"
        yield recipe.problem(("evaluate", "temperature"), message)
    names = task_names()
    for path, name in [
        *((("tasks", index), name) for index, name in enumerate(evaluate["tasks"])),
        (("select_on",), evaluate["select_on"]),
    ]:
        if name and name.startswith("cgd_") and name not in names:
            hint = did_you_mean(name, names) or f"; there are: {', '.join(names)}"
            yield recipe.problem(("evaluate", *path), f"there is no task '{name}'{hint}")
            return
    if evaluate["engine"] == "server" and not evaluate["base_url"]:
        yield recipe.problem(("evaluate", "engine"), "engine 'server' needs 'evaluate.base_url', http://.../v1")
    runs_code = [name for name in outsiders(evaluate["tasks"]) if name.startswith(UNSAFE)]
    if runs_code and not evaluate["unsafe_code"]:
        message = f"{', '.join(runs_code)} runs code that the model wrote; where that is safe, set 'evaluate.unsafe_code: true'"
        yield recipe.problem(("evaluate", "tasks"), message)
    folder = data_of(recipe)
    if folder and not Path(folder).is_dir():
        yield recipe.problem(("evaluate", "data"), f"there is no folder {folder}")


def eval_warnings(recipe: Recipe) -> list[str]:
    """What would make a reported result mean less than it says."""
    evaluate = recipe.get("evaluate")
    chosen = leaves([evaluate["select_on"]] if evaluate["select_on"] else [])
    both = [name for name in chosen if name in leaves(evaluate["tasks"])]
    if both:
        return [
            f"'evaluate.select_on' chooses checkpoints on {', '.join(both)}, which 'evaluate.tasks' reports: the reported score "
            "is then too high; choose on cgd_math_val"
        ]
    return []
