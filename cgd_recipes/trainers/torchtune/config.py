"""A plan as a config of torchtune 0.6.1, and what torchtune cannot do with it."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cgd_recipes.errors import Finding
from cgd_recipes.files.schema import describe
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.trainers.adapter import adapter_problems, adapter_warnings, torchtune_adapter
from cgd_recipes.trainers.torchtune.components import find_component
from cgd_recipes.trainers.torchtune.student import fact

OUTPUT = "model"
_COSINE = "torchtune.training.lr_schedulers.get_cosine_schedule_with_warmup"
# Share of weights that 20 AdamW steps change at all when weights and steps are bf16, on weights drawn from N(0, 0.02).
_CHANGED = ((1e-6, "2%"), (5e-6, "8%"), (2e-5, "30%"))

_LARGE_GPU = 80  # GiB


def torchtune_recipe(plan: Plan, gpus: int | None = None) -> str:
    """The torchtune recipe that runs a plan, on as many GPUs as the plan has or on `gpus`."""
    what = "lora_finetune" if plan.adapter else "full_finetune"
    return f"{what}_{'single_device' if (gpus or plan.world_size) == 1 else 'distributed'}"


def steps_per_epoch(plan: Plan) -> int | None:
    """Optimizer steps of one epoch; None when the number of rows is not known.

    torchtune gives every GPU the same number of rows (some twice), then drops batches and accumulations that are not
    full.
    """
    if plan.rows is None:
        return None
    rows_per_gpu = -(-plan.rows // plan.world_size)
    steps: int = rows_per_gpu // plan.train["micro_batch_size"] // plan.accumulation
    return min(steps, plan.train["max_steps"]) if plan.train["max_steps"] else steps


def build_torchtune(plan: Plan) -> dict[str, Any]:
    """The complete torchtune config of a plan for which `torchtune_problems` finds nothing.

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
        "lr_scheduler": _lr_scheduler(plan),
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
            **torchtune_adapter(plan),
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


def checkpoint_dir(plan: Plan) -> str:
    """The folder with the student's files: absolute where the recipe names one, else relative to the output folder."""
    named = plan.train.get("checkpoint_dir")
    if named:
        return str((plan.recipe.folder("train", "checkpoint_dir") / named).resolve())
    return plan.student if plan.student_is_local else f"models/{plan.student.rsplit('/', 1)[-1]}"


def _checkpoint_files(plan: Plan, folder: Path) -> list[str] | dict[str, str]:
    found = sorted(path.name for path in folder.glob("*.safetensors")) if folder.is_absolute() else []
    shards = int((plan.config or {}).get("shards") or 1)
    if found or shards == 1:
        return found or ["model.safetensors"]
    return {"filename_format": "model-{}-of-{}.safetensors", "max_filename": f"{shards:05d}"}


def _lr_scheduler(plan: Plan) -> dict[str, Any]:
    train, steps = plan.train, steps_per_epoch(plan)
    # Without rows there is nothing to count: a placeholder, so that the config can be checked.
    warmup = 1 if steps is None else int(train["warmup_ratio"] * steps * train["epochs"])
    scheduler = {"_component_": _COSINE, "num_warmup_steps": warmup}
    if train["lr_scheduler"] == "constant":
        # A cosine of no cycles stays at its start.
        scheduler["num_cycles"] = 0.0
    return scheduler


def torchtune_problems(plan: Plan) -> list[Finding]:
    """What keeps torchtune from running a plan, with paths into the recipe."""
    return [*adapter_problems(plan), *_setting_problems(plan), *_student_problems(plan)]


def _setting_problems(plan: Plan) -> Iterator[Finding]:
    train, own = plan.train, plan.train.get("torchtune") or {}
    if train["save_steps"]:
        message = "'train.save_steps': torchtune saves at the end of each epoch only; set it to null"
        yield Finding(("train", "save_steps"), message)
    if train["max_steps"] and train["epochs"] > 1:
        message = (
            f"'train.max_steps' {train['max_steps']}: torchtune counts steps per epoch, so {train['epochs']} epochs "
            f"would be {train['max_steps'] * train['epochs']} steps; set train.epochs to 1"
        )
        yield Finding(("train", "max_steps"), message)
    if train["lr_scheduler"] == "linear" and "lr_scheduler" not in own:
        message = "'train.lr_scheduler': torchtune 0.6.1 has no linear schedule; use cosine or constant"
        yield Finding(("train", "lr_scheduler"), message)
    if plan.recipe.get("system_prompt") is None:
        message = (
            "'system_prompt': without one, the student's own chat template adds a default at evaluation that torchtune "
            "does not train with; set a text, the same for both"
        )
        yield Finding(("system_prompt",), message)
    if steps_per_epoch(plan) == 0:
        message = (
            f"'train.global_batch_size' {train['global_batch_size']} is more than the {plan.rows} rows: torchtune "
            "would take no step and save the student unchanged"
        )
        yield Finding(("train", "global_batch_size"), message)


