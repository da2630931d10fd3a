"""Everything wrong with an Axolotl config, including what Axolotl itself lets pass.

Facts come from schemas/vendor: a snapshot of each trainer version's own schema, and axolotl.rules.yaml for what depends
on more than one key. What depends on the model, the machine or the recipe is checked here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from cgd_recipes.errors import Finding, KeyPath, did_you_mean
from cgd_recipes.files.schema import check_against, quoted
from cgd_recipes.files.shipped import shipped_file, shipped_names
from cgd_recipes.files.validators import as_number, trainer_validator
from cgd_recipes.trainers.places import Places
from cgd_recipes.trainers.rules import Broken, broken_rules

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

_VENDOR = "schemas/vendor"
_SUFFIX = ".schema.json"
# Keys of these are often written one level too high or too low.
_HOMES = ("datasets", "fsdp_config", "special_tokens")


@cache
def axolotl_versions() -> tuple[str, ...]:
    """The trainer versions with a vendored schema, oldest first."""
    names = [name for name in shipped_names(_VENDOR, _SUFFIX) if name.startswith("axolotl-")]
    versions = [name.removeprefix("axolotl-") for name in names]
    return tuple(sorted(versions, key=lambda version: [int(part) for part in version.split(".")]))


def check_axolotl(
    config: Mapping[str, Any],
    *,
    version: str | None = None,
    broken: Iterable[Broken] | None = None,
    places: Places | None = None,
    decoder_layer: str | None = None,
    max_positions: int | None = None,
    world_size: int | None = None,
    global_batch_size: int | None = None,
) -> list[Finding]:
    """Find all mistakes in an Axolotl config, without Axolotl.

    Args:
        config: the config as plain values.
        version: the Axolotl version to check against; the oldest one vendored unless given.
        broken: what `broken_rules` says of it, where that is known already.
        places: where a relative `deepspeed` path starts; without it the file is not looked for.
        decoder_layer: class name of the model's decoder layer, as FSDP must wrap it.
        max_positions: the longest sequence the model takes, in tokens.
        world_size: number of GPUs in the run.
        global_batch_size: samples per optimizer step that the recipe asks for; needs `world_size`.

    Returns:
        One finding per mistake. A path may name a key that is missing from the config.

    Raises:
        RecipeError: no schema of that version is shipped.
    """
    version = version or axolotl_versions()[0]
    schema = axolotl_schema(version)
    broken = broken_rules("axolotl", config) if broken is None else broken
    found = [
        *check_against(config, _validator(version), _KeyHints(config, schema)),
        *_plugin_findings(config, schema),
        *(one.finding for one in broken if one.is_about({"versions": version})),
        *_model_findings(config, decoder_layer, max_positions),
        *_deepspeed_findings(config, places),
        *_batch_findings(config, world_size, global_batch_size),
    ]
    return list(dict.fromkeys(found))


def check_all_versions(config: Mapping[str, Any], **facts: Any) -> tuple[list[Finding], list[str]]:
    """Check a config against every Axolotl version with a vendored schema.

    Args:
        config: the config as plain values.
        facts: see `check_axolotl`.

    Returns:
        As findings what every version has against the config, as notes what only some have.
    """
    broken = broken_rules("axolotl", config)
    found = {version: check_axolotl(config, version=version, broken=broken, **facts) for version in axolotl_versions()}
    common = set.intersection(*({finding.path for finding in findings} for findings in found.values()))
    errors = [finding for finding in next(iter(found.values())) if finding.path in common]
    notes = [
        f"axolotl {version}: {finding.message}"
        for version, findings in found.items()
        for finding in findings
        if finding.path not in common
    ]
    return errors, notes


@cache
def axolotl_schema(version: str) -> dict[str, Any]:
    """The vendored schema of a trainer version.

    Raises:
        RecipeError: no schema of that version is shipped.
    """
    path = shipped_file(_VENDOR, f"axolotl-{version}", "trainer version", _SUFFIX)
    schema: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return schema


@cache
def _validator(version: str) -> Validator:
    return trainer_validator(axolotl_schema(version))


def _class_name(dotpath: object) -> str:
    return str(dotpath).rpartition(".")[2]


def _plugins(config: Mapping[str, Any]) -> list[str]:
    plugins = config.get("plugins")
    return [str(plugin) for plugin in plugins] if isinstance(plugins, list) else []


class _KeyHints:
    """What to say about a key that does not exist where it was written."""

    def __init__(self, config: Mapping[str, Any], schema: dict[str, Any]):
        self._root = schema["properties"]
        self._version = schema["x-version"]
        self._homes = {name: _keys_within(self._root[name], schema) for name in _HOMES}
        known = {_class_name(plugin) for plugin in schema["x-plugins"]}
        self._foreign_plugin = any(_class_name(plugin) not in known for plugin in _plugins(config))

    def __call__(self, path: KeyPath, allowed: list[str]) -> str | None:
        key = str(path[-1])
        if len(path) > 1 and key in self._root:
            return "; it belongs at the top level"
        if len(path) == 1:
            homes = [name for name, keys in self._homes.items() if key in keys]
            if homes:
                return f"; it belongs under '{homes[0]}'"
        near = did_you_mean(key, allowed)
        if near:
            return near
        # A plugin of the user's own may add top-level keys that no snapshot knows.
        if len(path) == 1 and self._foreign_plugin:
            return None
        if len(allowed) <= 12:
            return f"; the keys here are {', '.join(sorted(allowed))}"
        return f"; axolotl {self._version} has no such key: remove it, or look up its name in the documentation"


def _keys_within(value: Mapping[str, Any], schema: Mapping[str, Any]) -> set[str]:
    branches = [value.get("items", value), *value.get("anyOf", [])]
    names = [str(branch["$ref"]).rpartition("/")[2] for branch in branches if "$ref" in branch]
    return {key for name in names for key in schema["$defs"][name]["properties"]}


def _plugin_findings(config: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[Finding]:
    given = {_class_name(plugin) for plugin in _plugins(config)}
    for key, value in config.items():
        needed = schema["properties"].get(key, {}).get("x-plugin")
        if needed and value not in (None, False) and _class_name(needed) not in given:
            message = f"'{key}' does nothing without its plugin; add {needed} to 'plugins'"
            yield Finding((key,), message, ("plugins",))
    known = {_class_name(plugin) for plugin in schema["x-plugins"]}
    for index, plugin in enumerate(_plugins(config)):
        near = did_you_mean(plugin, schema["x-plugins"])
        if near and plugin.startswith("axolotl.integrations.") and _class_name(plugin) not in known:
            yield Finding(("plugins", index), f"unknown plugin '{plugin}'{near}")


def _model_findings(
    config: Mapping[str, Any], decoder_layer: str | None, max_positions: int | None
) -> Iterator[Finding]:
    fsdp = config.get("fsdp_config")
    for key in ("transformer_layer_cls_to_wrap", "fsdp_transformer_layer_cls_to_wrap"):
        wrapped = fsdp.get(key) if isinstance(fsdp, Mapping) else None
        if decoder_layer and isinstance(wrapped, str) and decoder_layer not in wrapped.replace(" ", "").split(","):
            cure = f"this model's decoder layer is {decoder_layer}; write {decoder_layer}"
            yield Finding(("fsdp_config", key), f"'{key}' is '{wrapped}', but {cure}")
    length = as_number(config.get("sequence_len"))
    if length and max_positions and length > max_positions:
        cure = f"this model takes {max_positions} tokens; write {max_positions} or less"
        yield Finding(("sequence_len",), f"'sequence_len' is {quoted(config['sequence_len'])}, but {cure}")


def _deepspeed_findings(config: Mapping[str, Any], places: Places | None) -> Iterator[Finding]:
    name = config.get("deepspeed")
    if places is not None and isinstance(name, str) and name and not places.find(name).is_file():
        cure = "write that file, or correct the name"
        yield Finding(("deepspeed",), f"'deepspeed' names '{name}', which is not there{places.searched}; {cure}")


def _batch_findings(
    config: Mapping[str, Any], world_size: int | None, global_batch_size: int | None
) -> Iterator[Finding]:
    keys = ("micro_batch_size", "gradient_accumulation_steps", "context_parallel_size", "tensor_parallel_size")
    numbers = [as_number(config.get(key) or 1) for key in keys]
    whole = [int(number) for number in numbers if number is not None and number % 1 == 0]
    if not world_size or not global_batch_size or config.get("batch_size") or len(whole) < len(keys):
        return
    micro, accumulate, *shards = whole
    # GPUs that share a sequence or a layer see the same samples.
    replicas = max(1, world_size // (shards[0] * shards[1]))
    if micro * accumulate * replicas == global_batch_size:
        return
    steps, rest = divmod(global_batch_size, micro * replicas)
    cure = "change 'micro_batch_size' or the number of GPUs" if rest else f"set gradient_accumulation_steps: {steps}"
    yield Finding(
        ("gradient_accumulation_steps",),
        f"{micro} (micro_batch_size) x {accumulate} (gradient_accumulation_steps) x {replicas} (GPUs) makes a batch of "
        f"{micro * accumulate * replicas}, not {global_batch_size}; {cure}",
        ("micro_batch_size",) if rest else (),
    )
