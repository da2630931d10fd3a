"""LoRA and QLoRA: what a recipe's adapter is in each trainer's config, and what no trainer can do with it."""

from __future__ import annotations

from typing import Any

from cgd_recipes.errors import Finding
from cgd_recipes.recipe.plan import Plan

SMALL_STEP = 2.0e-5
"""Learning rate under which adapters, whose second half starts at zero, learn next to nothing in one epoch."""


def axolotl_adapter(plan: Plan) -> dict[str, Any]:
    """The Axolotl keys of a plan's adapter; none where all weights are trained."""
    if not plan.adapter:
        return {}
    family, lora = plan.family.values["lora"], plan.train["lora"]
    config = {
        "adapter": plan.adapter,
        "lora_r": lora["r"],
        "lora_alpha": lora["alpha"],
        "lora_dropout": float(lora["dropout"]),
        **family["axolotl"],
    }
    if plan.adapter == "qlora":
        config |= {"load_in_4bit": True, **family.get("axolotl_4bit", {})}
    if plan.train["gradient_checkpointing"] and plan.train["sharding"] != "zero3":
        # Axolotl 0.19 defaults to reentrant checkpointing, which fails under DDP once most weights are frozen;
        # under ZeRO-3 it is the other kind that fails.
        config["gradient_checkpointing_kwargs"] = {"use_reentrant": False}
    return config


def torchtune_adapter(plan: Plan) -> dict[str, Any]:
    """The builder and arguments which a plan's adapter adds to torchtune's `model` section."""
    if not plan.adapter:
        return {}
    lora = plan.train["lora"]
    return {
        **plan.family.values["lora"]["torchtune"],
        "lora_rank": lora["r"],
        "lora_alpha": lora["alpha"],
        "lora_dropout": float(lora["dropout"]),
        "quantize_base": plan.adapter == "qlora",
    }


def adapter_problems(plan: Plan) -> list[Finding]:
    """Adapter settings that cannot be trained, by path into the recipe.

    Adapters on parameters instead of layers (Mixtral's fused experts) allow no dropout, and PEFT cannot make them under
    ZeRO-3 (huggingface/peft issue 2916).
    """
    if not plan.adapter:
        return []
    train, name = plan.train, plan.family.values["name"]
    family, trainer = plan.family.values.get("lora", {}), train["trainer"]
    if trainer not in family:
        message = f"family '{name}' does not say what {plan.adapter} trains; add lora.{trainer} to the family file"
        return [Finding(("train", "adapter"), message)]
    problems = []
    if trainer == "axolotl" and "lora_target_parameters" in family["axolotl"]:
        if train["sharding"] == "zero3":
            message = f"zero3 does not work with adapters on the experts of '{name}'; use fsdp2, or none with qlora"
            problems.append(Finding(("train", "sharding"), message))
        if train["lora"]["dropout"]:
            message = f"adapters on the experts of '{name}' allow no dropout; set 'train.lora.dropout' to 0"
            problems.append(Finding(("train", "lora", "dropout"), message))
    return problems


def adapter_warnings(plan: Plan) -> list[str]:
    """What a user should know before training adapters."""
    rate = plan.train["learning_rate"]
    if not plan.adapter or rate >= SMALL_STEP:
        return []
    return [
        f"learning rate {rate:g} is one for full fine-tuning: adapters start at zero and would hardly leave it; "
        f"extend base/{plan.adapter}, or set train.learning_rate to about 1e-4"
    ]
