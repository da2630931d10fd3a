"""The Axolotl config of a plan."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from cgd_recipes.errors import Finding
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.recipe.recipe import deep_merge
from cgd_recipes.trainers.adapter import adapter_problems, adapter_warnings, axolotl_adapter

SMALL_STEP = 2.0e-5
"""Learning rate under which pure bf16 training rounds most updates away (see `axolotl_warnings`)."""


def keeps_fp32_weights(plan: Plan) -> bool:
    """Whether the optimizer works on fp32 weights: in fp32 training, under DeepSpeed ZeRO, and on adapters.

    PEFT makes adapters in fp32 whatever the frozen weights are (its `autocast_adapter_dtype`).
    """
    return plan.train["sharding"].startswith("zero") or not _bf16(plan) or plan.adapter is not None


def _bf16(plan: Plan) -> bool:
    precision, sharding = plan.train["precision"], plan.train["sharding"]
    return bool(precision == "bf16" or (precision == "auto" and (sharding.startswith("zero") or plan.adapter)))


def build_axolotl(plan: Plan) -> dict[str, Any]:
    """The complete Axolotl config, to be run from the output folder.

    What the family sets comes over the settings, and `train.axolotl` of the recipe over both.

    Returns:
        A mapping in the order in which it is to be written.
    """
    train = plan.train
    config: dict[str, Any] = {"base_model": plan.student}
    if plan.recipe.get("student_revision"):
        config["revision_of_model"] = plan.recipe.get("student_revision")
    config |= {
        "trust_remote_code": False,
        "chat_template": "tokenizer_default",
        "eot_tokens": [plan.family.values["end_of_turn"]],
        **_data(plan),
        "sequence_len": train["sequence_len"],
        "excess_length_strategy": "drop",
        "sample_packing": train["sample_packing"],
        "micro_batch_size": train["micro_batch_size"],
        "gradient_accumulation_steps": plan.accumulation,
        "num_epochs": train["epochs"],
        **({"max_steps": train["max_steps"]} if train["max_steps"] else {}),
        "optimizer": "adamw_torch_fused",
        "learning_rate": float(train["learning_rate"]),
        "lr_scheduler": train["lr_scheduler"],
        "warmup_ratio": float(train["warmup_ratio"]),
        "weight_decay": float(train["weight_decay"]),
        **({"max_grad_norm": float(train["max_grad_norm"])} if train["max_grad_norm"] else {}),
        "bf16": _bf16(plan),
        "tf32": True,
        "gradient_checkpointing": train["gradient_checkpointing"],
        "attn_implementation": train["attention"],
        **axolotl_adapter(plan),
        **_sharding(plan),
        **_saving(plan),
        "seed": train["seed"],
        "output_dir": "model",
    }
    return deep_merge(deep_merge(config, plan.family.values["axolotl"]), train.get("axolotl", {}))


def _data(plan: Plan) -> dict[str, Any]:
    dataset: dict[str, Any] = {
        "path": plan.data_file,
        "ds_type": "parquet" if plan.data_file.endswith(".parquet") else "json",
        "field_messages": "messages",
        "message_property_mappings": {"role": "role", "content": "content"},
    }
    if plan.method.is_preference:
        dataset |= {
            "type": "chat_template.default",
            "field_chosen": "chosen",
            "field_rejected": "rejected",
            "split": "train",
        }
    else:
        dataset |= {"type": "chat_template", "roles_to_train": ["assistant"], "train_on_eos": "turn"}
    prepared = f"prepared/{plan.data_sha256[:16] or 'unrendered'}"
    preference = {"rl": "dpo"} if plan.method.is_preference else {}
    return {**preference, "datasets": [dataset], "dataset_prepared_path": prepared, "val_set_size": 0.0}


def _sharding(plan: Plan) -> dict[str, Any]:
    sharding = plan.train["sharding"]
    if sharding.startswith("zero"):
        return {"deepspeed": f"deepspeed/{sharding}.json"}
    # FSDP has nothing to share out on one GPU, where launch.sh starts no process group either.
    if sharding == "fsdp2" and plan.world_size > 1:
        return {
            "fsdp_version": 2,
            "fsdp_config": {
                "auto_wrap_policy": "TRANSFORMER_BASED_WRAP",
                "transformer_layer_cls_to_wrap": plan.family.values["decoder_layer"],
                "state_dict_type": "FULL_STATE_DICT",
                "reshard_after_forward": True,
                "offload_params": False,
            },
        }
    return {}


def _saving(plan: Plan) -> dict[str, Any]:
    steps = plan.train["save_steps"]
    saving = {"save_strategy": "steps", "save_steps": steps} if steps else {"save_strategy": "epoch"}
    return {**saving, "save_only_model": True, "logging_steps": 1}


def steps_per_epoch(plan: Plan) -> int | None:
    """Optimizer steps of one epoch; the last step may hold fewer examples. None while the rows are not known."""
    return None if plan.rows is None else math.ceil(plan.rows / plan.train["global_batch_size"])


def axolotl_problems(plan: Plan) -> list[Finding]:
    """Settings that Axolotl cannot honour, by path into the recipe."""
    train = plan.train
    problems = adapter_problems(plan)
    if train["attention"] == "flash_attention_2" and not _bf16(plan):
        message = (
            "flash_attention_2 needs bf16, and these settings train in fp32; use attention: sdpa, or sharding: zero2"
        )
        problems.append(Finding(("train", "attention"), message))
    return problems


def axolotl_warnings(plan: Plan) -> list[str]:
    """What a user should know before training.

    The shares are measured: bf16 weights from N(0, 0.02) that change in one full-size Adam step.
    """
    train = plan.train
    warnings = adapter_warnings(plan)
    if not keeps_fp32_weights(plan) and train["learning_rate"] < SMALL_STEP:
        warnings.append(
            f"learning rate {train['learning_rate']:g} in pure bf16: one step changes only about 2 % of the weights at 1e-6 and "
            "8 % at 5e-6, the rest is rounded away; use train.sharding zero2 or zero3, which keep fp32 weights"
        )
    if train["sample_packing"]:
        warnings.append(
            "sample_packing: a step holds more than global_batch_size examples, so runs are not matched by steps"
        )
    return warnings


def turn_end_problems(plan: Plan, config: Mapping[str, Any]) -> Iterator[Finding]:
    """What keeps a model from learning to stop, or from stopping, by path into a config that its schema accepts.

    Verbatim keys can set it. A token that is trained but is not the EOS does not end generation.
    """
    end = plan.family.values["end_of_turn"]
    before, now = (values.get("special_tokens") or {} for values in (plan.family.values["axolotl"], config))
    eos = now.get("eos_token")
    # A family that names none says that the tokenizer's own is right.
    if eos != end and (eos or "eos_token" in before):
        message = f"special_tokens.eos_token must be {end}, with which this family ends a turn: generation stops at it"
        yield Finding(("special_tokens", "eos_token"), message)
        if end not in (config.get("eot_tokens") or []):
            yield Finding(("eot_tokens",), f"eot_tokens must hold {end}, with which this family ends a turn")
    for index, dataset in enumerate(() if config.get("rl") else config.get("datasets") or []):
        if dataset.get("train_on_eos", "turn") not in ("turn", "all", "last"):
            message = f"train_on_eos must be turn: {end} would not be trained, and generation would not stop"
            yield Finding(("datasets", index, "train_on_eos"), message)


def verbatim_warnings(plan: Plan, config: Mapping[str, Any]) -> list[str]:
    """What verbatim keys undo of what a config is rendered with."""
    warnings = []
    if (plan.data_sha256[:16] or "unrendered") not in str(config.get("dataset_prepared_path")):
        warnings.append(
            "dataset_prepared_path is not the rendered one, which names the dataset's hash: Axolotl does not look at the "
            "content of files, and takes tokens that it prepared from earlier rows"
        )
    for dataset in () if config.get("rl") else config.get("datasets") or []:
        roles = dataset.get("roles_to_train", ["assistant"])
        if roles != ["assistant"]:
            warnings.append(f"roles_to_train {roles} changes the loss mask: only the assistant's turn is to be trained")
    return warnings
