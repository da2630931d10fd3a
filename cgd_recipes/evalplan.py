"""eval.yaml: what `lm_eval run --config` needs to evaluate the trained model the way it was trained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cgd_recipes.launch import adapter_of, output_dir
from cgd_recipes.plan import Plan


def trained_model(plan: Plan, config: Mapping[str, Any]) -> str:
    """Folder of the trained model, relative to the output folder.

    Args:
        plan: the plan.
        config: the trainer config, as it is written: verbatim keys of the recipe may say where and how long it trains.
    """
    if plan.train["trainer"] == "torchtune":
        return f"{output_dir(config)}/epoch_{config['epochs'] - 1}"
    # Axolotl saves an adapter by itself; launch.sh merges it.
    return f"{output_dir(config)}/merged" if adapter_of(plan, config) else output_dir(config)


def build_eval(plan: Plan, config: Mapping[str, Any]) -> dict[str, Any]:
    """The lm-eval configuration: same system prompt as in training, the model's chat template, greedy decoding.

    `max_gen_toks` and `until` are always set: lm-eval's defaults are 256 tokens and a stop at the first blank line.

    Args:
        plan: the plan.
        config: the trainer config, as it is written.
    """
    evaluate = plan.recipe.get("evaluate")
    model_args: dict[str, Any] = {"pretrained": trained_model(plan, config), "dtype": "bfloat16"}
    length = min(plan.max_positions or 32_768, 2 * evaluate["max_gen_toks"])
    if evaluate["engine"] == "vllm":
        model_args |= {"max_model_len": length, "seed": plan.train["seed"]}
    else:
        model_args["max_length"] = length
    evaluation: dict[str, Any] = {
        "model": evaluate["engine"],
        "model_args": model_args,
        "tasks": evaluate["tasks"],
        "apply_chat_template": True,
        "gen_kwargs": {"temperature": 0.0, "do_sample": False, "max_gen_toks": evaluate["max_gen_toks"], "until": []},
        "batch_size": "auto" if evaluate["engine"] == "vllm" else 8,
        "output_path": "results",
        "log_samples": True,
        "seed": [plan.train["seed"]] * 4,
    }
    if plan.recipe.get("system_prompt") is not None:
        evaluation["system_instruction"] = plan.recipe.get("system_prompt")
    return evaluation
