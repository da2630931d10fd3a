"""YAML out, so that readers of YAML 1.1 and of YAML 1.2 agree with us."""

from __future__ import annotations

import re
from functools import lru_cache
from io import StringIO
from typing import Any

import yaml

from cgd_recipes.errors import user_error

_SURROGATE = re.compile("[\ud800-\udfff]")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")
_LONGEST_REMEMBERED = 200


class _Dumper(yaml.SafeDumper):
    """Block style, lists indented, multi-line text as `|` blocks."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def analyze_scalar(self, scalar: str) -> Any:
        return _analysis(scalar) if len(scalar) <= _LONGEST_REMEMBERED else super().analyze_scalar(scalar)

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
        is_short = kind is yaml.ScalarNode and len(value) <= _LONGEST_REMEMBERED
        return _tag(value, implicit) if is_short else super().resolve(kind, value, implicit)  # type: ignore[no-untyped-call]


@lru_cache(maxsize=4096)
def _analysis(scalar: str) -> Any:
    """How a text can be written. It takes a fifth of the time of writing a file, and the same keys and values come again."""
    return yaml.SafeDumper(StringIO(), allow_unicode=True).analyze_scalar(scalar)


@lru_cache(maxsize=4096)
def _tag(value: str, implicit: tuple[bool, bool]) -> Any:
    return yaml.SafeDumper(StringIO()).resolve(yaml.ScalarNode, value, implicit)  # type: ignore[no-untyped-call]


def _check_encodable(text: str) -> None:
    if not text.isascii() and _SURROGATE.search(text):
        raise user_error(text, "holds a name that is not UTF-8, which no file of ours can; rename that file or folder")


def _represent_text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    _check_encodable(text)
    style = "|" if "\n" in text else "'" if _NUMBER.match(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)


def dump_yaml(value: Any) -> str:
    """YAML text that YAML 1.1 and 1.2 readers read back alike (`1.0e-06`, quoted `'no'`), keys in given order."""
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


def yaml_text(text: str) -> str:
    """Text as YAML in double quotes, on one line and in ASCII. JSON's escapes of characters past U+FFFF are none of YAML's.

    Raises:
        RecipeError: it holds bytes that are not UTF-8.
    """
    _check_encodable(text)
    dumped: str = yaml.dump(text, Dumper=yaml.SafeDumper, default_style='"', width=float("inf"))
    return dumped.removesuffix("\n")
