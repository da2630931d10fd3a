"""What torchtune cannot do with a plan, and what it does that its author may not expect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cgd_recipes.errors import Finding
from cgd_recipes.files.schema import describe
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.trainers.adapter import adapter_findings, adapter_warnings
from cgd_recipes.trainers.protocol import TrainingData
from cgd_recipes.trainers.torchtune.config import steps_per_epoch
from cgd_recipes.trainers.torchtune.student import fact

# Share of weights that 20 AdamW steps change at all when weights and steps are bf16, on weights drawn from N(0, 0.02).
_CHANGED = ((1e-6, "2%"), (5e-6, "8%"), (2e-5, "30%"))

_LARGE_GPU = 80  # GiB


def torchtune_findings(plan: Plan, data: TrainingData | None = None) -> list[Finding]:
    """What keeps torchtune from running a plan, by path into the recipe."""
    if "torchtune" not in plan.family.values:
        name = plan.family.values["name"]
        message = f"family '{name}' does not say how torchtune trains it; add a torchtune section to the family file"
        return [Finding(("train", "trainer"), f"{message}, or use trainer: axolotl")]
    return [*adapter_findings(plan), *_setting_findings(plan, data), *_student_findings(plan)]


def _setting_findings(plan: Plan, data: TrainingData | None) -> Iterator[Finding]:
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
    if data and steps_per_epoch(plan, data) == 0:
        message = (
            f"'train.global_batch_size' {train['global_batch_size']} is more than the {data.rows} rows: torchtune "
            "would take no step and save the student unchanged"
        )
        yield Finding(("train", "global_batch_size"), message)


def _student_findings(plan: Plan) -> Iterator[Finding]:
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
    yield from _architecture_findings(plan, config)


def _architecture_findings(plan: Plan, config: Mapping[str, Any]) -> Iterator[Finding]:
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


def torchtune_warnings(plan: Plan, data: TrainingData | None = None) -> list[str]:
    """What torchtune does with a plan that its author may not expect."""
    train, warnings = plan.train, adapter_warnings(plan)
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
    elif data and not train["max_steps"]:
        left = data.rows - steps_per_epoch(plan, data) * train["global_batch_size"]
        if left > 0:
            warnings.append(
                f"{left} of {data.rows} rows are left out of each epoch: torchtune drops a batch that is not full"
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
