"""Finds what is wrong with a torchtune config, all of it at once, without importing torchtune.

`tune validate` of torchtune 0.6.1 only binds arguments to signatures: it lets pass unknown keys, missing keys, wrong
types, missing files and settings that contradict each other, and many of those train a wrong model without a word.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cgd_recipes.errors import Finding, KeyPath, did_you_mean, dotted
from cgd_recipes.files.schema import check_against, describe
from cgd_recipes.files.validators import strict_validator
from cgd_recipes.trainers.places import Places
from cgd_recipes.trainers.torchtune.components import (
    KINDS,
    OTHER_KINDS,
    Path_,
    Unknown,
    argument_hint,
    component_findings,
    component_name,
    config_schema,
    find_component,
    snapshot,
)
from cgd_recipes.trainers.torchtune.recipes import is_vision
from cgd_recipes.trainers.torchtune.references import resolve
from cgd_recipes.trainers.torchtune.student import file_findings, student_findings

_AT_LEAST_ONE = ("batch_size", "epochs", "gradient_accumulation_steps", "log_every_n_steps", "max_steps_per_epoch")
_MASK_THE_END = ("torchtune.models.qwen2_5.qwen2_5_tokenizer", "torchtune.models.qwen2.qwen2_tokenizer")


def check_torchtune(
    config: Mapping[str, Any],
    *,
    recipe: str = "full_finetune_single_device",
    places: Places | None = None,
    student: Mapping[str, Any] | None = None,
    world_size: int | None = None,
    global_batch_size: int | None = None,
) -> list[Finding]:
    """Every mistake in a torchtune config.

    Args:
        config: the config as YAML gives it.
        recipe: the torchtune recipe that it is for.
        places: where relative paths start; None leaves them unchecked.
        student: facts of the student's config.json, to compare the model's arguments with.
        world_size: GPUs over all nodes.
        global_batch_size: examples per optimizer step that the run is meant to have.

    Returns:
        Findings with paths into the config; empty when nothing is wrong.
    """
    if not isinstance(config, Mapping):
        return [Finding((), f"a torchtune config must be a mapping, found {describe(config)}")]
    if recipe not in snapshot()["recipes"]:
        known = snapshot()["recipes"]
        return [Finding((), f"unknown torchtune recipe '{recipe}'{did_you_mean(recipe, known)}")]
    values, findings, referenced = resolve(config)
    findings += _schema_findings(values, KINDS, recipe, referenced)
    for path, section, kind in _sections(values):
        findings += component_findings(path, section, kind)
    findings += _value_findings(values)
    findings += _dataset_findings(values)
    findings += _tokenizer_findings(values, places)
    findings += _conflict_findings(values, recipe)
    findings += _batch_findings(values, recipe, world_size, global_batch_size)
    findings += student_findings(values, student)
    findings += file_findings(values, places)
    return list(dict.fromkeys(findings))


def check_other_torchtune(config: Mapping[str, Any], *, places: Places | None = None) -> list[Finding]:
    """Mistakes in a config of a recipe that is not in the snapshot: in its components, values and files, not in its keys.

    Args:
        config: the config as YAML gives it.
        places: where relative paths start; None leaves them unchecked.
    """
    values, findings, _ = resolve(config)
    kinds = {key: kind for key, kind in OTHER_KINDS.items() if not _is_vision(values.get(key))}
    findings += _schema_findings(values, kinds)
    for path, section, kind in _sections(values, kinds):
        findings += component_findings(path, section, kind)
    findings += _value_findings(values)
    findings += file_findings(values, places)
    return list(dict.fromkeys(findings))


def _sections(values: Mapping[str, Any], kinds: Mapping[str, str] = KINDS) -> Iterator[tuple[Path_, Any, str]]:
    for key, kind in kinds.items():
        section = values.get(key)
        if key == "dataset" and isinstance(section, list):
            yield from (((key, index), one, kind) for index, one in enumerate(section))
        elif isinstance(section, Mapping):
            yield (key,), section, kind


def _schema_findings(
    values: Mapping[str, Any], kinds: Mapping[str, str], recipe: str | None = None, referenced: Iterable[str] = ()
) -> list[Finding]:
    schema = config_schema(values, kinds, recipe)
    known = list(schema["properties"])
    schema["properties"] |= {key: {} for key in referenced if key not in known}

    def hint(path: KeyPath, _: list[str]) -> str:
        if len(path) == 1:
            return did_you_mean(str(path[0]), known) or f"; {recipe} does not read it"
        section = values[str(path[0])]
        return argument_hint(section if len(path) == 2 else section[path[1]], kinds[str(path[0])], str(path[-1]))

    return check_against(_known(values), strict_validator(schema), hint)


def _is_vision(section: Any) -> bool:
    return any(is_vision(component_name(part)) for part in (section if isinstance(section, list) else [section]))


def _known(value: Any) -> Any:
    """A value without what only the trainer can tell."""
    if isinstance(value, Mapping):
        return {key: _known(below) for key, below in value.items() if not isinstance(below, Unknown)}
    return [_known(below) for below in value] if isinstance(value, list) else value


def _value_findings(values: Mapping[str, Any]) -> list[Finding]:
    findings = []
    for key in _AT_LEAST_ONE:
        if _number(values.get(key)) is not None and values[key] < 1:
            findings.append(Finding((key,), f"'{key}' must be at least 1, found {describe(values[key])}"))
    dtype, norm = values.get("dtype"), values.get("clip_grad_norm")
    if isinstance(dtype, str) and dtype not in ("fp32", "bf16"):
        findings.append(Finding(("dtype",), f"'dtype' must be fp32 or bf16, found {describe(dtype)}"))
    if isinstance(norm, str) and norm != "inf":
        message = f"'clip_grad_norm' must be a number, inf or null, found {describe(norm)}"
        findings.append(Finding(("clip_grad_norm",), message))
    rate = _number(_get(values, "optimizer", "lr"))
    if rate is not None and rate <= 0:
        findings.append(Finding(("optimizer", "lr"), f"'optimizer.lr' must be more than 0, found {describe(rate)}"))
    return findings


def _dataset_findings(values: Mapping[str, Any]) -> list[Finding]:
    findings = []
    for path, section, kind in _sections(values):
        if kind != "dataset" or not isinstance(section, Mapping):
            continue
        if section.get("source") in ("json", "parquet", "csv", "text") and not section.get("data_files"):
            message = f"'{dotted(path)}.data_files' is missing; source '{section['source']}' needs it"
            findings.append(Finding(path, message))
        if section.get("packed") is True and _get(values, "tokenizer", "max_seq_len") is None:
            message = f"'{dotted(path)}.packed' needs 'tokenizer.max_seq_len', the length of a pack"
            findings.append(Finding((*path, "packed"), message))
    return findings


def _tokenizer_findings(values: Mapping[str, Any], places: Places | None) -> list[Finding]:
    findings = []
    name = _get(values, "tokenizer", "_component_")
    if name in _MASK_THE_END and _get(values, "tokenizer", "max_seq_len") is not None:
        message = (
            f"with 'tokenizer.max_seq_len' set, {name} never trains the end-of-turn token (torchtune issue 2792); "
            "use _component_: cgd_recipes.torchtune_tokenizers.qwen2_5_tokenizer"
        )
        findings.append(Finding(("tokenizer", "max_seq_len"), message))
    template = _get(values, "tokenizer", "prompt_template")
    known = [path for path, found in snapshot()["components"].items() if found["kind"] == "prompt_template"]
    if isinstance(template, str) and template not in known and not _importable(template.split(".")[0], places):
        hint = did_you_mean(template, known)
        message = f"'tokenizer.prompt_template' names '{template}', which cannot be found{hint}"
        findings.append(Finding(("tokenizer", "prompt_template"), message))
    families = {key: _family(_get(values, key, "_component_")) for key in ("tokenizer", "model")}
    families["checkpointer.model_type"] = _family_of_type(_get(values, "checkpointer", "model_type"))
    model = families.pop("model")
    for key, family in families.items():
        if model and family and family != model:
            message = f"'{key}' is for {family} models, but the model is {_get(values, 'model', '_component_')}"
            findings.append(Finding(tuple(key.split(".")), message))
    return findings


def _importable(package: str, places: Places | None) -> bool:
    # torchtune looks in the working folder as well.
    beside = places is not None and (places.find(f"{package}.py").is_file() or places.find(package).is_dir())
    return package != "torchtune" and (beside or importlib.util.find_spec(package) is not None)


def _family(component: Any) -> str:
    name = str(component)
    for family in ("qwen2", "llama3", "llama2", "gemma", "mistral", "phi3", "phi4"):
        if f".{family}" in name and find_component({"_component_": name}):
            return family
    return ""


def _family_of_type(model_type: Any) -> str:
    name = str(model_type).lower()
    return next((family for family in ("qwen2", "llama3", "llama2", "gemma", "mistral") if name.startswith(family)), "")


def _conflict_findings(values: Mapping[str, Any], recipe: str) -> list[Finding]:
    findings = []
    if values.get("optimizer_in_bwd") is True:
        if (_number(values.get("gradient_accumulation_steps")) or 1) > 1:
            message = "'optimizer_in_bwd' steps after every backward pass: it needs gradient_accumulation_steps: 1"
            findings.append(Finding(("optimizer_in_bwd",), message))
        if values.get("clip_grad_norm") is not None:
            message = "'optimizer_in_bwd' never has all gradients at once: it needs clip_grad_norm: null"
            findings.append(Finding(("optimizer_in_bwd",), message))
    device = values.get("device")
    offloads = values.get("enable_activation_offloading") is True
    if offloads and (device != "cuda" or values.get("enable_activation_checkpointing") is not True):
        message = "'enable_activation_offloading' needs device: cuda and enable_activation_checkpointing: true"
        findings.append(Finding(("enable_activation_offloading",), message))
    if device == "cpu" and "distributed" in recipe:
        findings.append(Finding(("device",), f"'device': {recipe} cannot run on cpu"))
    return findings


def _batch_findings(
    values: Mapping[str, Any], recipe: str, world_size: int | None, global_batch_size: int | None
) -> list[Finding]:
    if world_size is not None and world_size > 1 and "single_device" in recipe:
        many = recipe.replace("single_device", "distributed")
        return [Finding((), f"{recipe} uses one GPU, but the run has {world_size}; use {many}")]
    micro, steps = _number(values.get("batch_size")), _number(values.get("gradient_accumulation_steps"))
    if world_size is None or global_batch_size is None or micro is None or steps is None:
        return []
    if micro * steps * world_size == global_batch_size:
        return []
    message = (
        f"'batch_size' {micro} x 'gradient_accumulation_steps' {steps} x {world_size} GPUs = "
        f"{micro * steps * world_size}, but the global batch size is {global_batch_size}"
    )
    return [Finding(("gradient_accumulation_steps",), message, ("batch_size",))]


def _get(values: Mapping[str, Any], section: str, key: str) -> Any:
    found = values.get(section)
    return found.get(key) if isinstance(found, Mapping) else None


def _number(value: Any) -> float | None:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None
