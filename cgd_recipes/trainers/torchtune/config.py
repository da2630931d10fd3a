"""A plan as a config of torchtune 0.6.1."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cgd_recipes.files.paths import real_path
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.trainers.protocol import Config, TrainingData
from cgd_recipes.trainers.torchtune.components import find_component
from cgd_recipes.trainers.torchtune.student import fact

OUTPUT = "model"
_COSINE = "torchtune.training.lr_schedulers.get_cosine_schedule_with_warmup"


def torchtune_recipe(plan: Plan, gpus: int | None = None) -> str:
    """The torchtune recipe that runs a plan, on as many GPUs as the plan has or on `gpus`."""
    what = "lora_finetune" if plan.adapter else "full_finetune"
    return f"{what}_{'single_device' if (gpus or plan.world_size) == 1 else 'distributed'}"


def steps_per_epoch(plan: Plan, data: TrainingData) -> int:
    """Optimizer steps of one epoch.

    torchtune gives every GPU the same number of rows (some twice), then drops batches and accumulations that are not
    full.
    """
    rows_per_gpu = -(-data.rows // plan.world_size)
    steps: int = rows_per_gpu // plan.train["micro_batch_size"] // plan.accumulation
    return min(steps, plan.train["max_steps"]) if plan.train["max_steps"] else steps


def build_torchtune(plan: Plan, data: TrainingData | None = None) -> Config:
    """The complete torchtune config of a plan for which `torchtune_findings` has nothing.

    `train.torchtune` comes last and wins. Mappings merge; null is kept, because to torchtune it is a value
    (`clip_grad_norm: null`). Where it names another component, only the arguments which that one takes stay.

    Returns:
        The config, to be run from the output folder: relative paths start there.
    """
    train = plan.train
    config: dict[str, Any] = {
        "output_dir": OUTPUT,
        **_parts(plan),
        "resume_from_checkpoint": False,
        "batch_size": train["micro_batch_size"],
        "gradient_accumulation_steps": plan.accumulation,
        "epochs": train["epochs"],
        "max_steps_per_epoch": train["max_steps"],
        "optimizer": {
            "_component_": "torch.optim.AdamW",
            "lr": train["learning_rate"],
            "weight_decay": train["weight_decay"],
            "fused": True,
        },
        # A key that torchtune's LoRA recipes do not have; that the whole model is saved, one that only they have.
        **({"save_adapter_weights_only": False} if plan.adapter else {"optimizer_in_bwd": False}),
        "lr_scheduler": _lr_scheduler(plan, data),
        "loss": {"_component_": "torchtune.modules.loss.CEWithChunkedOutputLoss"},
        "clip_grad_norm": train["max_grad_norm"],
        "compile": False,
        "device": "cuda",
        "dtype": "bf16" if train["precision"] == "bf16" else "fp32",
        "enable_activation_checkpointing": train["gradient_checkpointing"],
        "enable_activation_offloading": False,
        "metric_logger": {
            "_component_": "torchtune.training.metric_logging.DiskLogger",
            "log_dir": "${output_dir}/logs",
            "filename": "train.log",
        },
        "log_every_n_steps": 1,
        "log_peak_memory_stats": True,
    }
    if plan.world_size > 1 and not (plan.config or {}).get("tie_word_embeddings"):
        config["custom_sharded_layers"] = ["tok_embeddings", "output"]
    return merge(config, train.get("torchtune") or {})


def merge(rendered: dict[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """The user's own keys over the rendered ones, see `build_torchtune`."""
    result = dict(rendered)
    for key, value in own.items():
        below = result.get(key)
        if isinstance(value, Mapping) and isinstance(below, dict):
            if value.get("_component_", below.get("_component_")) != below.get("_component_"):
                takes = find_component(value).get("parameters", below)
                below = {name: below[name] for name in below if name in takes}
                below = {"_component_": value["_component_"], **below}
            result[key] = merge(below, value)
        else:
            result[key] = copy.deepcopy(value)
    return result


def _parts(plan: Plan) -> dict[str, Any]:
    family, train = plan.family.values["torchtune"], plan.train
    files = {key: value for key, value in family["tokenizer"].items() if key != "_component_"}
    folder = checkpoint_dir(plan)
    arguments = {argument: fact(plan.config or {}, key) for argument, key in family["arguments"].items()}
    return {
        "tokenizer": {
            "_component_": family["tokenizer"]["_component_"],
            **{key: f"{folder}/{value}" for key, value in files.items()},
            "max_seq_len": train["sequence_len"],
        },
        "dataset": {
            "_component_": "torchtune.datasets.chat_dataset",
            "source": "parquet" if plan.data_file.endswith(".parquet") else "json",
            "data_files": plan.data_file,
            "split": "train",
            "conversation_column": "messages",
            "conversation_style": "openai",
            "train_on_input": False,
            "packed": train["sample_packing"],
        },
        "seed": train["seed"],
        "shuffle": True,
        "model": {
            "_component_": family["model"],
            **_adapter(plan),
            **{argument: value for argument, value in arguments.items() if value is not None},
        },
        "checkpointer": {
            "_component_": "torchtune.training.FullModelHFCheckpointer",
            "checkpoint_dir": folder,
            "checkpoint_files": _checkpoint_files(plan, Path(folder)),
            "recipe_checkpoint": None,
            "output_dir": "${output_dir}",
            "model_type": family["checkpoint_type"],
        },
    }


def _adapter(plan: Plan) -> dict[str, Any]:
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


def checkpoint_dir(plan: Plan) -> str:
    """The folder with the student's files: absolute where the recipe names one, else relative to the output folder."""
    if plan.train.get("checkpoint_dir"):
        return str(real_path(plan.recipe.local_path("train", "checkpoint_dir")))
    return plan.student if plan.student_is_local else f"models/{plan.student.rsplit('/', 1)[-1]}"


def _checkpoint_files(plan: Plan, folder: Path) -> list[str] | dict[str, str]:
    found = sorted(path.name for path in folder.glob("*.safetensors")) if folder.is_absolute() else []
    shards = int((plan.config or {}).get("shards") or 1)
    if found or shards == 1:
        return found or ["model.safetensors"]
    return {"filename_format": "model-{}-of-{}.safetensors", "max_filename": f"{shards:05d}"}


def _lr_scheduler(plan: Plan, data: TrainingData | None) -> dict[str, Any]:
    train = plan.train
    # Without rows there is nothing to count: a placeholder, so that the config can be checked.
    warmup = int(train["warmup_ratio"] * steps_per_epoch(plan, data) * train["epochs"]) if data else 1
    scheduler = {"_component_": _COSINE, "num_warmup_steps": warmup}
    if train["lr_scheduler"] == "constant":
        # A cosine of no cycles stays at its start.
        scheduler["num_cycles"] = 0.0
    return scheduler
