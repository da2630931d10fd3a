"""References between the values of a torchtune config, which OmegaConf replaces: `${key}`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from cgd_recipes.errors import Finding, did_you_mean, dotted
from cgd_recipes.trainers.torchtune.components import Path_, Unknown

_REFERENCE = re.compile(r"(?<!\\)\$\{([^${}]*)\}")
_MOST = 200_000
"""Values and characters that all references of a config may make; one that names another twice doubles it."""
_LONGEST_CHAIN = 50


def resolve(config: Mapping[str, Any]) -> tuple[dict[str, Any], list[Finding], set[str]]:
    """Replace `${key}` references by the values they name.

    Returns:
        The values (`Unknown` where only the trainer can tell), a finding for each reference to nothing, and the
        top-level keys that are referred to.
    """
    resolver = _Resolver(config)
    return resolver.value_of(config, (), ()), resolver.findings, resolver.referenced


class _Resolver:
    def __init__(self, config: Mapping[str, Any]):
        self._config = config
        self.findings: list[Finding] = []
        self.referenced: set[str] = set()
        self._made = 0

    def value_of(self, value: Any, path: Path_, seen: tuple[str, ...]) -> Any:
        """A value with its references replaced.

        Args:
            value: it.
            path: where the user wrote the first of the references that led here.
            seen: names of these references.
        """
        self._made += 1 if seen else 0
        if isinstance(value, Mapping):
            return {str(key): self.value_of(below, (*path, str(key)), seen) for key, below in value.items()}
        if isinstance(value, list):
            return [self.value_of(below, (*path, index), seen) for index, below in enumerate(value)]
        if not isinstance(value, str) or not (found := _REFERENCE.findall(value)):
            return value
        parts = [self._target_of(name, path, seen) for name in found]
        if any(isinstance(part, Unknown) for part in parts):
            return Unknown()
        if len(found) == 1 and value == f"${{{found[0]}}}":
            return parts[0]
        texts = iter(parts)
        text = _REFERENCE.sub(lambda _: str(next(texts)), value)
        self._made += len(text)
        return text

    def _target_of(self, name: str, path: Path_, seen: tuple[str, ...]) -> Any:
        # `oc.env:` and other resolvers run in the trainer; relative references are rare enough to leave to it.
        if ":" in name or name.startswith("."):
            return Unknown()
        if self._made > _MOST:
            return Unknown()
        target: Any = self._config
        for key in name.split("."):
            if not isinstance(target, Mapping) or key not in target:
                hint = did_you_mean(name, self._config)
                return self._unknown(path, f"refers to '{name}', which is not there{hint}")
            target = target[key]
        self.referenced.add(name.split(".")[0])
        if name in seen:
            return self._unknown(path, f"refers to itself through '{name}'")
        if len(seen) == _LONGEST_CHAIN:
            return self._unknown(path, f"leads through more than {_LONGEST_CHAIN} references")
        found = self.value_of(target, path, (*seen, name))
        if self._made > _MOST and not seen:
            return self._unknown(path, f"refers to '{name}', which becomes too large")
        return found

    def _unknown(self, path: Path_, message: str) -> Unknown:
        self.findings.append(Finding(path, f"'{dotted(path)}' {message}"))
        return Unknown()
