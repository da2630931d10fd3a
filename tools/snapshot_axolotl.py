"""Write schemas/vendor/axolotl-<version>.schema.json from the installed axolotl.

Run it with the interpreter axolotl lives in:

    python tools/snapshot_axolotl.py [output folder]

The trainer drops keys it does not know, so the snapshot closes every object whose keys are known. An object without
`properties` (deepspeed as a mapping, *_kwargs, message_property_mappings ...) is free-form and stays open.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Schema = dict[str, Any]

# Imported by name so that type checkers can do without the trainer's environment.
Base: Any = importlib.import_module("pydantic.json_schema").GenerateJsonSchema


class Generator(Base):  # type: ignore[misc]
    """Survives enums of torch dtypes, on which axolotl's own `config-schema` fails and falls back to a stub."""

    def enum_schema(self, schema: Any) -> Any:
        """Name the members of an enum whose values JSON cannot hold."""
        try:
            return super().enum_schema(schema)
        except Exception:  # pydantic raises a private serialisation error here
            return {"enum": [member.name for member in schema["members"]]}

    def encode_default(self, default: Any) -> Any:
        """Name a default that JSON cannot hold."""
        try:
            return super().encode_default(default)
        except Exception:
            return getattr(default, "name", None)


def generate(model: Any) -> Schema:
    """Describe a pydantic model."""
    return dict(model.model_json_schema(schema_generator=Generator))


def plugin_classes() -> Iterator[tuple[str, Any]]:
    """Yield the plugins that axolotl ships and this environment can import, as (dotpath, class)."""
    integrations = importlib.import_module("axolotl.integrations")
    base = importlib.import_module("axolotl.integrations.base").BasePlugin
    for package in sorted(module.name for module in pkgutil.iter_modules(integrations.__path__) if module.ispkg):
        for name in (package, f"{package}.plugin", f"{package}.plugins"):
            try:
                module = importlib.import_module(f"axolotl.integrations.{name}")
            except ImportError as error:
                # Most packages have no .plugin or .plugins; a missing third-party package is worth a line.
                if not str(error.name or "").startswith("axolotl"):
                    print(f"skipped axolotl.integrations.{name}: {error}", file=sys.stderr)
                continue
            found = sorted(
                (key, value)
                for key, value in vars(module).items()
                if isinstance(value, type) and issubclass(value, base) and value is not base
            )
            yield from ((f"axolotl.integrations.{name}.{key}", value) for key, value in found)
            if found:
                break


def add_plugins(schema: Schema) -> None:
    """Merge the fields that shipped plugins add, each marked with the plugin it needs."""
    schema["x-plugins"] = []
    for dotpath, plugin in plugin_classes():
        schema["x-plugins"].append(dotpath)
        arguments = plugin().get_input_args()
        if not arguments:
            continue
        module, _, name = arguments.rpartition(".")
        extra = generate(getattr(importlib.import_module(module), name))
        schema["$defs"].update(extra.get("$defs", {}))
        for key, value in extra["properties"].items():
            schema["properties"].setdefault(key, {**value, "x-plugin": dotpath})


def add_aliases(schema: Schema, model: Any) -> None:
    """Pydantic describes a field under one name only, and axolotl reads it under each of them."""
    properties = schema["properties"]
    for name, field in model.model_fields.items():
        if field.alias and field.alias != name:
            properties[name] = properties[field.alias]
    fsdp = schema["$defs"]["FSDPConfig"]["properties"]
    fsdp["version"] = fsdp["fsdp_version"]
    for name in [name for name in fsdp if name not in ("version", "fsdp_version")]:
        fsdp[f"fsdp_{name}"] = {**fsdp[name], "deprecated": True}


def add_known_values(schema: Schema) -> None:
    """Close the sets that axolotl types as plain text although only some values work."""
    enums = importlib.import_module("axolotl.utils.schemas.enums")
    training_args = importlib.import_module("transformers.training_args")
    trainer_utils = importlib.import_module("transformers.trainer_utils")

    def values(enum: Any, *more: str) -> list[str | None]:
        return [*sorted({*(str(member.value) for member in enum), *more}), None]

    save = getattr(trainer_utils, "SaveStrategy", trainer_utils.IntervalStrategy)
    properties = schema["properties"]
    optimizers = [str(member.value) for member in enums.CustomSupportedOptimizers]
    properties["optimizer"] = {"enum": values(training_args.OptimizerNames, *optimizers)}
    properties["save_strategy"] = {"enum": values(save)}
    properties["eval_strategy"] = {"enum": values(trainer_utils.IntervalStrategy)}
    properties["lr_scheduler"] = {"enum": values(trainer_utils.SchedulerType, "one_cycle", "rex")}
    aliases = {**enums.LEGACY_ATTN_FLAG_TO_IMPL, **enums.SHORT_FORM_ALIAS_TO_CANONICAL}
    backends = {"enum": [*sorted(enums.CANONICAL_ATTN_IMPLS), None], "x-aliases": aliases}
    properties["attn_implementation"] = {"anyOf": [backends, {"type": "string", "pattern": "/"}]}
    template = {
        "anyOf": [
            {"enum": values(enums.ChatTemplate)},
            {"type": "string", "pattern": "^tokenizer_default_fallback_"},
        ]
    }
    properties["chat_template"] = template
    schema["$defs"]["SFTDataset"]["properties"]["chat_template"] = template
    # Pydantic takes any text here and converts it, or fails to, afterwards.
    properties["learning_rate"] = {"type": "number"}


