"""The Axolotl config of a plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cgd_recipes.errors import Finding
from cgd_recipes.recipe.plan import KEEP, Plan
from cgd_recipes.recipe.recipe import deep_merge
from cgd_recipes.trainers.adapter import adapter_findings, adapter_warnings
from cgd_recipes.trainers.cautions import SMALL_BF16_STEP, packing_warnings
from cgd_recipes.trainers.protocol import UNTRAINED, Config, TrainingData


def keeps_fp32_weights(plan: Plan) -> bool:
    """Whether the optimizer works on fp32 weights: in fp32 training, under DeepSpeed ZeRO, and on adapters.

    PEFT makes adapters in fp32 whatever the frozen weights are (its `autocast_adapter_dtype`).
    """
    return plan.train["sharding"].startswith("zero") or not _bf16(plan) or plan.adapter is not None


def _bf16(plan: Plan) -> bool:
    precision, sharding = plan.train["precision"], plan.train["sharding"]
    return bool(precision == "bf16" or (precision == "auto" and (sharding.startswith("zero") or plan.adapter)))


def build_axolotl(plan: Plan, data: TrainingData | None = None) -> Config:
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
        **_data(plan, data),
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
        "tf32": "auto",
        "gradient_checkpointing": train["gradient_checkpointing"],
        "attn_implementation": train["attention"],
        **_adapter(plan),
        **_sharding(plan),
        **_saving(plan),
        "seed": train["seed"],
        "output_dir": "model",
    }
    family = dict(plan.family.values["axolotl"])
    if "chat_template_jinja" in family:
        family["chat_template_jinja"] = plan.family.template(family["chat_template_jinja"], plan.thinks)
    return deep_merge(deep_merge(config, family), train.get("axolotl", {}))


def _data_name(data: TrainingData | None) -> str:
    """What tells one dataset from another in the path of what Axolotl prepares from it."""
    return data.sha256[:16] if data else "unrendered"


def _data(plan: Plan, data: TrainingData | None) -> dict[str, Any]:
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
    if plan.thinking == KEEP:
        dataset["message_field_training_detail"] = UNTRAINED
    preference = {"rl": "dpo"} if plan.method.is_preference else {}
    return {
        **preference,
        "datasets": [dataset],
        "dataset_prepared_path": f"prepared/{_data_name(data)}",
        "val_set_size": 0.0,
    }


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


def _adapter(plan: Plan) -> dict[str, Any]:
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


def axolotl_findings(plan: Plan) -> list[Finding]:
    """Settings that Axolotl cannot honour, by path into the recipe."""
    train = plan.train
    findings = adapter_findings(plan) or list(_expert_findings(plan))
    if train["attention"] == "flash_attention_2" and not _bf16(plan):
        message = (
            "flash_attention_2 needs bf16, and these settings train in fp32; use attention: sdpa, or sharding: zero2"
        )
        findings.append(Finding(("train", "attention"), message))
    return findings


def _expert_findings(plan: Plan) -> Iterator[Finding]:
    """Adapters on parameters instead of layers (Mixtral's fused experts).

    They allow no dropout, and PEFT cannot make them under ZeRO-3 (huggingface/peft issue 2916).
    """
    train, name = plan.train, plan.family.values["name"]
    if not plan.adapter or "lora_target_parameters" not in plan.family.values["lora"]["axolotl"]:
        return
    if train["sharding"] == "zero3":
        message = f"zero3 does not work with adapters on the experts of '{name}'; use fsdp2, or none with qlora"
        yield Finding(("train", "sharding"), message)
    if train["lora"]["dropout"]:
        message = f"adapters on the experts of '{name}' allow no dropout; set 'train.lora.dropout' to 0"
        yield Finding(("train", "lora", "dropout"), message)


def axolotl_warnings(plan: Plan) -> list[str]:
    """What a user should know before training.

    The shares are measured: bf16 weights from N(0, 0.02) that change in one full-size Adam step.
    """
    train = plan.train
    warnings = adapter_warnings(plan)
    if not keeps_fp32_weights(plan) and train["learning_rate"] < SMALL_BF16_STEP:
        warnings.append(
            f"learning rate {train['learning_rate']:g} in pure bf16: one step changes only about 2 % of the weights at 1e-6 and "
            "8 % at 5e-6, the rest is rounded away; use train.sharding zero2 or zero3, which keep fp32 weights"
        )
    return [*warnings, *packing_warnings(plan)]


def turn_end_findings(plan: Plan, config: Mapping[str, Any]) -> Iterator[Finding]:
    """What keeps a model from learning to stop, or from stopping, by path into a config that its schema accepts.

    Verbatim keys can set it. A token that is trained but is not the EOS does not end generation.
    """
    end = plan.family.values["end_of_turn"]
    both = (values.get("special_tokens") for values in (plan.family.values["axolotl"], config))
    before, now = (tokens if isinstance(tokens, dict) else {} for tokens in both)
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


def verbatim_warnings(config: Mapping[str, Any], data: TrainingData | None) -> list[str]:
    """What verbatim keys undo of what a config is rendered with."""
    warnings = []
    if _data_name(data) not in str(config.get("dataset_prepared_path")):
        warnings.append(
            "dataset_prepared_path is not the rendered one, which names the dataset's hash: Axolotl does not look at the "
            "content of files, and takes tokens that it prepared from earlier rows"
        )
    if config.get("chat_template_kwargs"):
        warnings.append(
            "chat_template_kwargs are given to the chat template in training alone: give them to whoever asks the model as well, "
            "evaluation included (evaluate.model_args)"
        )
    for dataset in () if config.get("rl") else config.get("datasets") or []:
        roles = dataset.get("roles_to_train", ["assistant"])
        if roles != ["assistant"]:
            warnings.append(f"roles_to_train {roles} changes the loss mask: only the assistant's turn is to be trained")
    return warnings
