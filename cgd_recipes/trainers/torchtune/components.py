"""Checks one component of a torchtune config against the snapshot of torchtune's signatures."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from cgd_recipes.errors import Finding, did_you_mean, dotted
from cgd_recipes.files.schema import describe
from cgd_recipes.files.shipped import data_root

Path_ = tuple[str | int, ...]

# The key of a config -> the kind of component that belongs there.
KINDS = {
    **{kind: kind for kind in ("model", "tokenizer", "dataset", "checkpointer", "optimizer", "lr_scheduler", "loss")},
    **{kind: kind for kind in ("metric_logger", "profiler", "tensor_parallel_plan")},
    "ref_checkpointer": "checkpointer",
}
OTHER_KINDS = {
    **KINDS,
    **dict.fromkeys(("teacher_model", "policy_model", "reward_and_value_model"), "model"),
    **dict.fromkeys(("teacher_checkpointer", "ref_policy_checkpointer"), "checkpointer"),
    **dict.fromkeys(("value_checkpointer", "reward_checkpointer"), "checkpointer"),
    "kd_loss": "loss",
}
"""The same for configs of recipes that are not in the snapshot."""
# What a recipe passes itself when it makes a component: by position, and by name over what the config says.
_BY_POSITION = {"dataset": ("tokenizer", "model_transform"), "optimizer": ("params",), "lr_scheduler": ("optimizer",)}
_BY_NAME = {"lr_scheduler": ("num_training_steps", "last_epoch")}
# Arguments that are sizes or numbers of things. Others that signatures call integers, like rope_base, are computed with.
_COUNTS = (
    "max_seq_len",
    "num_layers",
    "num_heads",
    "num_kv_heads",
    "embed_dim",
    "intermediate_dim",
    "vocab_size",
    "lora_rank",
)
COVERED = ("torchtune", "torch", "torchao", "bitsandbytes", "cgd_recipes")
"""Packages whose components are all in the snapshot."""
_TYPES: dict[str, tuple[tuple[type, ...], str]] = {
    "object": ((Mapping,), "a mapping"),
    "array": ((list, tuple), "a list"),
    "string": ((str,), "text"),
    "integer": ((int,), "a whole number"),
    "number": ((int, float), "a number"),
    "boolean": ((bool,), "true or false"),
    "null": ((type(None),), "null"),
}


_PRIVATE = re.compile(r"\._(component|model)_builders(?=\.)")


class Unknown:
    """Stands for a value that is known only when the trainer runs (`${oc.env:HOME}`)."""


@cache
def snapshot() -> dict[str, Any]:
    """The snapshot that `tools/snapshot_torchtune.py` writes."""
    path = data_root() / "schemas" / "vendor" / "torchtune-0.6.1.json"
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def component_name(section: Any) -> str:
    """The component that a section names; empty where it names none."""
    name = section.get("_component_") if isinstance(section, Mapping) else None
    return name if isinstance(name, str) else ""


def find_component(section: Any) -> dict[str, Any]:
    """What the snapshot says of the component that a section names; empty where it says nothing."""
    # Some of torchtune's own configs name the private module that defines a builder.
    name = _PRIVATE.sub("", component_name(section))
    found: dict[str, Any] = snapshot()["components"].get(name, {})
    return found


def types_of(config: Mapping[str, Any]) -> dict[str, Any]:
    """A JSON Schema of the types that a config's keys, and the arguments of the components that it names, may have."""
    properties: dict[str, Any] = {key: {"type": list(types)} for key, types in snapshot()["keys"].items()}
    for key, section in config.items():
        parameters = find_component(section).get("parameters", {})
        typed = {name: {"type": list(known["types"])} for name, known in parameters.items() if known.get("types")}
        if typed:
            properties[key] = {"properties": typed}
    return {"properties": properties}


def type_findings(
    path: Path_, value: Any, types: Iterable[str], enum: Iterable[str] = (), *, counts: bool = True
) -> list[Finding]:
    """A finding when a value has none of the JSON types, or is text outside the enum.

    Args:
        path: where the value stands in the config.
        value: the value.
        types: names of JSON types; none where anything goes.
        enum: what text may be; anything where there is none.
        counts: whether torchtune counts with the number, which Python cannot do with 3.0.
    """
    types = list(types)
    if isinstance(value, Unknown) or not types:
        return []
    whole = isinstance(value, float) and value.is_integer() and "integer" in types
    if not any(_is(value, name) for name in types) and (counts or not whole):
        names = " or ".join(_TYPES[name][1] for name in types)
        found = f"{value}; write {int(value)}" if whole else describe(value)
        return [Finding(path, f"'{dotted(path)}' must be {names}, found {found}")]
    choices = list(enum)
    if isinstance(value, str) and choices and value not in choices:
        message = f"'{dotted(path)}' must be one of {', '.join(choices)}, found {describe(value)}"
        return [Finding(path, message + did_you_mean(value, choices))]
    return []


