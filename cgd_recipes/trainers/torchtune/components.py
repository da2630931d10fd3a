"""Checks one component of a torchtune config against the snapshot of torchtune's signatures."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from cgd_recipes.errors import Finding, did_you_mean, dotted
from cgd_recipes.files.schema import quoted
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


def type_schema(types: Iterable[str], enum: Iterable[str] = (), *, counts: bool = True) -> dict[str, Any]:
    """A JSON Schema of what a key or an argument may be.

    Args:
        types: names of JSON types; none where anything goes.
        enum: what text may be; any text where there is none.
        counts: whether torchtune counts with the number, which Python cannot do with 3.0.
    """
    types, choices = list(types), list(enum)
    if choices:
        return {"enum": [*choices, None] if "null" in types else choices}
    if not counts and "integer" in types and "number" not in types:
        return {"type": ["number" if name == "integer" else name for name in types], "multipleOf": 1}
    return {"type": types} if types else {}


def config_schema(
    values: Mapping[str, Any], kinds: Mapping[str, str], recipe: str | None = None, *, strict: bool = False
) -> dict[str, Any]:
    """A JSON Schema of a config, made from the snapshot for the components that the config names.

    Args:
        values: the config without references.
        kinds: the keys that hold components, see `KINDS`.
        recipe: the torchtune recipe that it is for; None lets any key pass, and none be missing.
        strict: whether 3.0 is no whole number even where torchtune does not count with it.
    """
    typed = {key: type_schema(types) for key, types in snapshot()["keys"].items()}
    keys = snapshot()["recipes"][recipe] if recipe else {"required": [], "optional": typed}
    known = {key: typed[key] for key in (*keys["required"], *keys["optional"])}
    # In the order of the config, so that its mistakes are told from top to bottom.
    properties = {key: known[key] for key in values if key in known} | known
    for key, kind in kinds.items():
        section = values.get(key)
        if key == "dataset" and isinstance(section, list):
            properties[key] = {"prefixItems": [_section_schema(part, kind, strict) for part in section]}
        elif isinstance(section, Mapping):
            properties[key] = _section_schema(section, kind, strict)
    missing = [key for key in keys["required"] if key not in values]
    return {"properties": properties, "additionalProperties": recipe is None, "required": missing}


def _section_schema(section: Any, kind: str, strict: bool) -> dict[str, Any]:
    """Of the arguments of a component; anything where it is not known which component is meant."""
    if not isinstance(section, Mapping):
        return {} if isinstance(section, Unknown) else {"type": "object"}
    found = find_component(named_component(section, kind))
    if found.get("kind") != kind:
        return {}
    given = _BY_POSITION.get(kind, ())
    parameters = {key: known for key, known in found["parameters"].items() if key not in given}
    typed = {
        key: type_schema(known.get("types", ()), known.get("enum", _choices(key)), counts=strict or key in _COUNTS)
        for key, known in parameters.items()
    }
    allowed = {"_component_": {}, **{key: {} for key in given}, **typed}
    passed = (*_BY_NAME.get(kind, ()), *section)
    missing = [key for key, known in parameters.items() if known.get("required") and key not in passed]
    properties = {key: allowed[key] for key in section if key in allowed} | allowed
    return {"properties": properties, "additionalProperties": found.get("open", False), "required": missing}


def _choices(argument: str) -> Iterable[str]:
    """Texts that an argument may be, where its signature calls it a text and torchtune takes a few."""
    choices: dict[str, Iterable[str]] = {
        "model_type": snapshot()["model_types"], "conversation_style": ("openai", "sharegpt")
    }  # fmt: skip
    return choices.get(argument, ())


def named_component(section: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    """A section with the component that it is for: torchtune's profiler need not be named."""
    if kind == "profiler" and "_component_" not in section:
        return {"_component_": "torchtune.training.setup_torch_profiler", **section}
    return section


def argument_hint(section: Mapping[str, Any], kind: str, key: str) -> str:
    """What to say of an argument that a component does not take."""
    section = named_component(section, kind)
    given = _BY_POSITION.get(kind, ())
    choices = [name for name in find_component(section)["parameters"] if name not in given]
    component = section["_component_"].rsplit(".", 1)[-1]
    return did_you_mean(key, choices) or f"; {component} takes {_listed(choices)}"


def component_findings(path: Path_, section: Any, kind: str) -> list[Finding]:
    """What is wrong with the component that a section names, and with arguments that are not the config's to give.

    Args:
        path: where the section stands in the config.
        section: the mapping with `_component_` and arguments.
        kind: what the component must be, see `KINDS`.
    """
    if not isinstance(section, Mapping):
        return []
    section = named_component(section, kind)
    if "_component_" not in section:
        if "component" in section:
            return [Finding((*path, "component"), f"'{dotted(path)}.component' must be spelt '_component_'")]
        return [Finding(path, f"'{dotted(path)}._component_' is missing")]
    here, name = (*path, "_component_"), section["_component_"]
    if isinstance(name, Unknown):
        return []
    if not isinstance(name, str):
        return [Finding(here, f"'{dotted(here)}' must be text, found {quoted(name)}")]
    found = find_component(section)
    if not found:
        return _unknown_findings(here, name, kind)
    if found["kind"] != kind:
        needed, what = kind.replace("_", " "), found["kind"].replace("_", " ")
        return [Finding(here, f"'{dotted(here)}' must be of kind '{needed}', but '{name}' is of kind '{what}'")]
    passed = [(*path, key) for key in section if key in _BY_POSITION.get(kind, ())]
    findings = [Finding(key, f"'{dotted(key)}' is passed by the recipe; take it out of the config") for key in passed]
    if kind == "lr_scheduler" and "num_training_steps" not in found["parameters"]:
        takers = "torchtune.training.lr_schedulers.get_cosine_schedule_with_warmup"
        message = (
            f"'{name.rpartition('.')[2]}' cannot be used: a recipe passes num_training_steps, which only {takers} takes"
        )
        findings.append(Finding(here, message))
    return findings


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


def _listed(names: list[str]) -> str:
    if not names:
        return "no arguments"
    return ", ".join(names[:12]) + (" ..." if len(names) > 12 else "")