def _student_problems(plan: Plan) -> Iterator[Finding]:
    name, family, config = plan.recipe.get("student"), plan.family.values["torchtune"], plan.config
    if config is None:
        message = f"'student': the architecture of '{name}' is not known; download it and give its folder"
        yield Finding(("student",), message)
        return
    if plan.student_is_local:
        needed = [value for key, value in family["tokenizer"].items() if key != "_component_"]
        for file in needed if not plan.train.get("checkpoint_dir") else ():
            if not (Path(plan.student) / file).is_file():
                yield Finding(("student",), f"'student': '{name}' has no {file}, which torchtune reads")
    if not config.get("shards"):
        message = f"'student': '{name}' has no safetensors files, or their number is not known; torchtune needs them"
        yield Finding(("student",), message)
    own = (plan.train.get("torchtune") or {}).get("model") or {}
    if own.get("_component_", family["model"]) != family["model"]:
        return
    for argument, key in family["arguments"].items():
        if fact(config, key) is None and argument not in own and not key.startswith("rope_scaling."):
            yield Finding(("student",), f"'student': config.json of '{name}' has no {key}, which the model needs")
    yield from _architecture_problems(plan, config)


def _architecture_problems(plan: Plan, config: Mapping[str, Any]) -> Iterator[Finding]:
    name, family = plan.recipe.get("student"), plan.family.values["torchtune"]
    builder = family["model"].rsplit(".", 1)[-1]
    advice = f"; {family['advice']}" if "advice" in family else ""
    for key, needed in family.get("requires", {}).items():
        value = fact(config, key)
        if value != needed and (value or needed):
            has, takes = describe(value), describe(needed)
            message = f"'student': '{name}' has {key} {has}, but torchtune's {builder} has {takes}{advice}"
            yield Finding(("student",), message)
    heads, width, hidden = (config.get(key) for key in ("num_attention_heads", "head_dim", "hidden_size"))
    if heads and width and hidden and heads * width != hidden:
        wide = hidden // heads
        message = f"'student': '{name}' has heads of {width}, but torchtune's {builder} makes them {wide} wide"
        yield Finding(("student",), message)


def torchtune_warnings(plan: Plan) -> list[str]:
    """What torchtune does with a plan that its author may not expect."""
    train, warnings, steps = plan.train, adapter_warnings(plan), steps_per_epoch(plan)
    if not plan.adapter and train["precision"] == "bf16" and train["learning_rate"] < 2e-5:
        rate, share = next((pair for pair in _CHANGED if train["learning_rate"] <= pair[0]), _CHANGED[-1])
        warnings.append(
            "torchtune's bf16 keeps weights and optimizer state in bf16, which rounds small steps away: at a learning "
            f"rate of {rate:g}, {share} of the weights changed in 20 steps of a measurement; precision fp32 changes all"
        )
    needed = _gib_per_gpu(plan)
    if needed > _LARGE_GPU:
        warnings.append(
            f"weights, gradients and optimizer state take about {needed:.0f} GiB on each GPU, before any activation; "
            "use more GPUs, precision bf16 or an 8-bit optimizer"
        )
    # With adapters it decides how they start.
    if not plan.adapter and train["seed"] != plan.recipe.get("data", "seed"):
        warnings.append(
            "train.seed has no effect in torchtune 0.6.1: its sampler always uses 0, and there is no dropout; "
            "the order of rows comes from data.seed"
        )
    if train["sample_packing"]:
        warnings.append(
            "with sample_packing a batch holds packs, not examples, and only torchtune knows how many there are: the "
            "warm-up is computed from the number of rows and comes out too long; set train.torchtune.lr_scheduler"
        )
    elif steps and not train["max_steps"] and plan.rows is not None:
        left = plan.rows - steps * train["global_batch_size"]
        if left > 0:
            warnings.append(
                f"{left} of {plan.rows} rows are left out of each epoch: torchtune drops a batch that is not full"
            )
    return warnings


def _gib_per_gpu(plan: Plan) -> float:
    config = {"num_key_value_heads": 0, "num_attention_heads": 1, **(plan.config or {})}
    if not all(isinstance(config.get(key), int) for key in ("hidden_size", "intermediate_size", "num_hidden_layers")):
        return 0.0
    hidden, vocabulary = config["hidden_size"], config.get("vocab_size", 0)
    attention = 2 * hidden * hidden * (1 + config["num_key_value_heads"] / config["num_attention_heads"])
    layers = config["num_hidden_layers"] * (attention + 3 * hidden * config["intermediate_size"])
    embeddings = vocabulary * hidden * (1 if config.get("tie_word_embeddings") else 2)
    size = 2 if plan.train["precision"] == "bf16" else 4
    if plan.adapter:  # noqa: SIM108  (each case has its reason beside it)
        # Frozen weights have no gradient and no moments; half a byte each in 4 bits.
        taken = layers * (0.5 if plan.adapter == "qlora" else size) + embeddings * size
    else:
        # A weight, its gradient and the two moments of AdamW.
        taken = (layers + embeddings) * size * 4
    return float(taken / plan.world_size / 2**30)