def merge_dataset_variants(schema: Schema) -> None:
    """Make one closed object per kind of dataset list, so that an error never reads "not valid under any of ...".

    Its keys are those of all variants; their types are those of the variant that axolotl would pick by `rl`.
    """
    definitions = schema["$defs"]
    declared = schema["properties"]["datasets"]["anyOf"][0]["items"]["anyOf"]
    variants = [branch["$ref"].rpartition("/")[2] for branch in declared]
    keys = {key for name in variants for key in definitions[name]["properties"]}
    definitions["Dataset"] = {"type": "object", "properties": {key: {} for key in keys}}
    pretraining = definitions["PretrainingDataset"]["properties"]
    pretraining.update({**definitions["SFTDataset"]["properties"], "type": pretraining["type"]})
    for name in variants:
        definitions[name]["additionalProperties"] = True
        definitions[name].pop("required", None)
    items = {"datasets": "Dataset", "test_datasets": "Dataset", "pretraining_dataset": "PretrainingDataset"}
    for key, item in items.items():
        schema["properties"][key] = {"type": ["array", "null"], "minItems": 1, "items": {"$ref": f"#/$defs/{item}"}}
    typed_as = {
        name: {"properties": {key: {"items": {"$ref": f"#/$defs/{name}"}} for key in ("datasets", "test_datasets")}}
        for name in ("SFTDataset", "DPODataset", "KTODataset")
    }
    schema["if"] = {"required": ["rl"], "properties": {"rl": {"enum": ["dpo", "ipo", "simpo"]}}}
    schema["then"] = typed_as["DPODataset"]
    schema["else"] = {
        "if": {"required": ["rl"], "properties": {"rl": {"const": "kto"}}},
        "then": typed_as["KTODataset"],
        "else": typed_as["SFTDataset"],
    }


def simplify(schema: Any, definitions: Schema) -> Any:
    """Strip prose, inline enums, close known objects, and write unions of plain types as one `type` or `enum`."""
    if isinstance(schema, list):
        return [simplify(item, definitions) for item in schema]
    if not isinstance(schema, dict):
        return schema
    target = definitions.get(str(schema.get("$ref", "")).rpartition("/")[2], {})
    if "enum" in target:
        return simplify({**{key: value for key, value in schema.items() if key != "$ref"}, **target}, definitions)
    result: Schema = {}
    for key, value in schema.items():
        if key in ("title", "description", "examples", "help", "propertyNames") or (key == "default" and value is None):
            continue
        named = key in ("properties", "$defs")
        result[key] = (
            {name: simplify(item, definitions) for name, item in value.items()}
            if named
            else (
                value if key in ("default", "enum", "const", "required", "x-aliases") else simplify(value, definitions)
            )
        )
    if "const" in result:
        result["enum"] = [result.pop("const")]
    if "enum" in result:
        result.pop("type", None)
    if "properties" in result and result.get("type") == "object":
        result.setdefault("additionalProperties", False)
    return join_union(result)


def join_union(schema: Schema) -> Schema:
    """Write `anyOf: [{type: integer}, {type: null}]` as `type: [integer, null]`, where that says the same."""
    branches = schema.get("anyOf")
    if not branches:
        return schema
    rest = {key: value for key, value in schema.items() if key != "anyOf"}
    if {} in branches:
        return rest
    closed: dict[str, list[Any]] = {"boolean": [True, False], "null": [None]}
    if any("enum" in branch for branch in branches):
        if all(set(branch) == {"enum"} or branch.get("type") in closed for branch in branches):
            values = [value for branch in branches for value in branch.get("enum") or closed[branch["type"]]]
            return {**rest, "enum": values}
        return schema
    kinds = [branch.get("type") for branch in branches]
    if not all(isinstance(kind, str) for kind in kinds) or len({*kinds}) < len(kinds):
        return schema
    return {**rest, **{key: value for branch in branches for key, value in branch.items()}, "type": sorted(kinds)}


def snapshot() -> tuple[str, Schema]:
    """Describe the axolotl on the path: its version and its schema."""
    model: Any = importlib.import_module("axolotl.utils.schemas.config").AxolotlInputConfig
    version = str(importlib.import_module("axolotl").__version__)
    schema = generate(model)
    add_aliases(schema, model)
    add_plugins(schema)
    add_known_values(schema)
    merge_dataset_variants(schema)
    # The validator of these two also takes names that are not members of the enum.
    schema["$defs"]["TorchAOQuantDType"]["enum"] += ["fp8", "float8"]
    result = simplify(schema, schema["$defs"])
    result["$defs"] = {name: value for name, value in result["$defs"].items() if "enum" not in value}
    return version, {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"axolotl-{version}.schema.json",
        "x-trainer": "axolotl",
        "x-version": version,
        **result,
    }


def main() -> None:
    """Write the snapshot into the folder given, or into this repository's schemas/vendor."""
    default = Path(__file__).resolve().parent.parent / "schemas" / "vendor"
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else default
    version, schema = snapshot()
    path = folder / f"axolotl-{version}.schema.json"
    path.write_text(json.dumps(schema, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(f"{path}: {len(schema['properties'])} keys, {len(schema['$defs'])} objects")


if __name__ == "__main__":
    main()