def _is(value: Any, name: str) -> bool:
    if isinstance(value, bool):
        return name == "boolean"
    return isinstance(value, _TYPES[name][0])


def component_findings(path: Path_, section: Any, kind: str) -> list[Finding]:
    """Everything wrong with one section: its component and the arguments given to it.

    Args:
        path: where the section stands in the config.
        section: the mapping with `_component_` and arguments.
        kind: what the component must be, see `KINDS`.
    """
    if not isinstance(section, Mapping):
        return type_findings(path, section, ["object"])
    if "_component_" not in section:
        if kind == "profiler":
            return _argument_findings(path, {"_component_": "torchtune.training.setup_torch_profiler", **section}, kind)
        if "component" in section:
            return [Finding((*path, "component"), f"'{dotted(path)}.component' must be spelt '_component_'")]
        return [Finding(path, f"'{dotted(path)}._component_' is missing")]
    here, name = (*path, "_component_"), section["_component_"]
    if not isinstance(name, str):
        return type_findings(here, name, ["string"])
    found = find_component(section)
    if not found:
        return _unknown_findings(here, name, kind)
    if found["kind"] != kind:
        needed, what = kind.replace("_", " "), found["kind"].replace("_", " ")
        return [Finding(here, f"'{dotted(here)}' must be of kind '{needed}', but '{name}' is of kind '{what}'")]
    return _argument_findings(path, section, kind)


def _unknown_findings(here: Path_, name: str, kind: str) -> list[Finding]:
    known = [path for path, found in snapshot()["components"].items() if found["kind"] == kind]
    # A wrong module with the right name is nearer than a path that looks alike.
    same = [path for path in known if path.rsplit(".", 1)[-1] == name.rsplit(".", 1)[-1]]
    same = difflib.get_close_matches(name, same, n=1, cutoff=0.0)
    if "." not in name:
        hint = f"; did you mean '{same[0]}'?" if same else ""
        return [Finding(here, f"'{dotted(here)}' must be a dotted path, found '{name}'{hint}")]
    covered = name.split(".")[0] in COVERED
    if not covered and not difflib.get_close_matches(name, known, n=1, cutoff=0.9):
        return []
    hint = f"; did you mean '{same[0]}'?" if same else did_you_mean(name, known)
    version = snapshot()["version"]
    return [Finding(here, f"torchtune {version} and its companions have no {kind.replace('_', ' ')} '{name}'{hint}")]


def _argument_findings(path: Path_, section: Mapping[str, Any], kind: str) -> list[Finding]:
    found = find_component(section)
    parameters = found["parameters"]
    given = _BY_POSITION.get(kind, ())
    name = section["_component_"].rsplit(".", 1)[-1]
    findings = []
    for key, value in section.items():
        here = (*path, key)
        if key == "_component_":
            continue
        if key in given:
            findings.append(Finding(here, f"'{dotted(here)}' is passed by the recipe; take it out of the config"))
        elif key in parameters:
            types, enum = parameters[key].get("types", ()), parameters[key].get("enum", ())
            findings += type_findings(here, value, types, enum, counts=key in _COUNTS)
        elif not found.get("open"):
            choices = [one for one in parameters if one not in given]
            hint = did_you_mean(str(key), choices) or f"; {name} takes {_listed(choices)}"
            findings.append(Finding(here, f"unknown argument '{dotted(here)}'{hint}"))
    passed = {*given, *_BY_NAME.get(kind, ()), *section}
    for key in parameters:
        if parameters[key].get("required") and key not in passed:
            findings.append(Finding(path, f"'{dotted((*path, key))}' is missing; {name} needs it"))
    if kind == "lr_scheduler" and "num_training_steps" not in parameters:
        takers = "torchtune.training.lr_schedulers.get_cosine_schedule_with_warmup"
        message = f"'{name}' cannot be used: a recipe passes num_training_steps, which only {takers} takes"
        findings.append(Finding((*path, "_component_"), message))
    return findings


def _listed(names: list[str]) -> str:
    if not names:
        return "no arguments"
    return ", ".join(names[:12]) + (" ..." if len(names) > 12 else "")
