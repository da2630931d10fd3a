"""eval.yaml: what `lm_eval run --config` needs to evaluate the trained model the way it was trained."""

from __future__ import annotations

from typing import Any

from cgd_recipes.evaluation.settings import EvalSettings
from cgd_recipes.evaluation.taskfiles import copied_files, task_names
from cgd_recipes.recipe.plan import Plan

PROMPT_ROOM = 2_048
"""Positions to keep for the prompt; the longest question of the benchmarks takes about half of it."""
_BATCH = {"vllm": "auto", "hf": 8, "server": 1}


def build_eval(plan: Plan, model: str, settings: EvalSettings | None = None) -> dict[str, Any]:
    """The lm-eval configuration: same system prompt as in training, the model's chat template, all of the sampling.

    Args:
        plan: the plan.
        model: the model as lm-eval is to find it; see `Trainer.model_folder`.
        settings: in place of the recipe's section.
    """
    settings = settings or EvalSettings.of(plan.recipe)
    evaluation: dict[str, Any] = {
        "model": "local-chat-completions" if settings.engine == "server" else settings.engine,
        "model_args": _model_args(plan, settings, model),
        "tasks": settings.tasks,
        "apply_chat_template": True,
        # No `until`, which would take lm-eval's own tasks their stop strings; ours have none.
        "gen_kwargs": {**settings.sampling, "max_gen_toks": settings.max_gen_toks},
        "batch_size": settings.batch_size or _BATCH[settings.engine],
        "output_path": "results",
        "log_samples": True,
        "seed": [seed_of(plan)] * 4,
        # Empty where the recipe has none: the task files' own instruction stays out then.
        "system_instruction": plan.recipe.get("system_prompt") or "",
    }
    if settings.files or any(name in task_names() for name in settings.tasks):
        evaluation["include_path"] = "tasks"
    if settings.unsafe_code:
        evaluation["confirm_run_unsafe_code"] = True
    return evaluation


def seed_of(plan: Plan) -> int:
    """The seed of the first run: the recipe's `evaluate.seed`, or else its `train.seed`. They may be written as 42.0."""
    seed = plan.recipe.get("evaluate", "seed")
    return int(plan.train["seed"] if seed is None else seed)


def _model_args(plan: Plan, settings: EvalSettings, model: str) -> dict[str, Any]:
    # lm-eval cuts the beginning of a prompt that does not fit beside max_gen_toks.
    limit = settings.max_gen_toks
    length = min(plan.max_positions or 32_768, limit + max(limit, PROMPT_ROOM))
    if settings.engine == "server":
        served = settings.served_model or plan.recipe.get("student")
        url = f"{str(settings.base_url).rstrip('/')}/chat/completions"
        arguments = {"model": served, "base_url": url, "num_concurrent": 64, "max_retries": 5, "timeout": 3600}
    elif settings.engine == "vllm":
        arguments = {"pretrained": model, "dtype": "bfloat16", "max_model_len": length, "seed": seed_of(plan)}
    else:
        arguments = {"pretrained": model, "dtype": "bfloat16", "max_length": length}
    if plan.family.thinking and not plan.thinks and settings.engine != "server":
        # The rendered template needs no switch. A student that was not trained has its own template.
        arguments["enable_thinking"] = False
    return {**arguments, **settings.model_args}


def eval_task_files(plan: Plan, settings: EvalSettings | None = None, samples: int | None = None) -> dict[str, str]:
    """The task files that a plan's evaluation needs, by name, with the recipe's settings in them.

    Args:
        plan: the plan.
        settings: in place of the recipe's section.
        samples: samples of each question in one run; as many as the settings say unless given.
    """
    settings = settings or EvalSettings.of(plan.recipe)
    return copied_files(settings.tasks, settings.task_values(samples or settings.samples), settings.files)
