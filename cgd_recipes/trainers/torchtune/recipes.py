"""Which torchtune recipe a config is for, which no config says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cgd_recipes.trainers.torchtune.components import component_name, snapshot

_MARKS: dict[str, tuple[str, ...]] = {
    "knowledge_distillation_single_device or _distributed": (
        "teacher_model",
        "teacher_checkpointer",
        "kd_loss",
        "kd_ratio",
    ),
    "ppo_full_finetune_single_device": ("policy_model", "reward_and_value_model", "ppo_epochs", "ppo_batch_size"),
    "dev/grpo_full_finetune_distributed": ("grpo_samples", "grpo_size"),
    "dev/early_exit_finetune_distributed": ("layer_dropout", "early_exit_loss"),
    "dev/lora_finetune_distributed_multi_dataset": ("datasets", "dataloader"),
    "eleuther_eval": ("tasks",),
    "generate": ("max_new_tokens", "prompt"),
}
"""Recipe -> top-level keys that configs of it alone have."""
_VISION = ("_vision", ".multimodal", ".clip", ".flamingo")


def is_vision(component: str) -> bool:
    """Whether a component is one of torchtune's for images, of which the snapshot has none."""
    return component.startswith("torchtune.") and any(part in component for part in _VISION)


def other_recipe(values: Mapping[str, Any]) -> str | None:
    """The recipe that a config is for, where it is none of those in the snapshot."""
    for recipe, keys in _MARKS.items():
        if any(key in values for key in keys):
            return recipe
    if "quantizer" in values:
        if "dataset" not in values:
            return "quantize"
        return "qat_lora_finetune_distributed" if _has_adapter(values) else "qat_distributed"
    if any(is_vision(component_name(values.get(key))) for key in ("model", "tokenizer", "dataset")):
        return "fine-tuning with images"
    return None


def likely_recipes(values: Mapping[str, Any]) -> list[str]:
    """Recipes of the snapshot that a config may be for, by the loss and the model that it names."""
    recipes = list(snapshot()["recipes"])
    preferences = "ref_checkpointer" in values or component_name(values.get("loss")).startswith("torchtune.rlhf.")
    recipes = [recipe for recipe in recipes if ("_dpo_" in recipe) == preferences]
    if not component_name(values.get("model")).startswith("torchtune."):
        return recipes
    return [recipe for recipe in recipes if recipe.startswith("lora_") == _has_adapter(values)]


def _has_adapter(values: Mapping[str, Any]) -> bool:
    return component_name(values.get("model")).rpartition(".")[2].startswith(("lora_", "qlora_"))
