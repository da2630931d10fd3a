"""What further trainers have in common: settings that they cannot honour, DeepSpeed's files, the launch script."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cgd_recipes.errors import Problem
from cgd_recipes.files.shipped import data_root
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.rendering.also.protocol import LAUNCH
from cgd_recipes.rendering.also.turns import turn_problems
from cgd_recipes.rendering.head import config_text
from cgd_recipes.trainers.launch import launch_text
from cgd_recipes.trainers.protocol import Config, TrainingData
from cgd_recipes.trainers.trl.config import TEMPLATE_FILE, uses_bf16
from cgd_recipes.trainers.trl.trainer import Trl

DATA_FILE = "train.jsonl"
"""The dataset."""
OUTPUT = "model"
"""Folder of the trained model."""


def shared_problems(plan: Plan, target: str) -> Iterator[Problem]:
    """Why a further trainer cannot train a plan."""
    yield from turn_problems(plan, target)
    train, name = plan.train, plan.family.values["name"]
    if train["sharding"] == "fsdp2" and plan.world_size > 1:
        message = f"{target} is rendered for DeepSpeed, and not for FSDP; set sharding to zero2 or zero3"
        yield plan.recipe.problem(("train", "sharding"), message)
    if plan.adapter and "lora_target_parameters" in plan.family.values.get("lora", {}).get("trl", {}):
        message = f"{target} would leave the experts of '{name}' without adapters; set adapter: none"
        yield plan.recipe.problem(("train", "adapter"), f"{message}, or take it out of output.also")


def training_arguments(plan: Plan) -> Config:
    """The settings of a plan by the names of transformers' training arguments."""
    train, steps, sharding = plan.train, plan.train["save_steps"], deepspeed_file(plan)
    return {
        "per_device_train_batch_size": train["micro_batch_size"],
        "gradient_accumulation_steps": plan.accumulation,
        "num_train_epochs": float(train["epochs"]),
        **({"max_steps": train["max_steps"]} if train["max_steps"] else {}),
        "optim": "adamw_torch",
        "learning_rate": float(train["learning_rate"]),
        "lr_scheduler_type": train["lr_scheduler"],
        "warmup_ratio": float(train["warmup_ratio"]),
        "weight_decay": float(train["weight_decay"]),
        "max_grad_norm": float(train["max_grad_norm"] or 0.0),
        "bf16": uses_bf16(plan),
        **({"deepspeed": sharding} if sharding else {}),
        **({"save_strategy": "steps", "save_steps": steps} if steps else {"save_strategy": "epoch"}),
        "save_only_model": True,
        "logging_steps": 1,
        "push_to_hub": False,
        "seed": train["seed"],
        "output_dir": OUTPUT,
    }


def deepspeed_file(plan: Plan) -> str | None:
    """Name of the plan's DeepSpeed config; None where it has none."""
    sharding = plan.train["sharding"]
    return f"deepspeed/{sharding}.json" if sharding.startswith("zero") else None


def target_files(plan: Plan, data: TrainingData, config: Config, target: str, template: Path) -> dict[str, str]:
    """The files that every further trainer has: config, launch script, chat template, DeepSpeed's config.

    Args:
        plan: the plan.
        data: the target's dataset.
        config: its config.
        target: its name.
        template: of its launch script.
    """
    sharding = deepspeed_file(plan)
    trl = {"deepspeed": sharding, "model_revision": plan.recipe.get("student_revision")}
    launch = launch_text(
        plan,
        data,
        template=template,
        trainer=target,
        config_file=f"{target}.yaml",
        data_file=DATA_FILE,
        adapter=plan.adapter,
        output_dir=OUTPUT,
        checks_student=False,
        # What comes after training is what comes after TRL's.
        values=Trl().launch_values(plan, trl),
    )
    return {
        f"{target}.yaml": config_text(plan, config),
        LAUNCH: launch,
        TEMPLATE_FILE: plan.family.template(plan.family.values["chat_template"], plan.thinks) + "\n",
        **({sharding: (data_root() / "templates" / sharding).read_text(encoding="utf-8")} if sharding else {}),
    }
