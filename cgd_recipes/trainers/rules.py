"""Rules about a trainer's config that take more than one key, or more than a type: `schemas/vendor/<trainer>.rules.yaml`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from cgd_recipes.errors import Finding, KeyPath
from cgd_recipes.files.schema import quoted
from cgd_recipes.files.shipped import data_root
from cgd_recipes.files.validators import trainer_validator
from cgd_recipes.files.yaml import read_yaml

if TYPE_CHECKING:
    from jsonschema.protocols import Validator


@cache
def rule_file(trainer: str) -> dict[str, Any]:
    """What a trainer's rules file holds."""
    values: dict[str, Any] = read_yaml(data_root() / "schemas" / "vendor" / f"{trainer}.rules.yaml").value
    return values


@cache
def _rules(trainer: str) -> list[tuple[dict[str, Any], Validator]]:
    """The rules, each with a validator that a wrong config passes."""
    values = rule_file(trainer)
    # Made from the whole file, where the `$defs` are.
    validator = trainer_validator(values)
    return [(rule, validator.evolve(schema=rule["when"])) for rule in values["rules"]]


class Broken(NamedTuple):
    """A rule that a config breaks.

    Attributes:
        rule: as the file has it.
        finding: what to say.
    """

    rule: dict[str, Any]
    finding: Finding

    def is_about(self, facts: Mapping[str, str], *, notes: bool = False) -> bool:
        """Whether the rule is about a config.

        Args:
            facts: key of a rule that lists what it is about -> what this config is; a rule without the key is about all.
            notes: take what a user should know, in place of mistakes.
        """
        about = self.rule
        return about.get("note", False) == notes and all(fact in about.get(key, [fact]) for key, fact in facts.items())


def broken_rules(trainer: str, config: Mapping[str, Any]) -> list[Broken]:
    """All rules of a trainer that a config breaks, whatever they are about, so that several versions need one look.

    Args:
        trainer: whose rules.
        config: the config as plain values.
    """
    broken = []
    for rule, condition in _rules(trainer):
        needed = rule["when"].get("required", ())
        for path, value in _subjects(config, rule.get("each")):
            # Most rules are about keys that a config does not have; to look for these first takes a tenth of the time.
            if all(key in value for key in needed) and condition.is_valid(value):
                at = (*path, *rule["at"].split("."))
                message = rule["message"].replace("{value}", quoted(_value_at(config, at)))
                broken.append(Broken(rule, Finding(at, message, tuple(rule.get("related", ())))))
    return broken


def _subjects(config: Mapping[str, Any], each: list[str] | None) -> Iterator[tuple[KeyPath, Any]]:
    if each is None:
        yield (), config
    for key in each or []:
        entries = config.get(key)
        if isinstance(entries, list):
            yield from (((key, index), entry) for index, entry in enumerate(entries) if isinstance(entry, Mapping))


def _value_at(config: Any, path: KeyPath) -> Any:
    for part in path:
        if isinstance(config, Mapping):
            config = config.get(str(part))
        else:
            config = config[part] if isinstance(config, list) and isinstance(part, int) else None
    return config
