"""Everything wrong with a TRL config, with the key and its line, which TRL itself does not tell.

Facts come from schemas/vendor: a snapshot of TRL's argument classes, and trl.rules.yaml for what depends on more than one
key, for keys of earlier versions, and for what TRL does without a word.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from cgd_recipes.errors import Finding, KeyPath, did_you_mean
from cgd_recipes.files.schema import check_against
from cgd_recipes.files.shipped import data_root
from cgd_recipes.files.validators import trainer_validator
from cgd_recipes.trainers.places import Places
from cgd_recipes.trainers.protocol import Checked
from cgd_recipes.trainers.rules import broken_rules, rule_file

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

VERSION = "1.16.0"
"""The version of TRL that the snapshot is of."""
_FILES = ("deepspeed", "chat_template_path", "fsdp_config", "accelerate_config")
"""Keys that name a file, or something else."""


@cache
def trl_snapshot() -> dict[str, Any]:
    """The vendored snapshot."""
    path = data_root() / "schemas" / "vendor" / f"trl-{VERSION}.schema.json"
    values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return values


@cache
def command_schema(command: str) -> dict[str, Any]:
    """What a file for a command of TRL may hold, without the arguments of `accelerate launch`."""
    snapshot = trl_snapshot()
    properties = {**snapshot["x-shared"], **snapshot["x-commands"][command]}
    return {"type": "object", "properties": properties, "additionalProperties": False}


@cache
def _validator(command: str) -> Validator:
    return trainer_validator(command_schema(command))


def likely_command(config: Mapping[str, Any]) -> str:
    """The command that a file is for: the first that knows most of its keys."""
    commands: list[str] = [*trl_snapshot()["x-commands"]]
    # In the snapshot they are sorted by name, and most files are for sft, then dpo; sdft is no command.
    commands.sort(key=lambda command: (command != "sft", command != "dpo", command == "sdft"))
    return min(commands, key=lambda command: len(set(config) - set(command_schema(command)["properties"])))


def check_trl(
    config: Mapping[str, Any],
    command: str,
    *,
    launches: bool,
    places: Places | None = None,
    rendered: Collection[str] = (),
) -> Checked:
    """Find all mistakes in a TRL config, without TRL.

    Args:
        config: the config as plain values.
        command: such as `sft`.
        launches: whether `trl COMMAND` starts it, which hands keys that it does not know to `accelerate launch`.
        places: where relative paths start; without it no file is looked for.
        rendered: names of files that need not be there yet.
    """
    known = trl_snapshot()["x-launch"] if launches else []
    own = {
        key: value for key, value in config.items() if key not in known or key in command_schema(command)["properties"]
    }
    broken, facts = broken_rules("trl", config), {"commands": command}
    findings = [
        *check_against(own, _validator(command), _key_hint(command)),
        *(one.finding for one in broken if one.is_about(facts)),
        *_file_findings(config, places, rendered),
    ]
    notes = [one.finding.message for one in broken if one.is_about(facts, notes=True)]
    return Checked(list(dict.fromkeys(findings)), notes)


def _key_hint(command: str) -> Any:
    earlier, snapshot = rule_file("trl")["earlier_keys"], trl_snapshot()

    def hint(path: KeyPath, allowed: list[str]) -> str:
        key = str(path[-1])
        if len(path) == 1 and key in earlier:
            return f"; {earlier[key]}"
        if len(path) == 1 and (near := did_you_mean(key, allowed)):
            return near
        others = [name for name, keys in snapshot["x-commands"].items() if key in keys]
        if len(path) == 1 and others:
            return f"; it is one of trl {', '.join(others)}, and this is a file for trl {command}"
        if len(path) > 1:
            return did_you_mean(key, allowed) or f"; the keys here are {', '.join(sorted(allowed))}"
        return f"; trl {VERSION} has no such key: remove it, or look up its name in the documentation"

    return hint


def named_files(config: Mapping[str, Any]) -> list[str]:
    """Names of files in a config."""
    return [name for _, name in _named(config)]


def _named(config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key in _FILES:
        # A chat template may also come from a model of the hub, an accelerate config from TRL.
        suffixes = (".jinja", ".j2") if key == "chat_template_path" else (".json", ".yaml", ".yml")
        name = config.get(key)
        if isinstance(name, str) and name.endswith(suffixes):
            yield key, name


def _file_findings(config: Mapping[str, Any], places: Places | None, rendered: Collection[str]) -> Iterator[Finding]:
    if places is None:
        return
    for key, name in _named(config):
        if name not in rendered and not places.find(name).is_file():
            cure = "write that file, or correct the name"
            yield Finding((key,), f"'{key}' names '{name}', which is not there{places.searched}; {cure}")
