"""Write schemas/vendor/trl-<version>.schema.json from the installed TRL.

Run it with the interpreter TRL lives in:

    python tools/snapshot_trl.py [output folder]

A file for `trl COMMAND --config` sets defaults of the command's argument classes. Keys that these do not have go on to
`accelerate launch`. So the snapshot has one closed object a command, and the arguments of `accelerate launch` that take a
value.
"""

from __future__ import annotations

import dataclasses
import enum
import importlib
import json
import sys
import types
import typing
from pathlib import Path
from typing import Any

Schema = dict[str, Any]

COMMANDS = ("sft", "dpo", "distillation", "grpo", "kto", "reward", "rloo")
EXPERIMENTAL = ("sdft",)
"""Without a command: the arguments of the trainer, and those that all commands share."""
PLAIN: dict[Any, Schema] = {
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    str: {"type": "string"},
    type(None): {"type": "null"},
    Any: {},
}
# Typed as text, and really of these values: transformers looks them up later.
TEXT_OR_MORE = {
    "fsdp": {"type": ["boolean", "string", "array", "null"]},
    # A message would show what stands there.
    "hub_token": {},
    # Python objects.
    "parallelism_config": {},
}


def describe(kind: Any) -> Schema:
    """The schema of a type hint."""
    if kind in PLAIN:
        return dict(PLAIN[kind])
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return {"enum": [member.value for member in kind]}
    if dataclasses.is_dataclass(kind):
        return describe_class(kind)
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Literal:
        return {"enum": list(parts)}
    if origin in (typing.Union, types.UnionType):
        return union([describe(part) for part in parts])
    if origin is list:
        return {"type": "array", "items": describe(parts[0])}
    return {"type": "object"} if kind is dict or origin is dict else {}


def union(branches: list[Schema]) -> Schema:
    """One schema for several types."""
    # An enum beside text is what the text may be.
    enums = [branch["enum"] for branch in branches if "enum" in branch]
    if enums and enums[0] == [False]:
        return {}
    if enums:
        rest = [branch for branch in branches if branch.get("type") == "null"]
        return {"enum": [*enums[0], *([None] if rest else [])]}
    if {} in branches:
        return {}
    merged: Schema = {"type": sorted({branch["type"] for branch in branches})}
    for branch in branches:
        merged.update({key: value for key, value in branch.items() if key != "type"})
    return merged


def describe_class(kind: Any) -> Schema:
    """A closed object with the fields of a dataclass."""
    hints, properties = typing.get_type_hints(kind), {}
    for field in dataclasses.fields(kind):
        if not field.init:
            continue
        found = dict(TEXT_OR_MORE.get(field.name) or describe(hints[field.name]))
        if "choices" in field.metadata:
            found = {"enum": [*field.metadata["choices"], *([None] if "null" in found.get("type", ()) else [])]}
        if found.get("type") == "array" or "array" in found.get("type", ()):
            # The command line splits no text, but takes one for a list of one.
            found["type"] = sorted({*([found["type"]] if isinstance(found["type"], str) else found["type"]), "string"})
        default = field.default
        if isinstance(default, enum.Enum):
            default = default.value
        if isinstance(default, str | int | float | bool):
            found["default"] = default
        properties[field.name] = found
    required = [field.name for field in dataclasses.fields(kind) if is_required(field)]
    closed: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**closed, **({"required": required} if required else {})}


def is_required(field: dataclasses.Field[Any]) -> bool:
    """Whether a field has no default."""
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def argument_classes(name: str) -> list[Any]:
    """The classes of which a file sets the fields."""
    if name not in EXPERIMENTAL:
        return list(importlib.import_module(f"trl.scripts.{name}").make_parser().dataclass_types)
    trl = importlib.import_module("trl")
    own = getattr(importlib.import_module(f"trl.experimental.{name}"), f"{name.upper()}Config")
    return [trl.ScriptArguments, own, trl.ModelConfig, trl.DatasetMixtureConfig]


def describe_command(name: str) -> Schema:
    """A closed object with what a file for a command may hold."""
    properties: Schema = {}
    for kind in argument_classes(name):
        properties |= describe_class(kind)["properties"]
    properties["env"] = {"type": "object"}
    return {"type": "object", "properties": properties, "additionalProperties": False}


def launch_keys() -> list[str]:
    """Arguments of `accelerate launch` with a value, and TRL's own that names a file of them."""
    parser = importlib.import_module("accelerate.commands.launch").launch_command_parser()
    names = [action.dest for action in parser._actions if action.option_strings and action.nargs is None]
    return sorted({*names, "accelerate_config"})


def share(commands: Schema) -> Schema:
    """What all commands have in common, once, and for each what it has beside."""
    first, *others = (command["properties"] for command in commands.values())
    shared = {key: value for key, value in first.items() if all(other.get(key) == value for other in others)}
    own = {
        name: {key: value for key, value in command["properties"].items() if key not in shared}
        for name, command in commands.items()
    }
    return {"x-shared": shared, "x-commands": own}


def snapshot() -> tuple[str, Schema]:
    """Describe the TRL on the path: its version and its schema."""
    version = str(importlib.import_module("importlib.metadata").version("trl"))
    transformers = str(importlib.import_module("importlib.metadata").version("transformers"))
    return version, {
        "$id": f"trl-{version}.schema.json",
        "x-trainer": "trl",
        "x-version": version,
        "x-transformers": transformers,
        "x-launch": launch_keys(),
        **share({name: describe_command(name) for name in (*COMMANDS, *EXPERIMENTAL)}),
    }


def main() -> None:
    """Write the snapshot into the folder given, or into this repository's schemas/vendor."""
    default = Path(__file__).resolve().parent.parent / "schemas" / "vendor"
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else default
    version, schema = snapshot()
    path = folder / f"trl-{version}.schema.json"
    path.write_text(json.dumps(schema, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    counts = ", ".join(f"{name} {len(keys)}" for name, keys in schema["x-commands"].items())
    print(f"{path}: {len(schema['x-shared'])} keys shared; {counts}")


if __name__ == "__main__":
    main()
