"""eval.yaml: what `lm_eval run --config` needs to evaluate the trained model the way it was trained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cgd_recipes.evaluation.settings import samples_of, sampling_of, task_values
from cgd_recipes.evaluation.taskfiles import copied_files
from cgd_recipes.recipe.plan import Plan

PROMPT_ROOM = 2_048
"""Positions to keep for the prompt; the longest problem of the benchmarks takes about half of it."""


def build_eval(
    plan: Plan, model: str, *, evaluate: Mapping[str, Any] | None = None, tasks: Sequence[str] | None = None
) -> dict[str, Any]:
    """The lm-eval configuration: same system prompt as in training, the model's chat template, all of the sampling.

    Args:
        plan: the plan.
        model: the model as lm-eval is to find it; see `Trainer.model_folder`.
        evaluate: in place of the recipe's section.
        tasks: in place of the recipe's tasks.
    """
    evaluate = dict(evaluate or plan.recipe.get("evaluate"))
    names = list(tasks or evaluate["tasks"])
    engine = evaluate["engine"]
    evaluation: dict[str, Any] = {
        "model": "local-chat-completions" if engine == "server" else engine,
        "model_args": _model_args(plan, evaluate, model),
        "tasks": names,
        "apply_chat_template": True,
        # No `until`, which would take lm-eval's own tasks their stop strings; ours have none.
        "gen_kwargs": {**sampling_of(evaluate), "max_gen_toks": evaluate["max_gen_toks"]},
        "batch_size": {"vllm": "auto", "hf": 8, "server": 1}[engine],
        "output_path": "results",
        "log_samples": True,
        "seed": [plan.train["seed"]] * 4,
        # Empty where the recipe has none: the task files' own instruction stays out then.
        "system_instruction": plan.recipe.get("system_prompt") or "",
    }
    if eval_task_files(plan, 1, names):
        evaluation["include_path"] = "tasks"
    if evaluate["unsafe_code"]:
        evaluation["confirm_run_unsafe_code"] = True
    return evaluation


def _model_args(plan: Plan, evaluate: Mapping[str, Any], model: str) -> dict[str, Any]:
    # lm-eval cuts the beginning of a prompt that does not fit beside max_gen_toks.
    limit = evaluate["max_gen_toks"]
    length = min(plan.max_positions or 32_768, limit + max(limit, PROMPT_ROOM))
    if evaluate["engine"] == "server":
        served = evaluate["served_model"] or plan.recipe.get("student")
        url = f"{str(evaluate['base_url']).rstrip('/')}/chat/completions"
        arguments = {"model": served, "base_url": url, "num_concurrent": 64, "max_retries": 5, "timeout": 3600}
    elif evaluate["engine"] == "vllm":
        seed = plan.train["seed"]
        arguments = {"pretrained": model, "dtype": "bfloat16", "max_model_len": length, "seed": seed}
    else:
        arguments = {"pretrained": model, "dtype": "bfloat16", "max_length": length}
    return {**arguments, **evaluate["model_args"]}


def eval_task_files(plan: Plan, samples: int | None = None, tasks: Sequence[str] | None = None) -> dict[str, str]:
    """The task files that a plan's evaluation needs, by name, with the recipe's settings in them.

    Args:
        plan: the plan.
        samples: samples of each problem in one run; the recipe's unless given.
        tasks: in place of the recipe's tasks.
    """
    evaluate = plan.recipe.get("evaluate")
    values = task_values(plan.recipe, samples or samples_of(evaluate))
    return copied_files(tasks or evaluate["tasks"], values)
