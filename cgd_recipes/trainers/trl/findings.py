"""Settings that TRL cannot honour, and what a user should know before training with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cgd_recipes.errors import Finding
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.trainers.adapter import adapter_findings, adapter_warnings
from cgd_recipes.trainers.cautions import SMALL_BF16_STEP, packing_warnings
from cgd_recipes.trainers.trl.config import loaded_type, uses_bf16


def trl_findings(plan: Plan) -> list[Finding]:
    """Settings that TRL cannot honour, by path into the recipe."""
    return [*_layout_findings(plan), *(adapter_findings(plan) or _expert_findings(plan)), *_setting_findings(plan)]


def _layout_findings(plan: Plan) -> Iterator[Finding]:
    if "chat_template" not in plan.family.values:
        name = plan.family.values["name"]
        message = (
            f"family '{name}' has no 'chat_template', by which TRL tells what is trained; add one to the family file, with "
            "{% generation %} around the answer and the token that ends it"
        )
        yield Finding(("family",), message)


def _expert_findings(plan: Plan) -> Iterator[Finding]:
    """Adapters on parameters instead of layers (Mixtral's fused experts); see the same for Axolotl."""
    train, name = plan.train, plan.family.values["name"]
    if not plan.adapter or "lora_target_parameters" not in plan.family.values["lora"]["trl"]:
        return
    if plan.adapter == "qlora":
        message = f"TRL leaves the experts of '{name}', nearly all of its weights, in 16 bits; use adapter: lora, or trainer: axolotl"
        yield Finding(("train", "adapter"), message)
    if train["sharding"] == "zero3":
        message = f"zero3 does not work with adapters on the experts of '{name}'; use fsdp2, or none"
        yield Finding(("train", "sharding"), message)
    if train["lora"]["dropout"]:
        message = f"adapters on the experts of '{name}' allow no dropout; set 'train.lora.dropout' to 0"
        yield Finding(("train", "lora", "dropout"), message)


def _setting_findings(plan: Plan) -> Iterator[Finding]:
    train = plan.train
    if train["attention"] == "flash_attention_2" and not uses_bf16(plan):
        message = (
            "flash_attention_2 needs bf16, and these settings train in fp32; use attention: sdpa, or sharding: zero2"
        )
        yield Finding(("train", "attention"), message)
    if train["warmup_ratio"] >= 1:
        message = "TRL reads a warmup of 1 as one step, and not as all; write a share below 1"
        yield Finding(("train", "warmup_ratio"), message)
    if train["sample_packing"] and plan.method.shape != "conversations":
        yield Finding(("train", "sample_packing"), f"TRL does not pack {plan.method.shape}; set sample_packing: false")
    yield from _on_policy_findings(plan)


def _on_policy_findings(plan: Plan) -> Iterator[Finding]:
    own = plan.train.get("trl", {})
    answer, answers = own.get("max_completion_length"), own.get("num_generations", 8)
    if not plan.method.is_on_policy:
        return
    if isinstance(answer, int) and answer >= plan.train["sequence_len"]:
        message = f"an answer of {answer} tokens leaves no room for the question in train.sequence_len {plan.train['sequence_len']}"
        yield Finding(("train", "trl", "max_completion_length"), message)
    batch = plan.train["global_batch_size"]
    if isinstance(answers, int) and answers > 0 and batch % answers:
        message = f"train.global_batch_size {batch} is not a multiple of the {answers} answers of each question"
        yield Finding(("train", "trl", "num_generations"), message)


def trl_warnings(plan: Plan, config: Mapping[str, Any]) -> list[str]:
    """What a user should know before training."""
    train, warnings = plan.train, adapter_warnings(plan)
    fp32 = train["sharding"].startswith("zero") or loaded_type(plan) == "float32" or plan.adapter
    if not fp32 and train["learning_rate"] < SMALL_BF16_STEP:
        warnings.append(
            f"learning rate {train['learning_rate']:g} in pure bf16: most of a step is rounded away; "
            "use train.precision auto, which keeps fp32 weights"
        )
    if plan.method.is_on_policy:
        warnings.append(
            "on-policy training is experimental in TRL 1.16, and may change with every release; nothing published says how well "
            "it does on such rows"
        )
    return [*warnings, *packing_warnings(plan)]


def turn_end_findings(plan: Plan, config: Mapping[str, Any]) -> Iterator[Finding]:
    """What keeps a model from learning its answer alone, or from stopping, by path into a config that its schema accepts.

    Verbatim keys can set it.
    """
    if plan.method.shape != "conversations":
        return
    end = plan.family.values["end_of_turn"]
    if config.get("eos_token") != end:
        yield Finding(
            ("eos_token",), f"eos_token must be {end}, with which this family ends a turn: generation stops at it"
        )
    if config.get("assistant_only_loss") is not True:
        message = "assistant_only_loss must be true: TRL would train the question as well"
        yield Finding(("assistant_only_loss",), message)
    if not config.get("chat_template_path"):
        message = "chat_template_path is what says where the answer begins and ends; remove this line"
        yield Finding(("chat_template_path",), message)
