"""The TRL config of a plan: a file for `trl sft --config` or `trl dpo --config`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cgd_recipes.recipe.plan import Plan
from cgd_recipes.recipe.recipe import deep_merge
from cgd_recipes.trainers.protocol import Config

TEMPLATE_FILE = "chat_template.jinja"
"""Rendered beside the config."""
ON_POLICY_SCRIPT = "train_on_policy.py"
"""Rendered beside the config for on-policy methods, for which TRL has a trainer and no command."""
OUTPUT = "model"
ANSWER_LENGTH = 1024
"""Longest answer of the student in tokens, where the recipe names none."""


def command_of(plan: Plan) -> str:
    """The command of TRL that trains a plan's method; `sdft` is none, and ON_POLICY_SCRIPT stands for it."""
    if plan.method.is_on_policy:
        return "sdft"
    return "dpo" if plan.method.is_preference else "sft"


def uses_bf16(plan: Plan) -> bool:
    """Whether the forward and backward passes are in bf16."""
    precision, sharding = plan.train["precision"], plan.train["sharding"]
    return bool(precision == "bf16" or (precision == "auto" and (sharding != "none" or plan.adapter)))


def loaded_type(plan: Plan) -> str:
    """The type in which the weights are held.

    Those that are trained stay in fp32 unless the recipe says bf16. Frozen ones of an adapter need not; PEFT makes adapters
    in fp32 whatever they are (its `autocast_adapter_dtype`).
    """
    half = plan.train["precision"] == "bf16" or (plan.adapter and uses_bf16(plan))
    return "bfloat16" if half else "float32"


def build_trl(plan: Plan) -> Config:
    """The complete TRL config, to be run from the output folder.

    What the family sets comes over the settings, and `train.trl` of the recipe over both. Whatever TRL's default would
    decide about what is trained, stored or sent is written out.

    Returns:
        A mapping in the order in which it is to be written.
    """
    train = plan.train
    revision = plan.recipe.get("student_revision")
    config = {
        "model_name_or_path": plan.student,
        **({"model_revision": revision} if revision else {}),
        "trust_remote_code": False,
        "dtype": loaded_type(plan),
        "attn_implementation": train["attention"],
        **_data(plan),
        **_length(plan),
        "per_device_train_batch_size": train["micro_batch_size"],
        "gradient_accumulation_steps": plan.accumulation,
        "num_train_epochs": train["epochs"],
        **({"max_steps": train["max_steps"]} if train["max_steps"] else {}),
        "optim": "adamw_torch_fused",
        "learning_rate": float(train["learning_rate"]),
        "lr_scheduler_type": train["lr_scheduler"],
        # Below 1 it is a share of all steps.
        "warmup_steps": float(train["warmup_ratio"]),
        "weight_decay": float(train["weight_decay"]),
        # TRL clips unless it is told 0.
        "max_grad_norm": float(train["max_grad_norm"] or 0.0),
        "bf16": uses_bf16(plan),
        "gradient_checkpointing": train["gradient_checkpointing"],
        **_adapter(plan),
        **_sharding(plan),
        **_saving(plan),
        "report_to": "none",
        "push_to_hub": False,
        "seed": train["seed"],
        "output_dir": OUTPUT,
    }
    return _lay_over(_lay_over(config, plan.family.values.get("trl", {})), train.get("trl", {}))


def _lay_over(base: Config, over: Mapping[str, Any]) -> Config:
    """Lay keys over a config, mappings deep. Null is a value here: `max_length: null` is not TRL's default."""
    both = {key for key in base if isinstance(base[key], dict) and isinstance(over.get(key), dict)}
    return {**base, **{key: deep_merge(base[key], value) if key in both else value for key, value in over.items()}}


def _data(plan: Plan) -> Config:
    """The dataset by its file, because a folder or a name would be searched on the hub as well; and what of it is trained."""
    path = "parquet" if plan.data_file.endswith(".parquet") else "json"
    datasets = {"datasets": [{"path": path, "data_files": plan.data_file, "split": "train"}]}
    if plan.method.is_preference or plan.method.is_on_policy:
        return datasets
    return {
        **datasets,
        "chat_template_path": TEMPLATE_FILE,
        "assistant_only_loss": True,
        "eos_token": plan.family.values["end_of_turn"],
    }


def _length(plan: Plan) -> Config:
    train = plan.train
    if plan.method.is_on_policy:
        answer = train.get("trl", {}).get("max_completion_length") or ANSWER_LENGTH
        return {
            # TRL cuts prompts on the left at this length; the script stops at one that is longer.
            "max_prompt_length": max(train["sequence_len"] - int(answer), 1),
            "max_completion_length": answer,
            "teacher_prompt_template": "{prompt}\n\n{privileged_context}",
        }
    if train["sample_packing"]:
        return {"max_length": train["sequence_len"], "packing": True, "packing_strategy": "bfd"}
    # TRL cuts examples at a length, and the end of the answer with it. Rows that are longer were left out.
    return {"max_length": None}


def _adapter(plan: Plan) -> Config:
    """The TRL keys of a plan's adapter; none where all weights are trained."""
    if not plan.adapter:
        return {}
    lora = plan.train["lora"]
    config = {
        "use_peft": True,
        "lora_r": lora["r"],
        "lora_alpha": lora["alpha"],
        "lora_dropout": float(lora["dropout"]),
        **plan.family.values["lora"]["trl"],
    }
    if plan.adapter == "qlora":
        config |= {"load_in_4bit": True, "bnb_4bit_quant_type": "nf4", "use_bnb_nested_quant": True}
    return config


def _sharding(plan: Plan) -> Config:
    sharding = plan.train["sharding"]
    if sharding.startswith("zero"):
        return {"deepspeed": f"deepspeed/{sharding}.json"}
    # FSDP has nothing to share out on one GPU, where launch.sh starts no process group either.
    if sharding == "fsdp2" and plan.world_size > 1:
        return {
            "fsdp": True,
            "fsdp_config": {
                "version": 2,
                "auto_wrap_policy": "TRANSFORMER_BASED_WRAP",
                "transformer_layer_cls_to_wrap": [plan.family.values["decoder_layer"]],
                "state_dict_type": "FULL_STATE_DICT",
                "reshard_after_forward": True,
            },
        }
    return {}


def _saving(plan: Plan) -> Config:
    steps = plan.train["save_steps"]
    saving = {"save_strategy": "steps", "save_steps": steps} if steps else {"save_strategy": "epoch"}
    return {**saving, "save_only_model": True, "logging_steps": 1}
