"""Validators of the jsonschema library that read values as this package and as trainers do."""

from __future__ import annotations

import marshal
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from math import isfinite
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

LIMITS = {"minimum": "at least", "maximum": "at most", "exclusiveMinimum": "above", "exclusiveMaximum": "below"}
"""Keyword of a schema -> how to say it."""
EXACT = 2.0**53
"""Largest whole number up to which floats have no gaps."""
_REMEMBERED, _LONGEST_REMEMBERED = 20_000, 1_000
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", re.ASCII)


def strict_validator(schema: Mapping[str, Any]) -> Validator:
    """A validator to which 8.0 is no integer, and infinity no number; it remembers what is right, as `trainer_validator` does."""
    return _remembering_validator(_strict_class(), schema)


@cache
def _strict_class() -> Any:
    from jsonschema import Draft202012Validator, validators

    types = Draft202012Validator.TYPE_CHECKER.redefine_many(
        {"integer": lambda _, value: isinstance(value, int) and not isinstance(value, bool), "number": _is_finite}
    )
    return validators.extend(Draft202012Validator, {"pattern": _check_pattern}, type_checker=types)  # type: ignore[no-untyped-call]


def _is_finite(_: Any, value: object) -> bool:
    """Whether a value is a number that has a place among others: no bound keeps NaN out."""
    return (
        isinstance(value, int | float) and not isinstance(value, bool) and (isinstance(value, int) or isfinite(value))
    )


def _check_pattern(validator: Any, pattern: str, value: Any, schema: Any) -> Iterator[Any]:
    """`pattern` as JSON Schema means it: `$` is the end of the text, and not also the place before a last line break."""
    from jsonschema import ValidationError

    if isinstance(value, str) and not re.search(re.sub(r"(?<!\\)\$$", r"\\Z", pattern), value):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


def trainer_validator(schema: Mapping[str, Any]) -> Validator:
    """A validator that reads values as trainers do: text may spell a number, and null leaves a key unset.

    It remembers which values of the keys at the top are right: a config is checked before the data is read and after it, and
    what changes in between are a few of its keys.
    """
    return _remembering_validator(_trainer_class(), schema)


def _remembering_validator(kind: Any, schema: Mapping[str, Any]) -> Validator:
    from jsonschema import validators

    made = validators.extend(kind, {"properties": _remembering(schema)})  # type: ignore[no-untyped-call]
    validator: Validator = made(schema)
    return validator


def _remembering(root: Mapping[str, Any]) -> Callable[..., Iterator[Any]]:
    """The keyword `properties`, for which a value of a key of the root that was right once needs no second look."""
    right: set[tuple[str, bytes]] = set()

    def check(validator: Any, properties: Mapping[str, Any], value: Any, schema: Any) -> Iterator[Any]:
        if schema is not root or not validator.is_type(value, "object"):
            yield from _keyword("properties")(validator, properties, value, schema)
            return
        for name in [name for name in properties if name in value]:
            key = _fingerprint(name, value[name])
            if key in right:
                continue
            is_right = True
            for error in validator.descend(value[name], properties[name], path=name, schema_path=name):
                is_right = False
                yield error
            if is_right and key and len(right) < _REMEMBERED:
                right.add(key)

    return check


def _keyword(name: str) -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator.VALIDATORS[name]


def _fingerprint(name: str, value: Any) -> tuple[str, bytes] | None:
    """What tells a short value of a key from all others, of another type too; None for a long one, or one of no plain type."""
    try:
        dumped = marshal.dumps(value, 2)
    except ValueError:
        return None
    return (name, dumped) if len(dumped) <= _LONGEST_REMEMBERED else None


@cache
def _trainer_class() -> Any:
    from jsonschema import Draft202012Validator, validators

    keywords, types = Draft202012Validator.VALIDATORS, Draft202012Validator.TYPE_CHECKER

    def check_type(validator: Any, wanted: Any, value: Any, schema: Any) -> Iterator[Any]:
        for error in keywords["type"](validator, wanted, value, schema):
            # Nearly every key may be null, so a message need not say so.
            error.validator_value = [name for name in type_names(wanted) if name != "null"]
            yield error

    def of_number(keyword: str) -> Callable[..., Any]:
        return lambda validator, limit, value, schema: keywords[keyword](validator, limit, as_number(value), schema)

    def is_number(name: str) -> Callable[..., bool]:
        return lambda _, value: types.is_type(as_number(value), name)

    extended = {"type": check_type, "pattern": _check_pattern, **{keyword: of_number(keyword) for keyword in LIMITS}}
    lenient = types.redefine_many({name: is_number(name) for name in ("integer", "number")})
    return validators.extend(Draft202012Validator, extended, type_checker=lenient)  # type: ignore[no-untyped-call]


def as_number(value: object) -> float | None:
    """Read the number that a value is or spells: YAML 1.1 readers hand over `5e-6` as text."""
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return float(value)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def type_names(types: str | list[str]) -> list[str]:
    """What the keyword `type` of a schema allows, which is one name or several."""
    return [types] if isinstance(types, str) else types


def read_whole_numbers(value: dict[str, Any], schema: Mapping[str, Any]) -> None:
    """Make integers of whole numbers that are written as floats (8.0, 1e3), in place, where a schema wants integers.

    JSON Schema takes 8.0 for an integer; a shell, a seed or the name of a folder does not. A number that floats do not hold
    exactly stays, and is a mistake.
    """
    candidates = {name: below for name, below in value.items() if _holds_float(below)}
    if candidates:
        make_whole(value, _strict_class()(schema).iter_errors(candidates))


def _holds_float(value: Any) -> bool:
    if isinstance(value, dict | list):
        return any(map(_holds_float, value.values() if isinstance(value, dict) else value))
    return isinstance(value, float)


def make_whole(value: Any, errors: Iterable[Any]) -> bool:
    """Do what `read_whole_numbers` says where errors of a strict validator ask for it; tells whether one did."""
    changed = False
    for error in _with_branches(errors):
        number, path = error.instance, list(error.absolute_path)
        wanted = error.validator == "type" and "integer" in type_names(error.validator_value)
        if path and wanted and isinstance(number, float) and number.is_integer() and abs(number) <= EXACT:
            holder = value
            for part in path[:-1]:
                holder = holder[part]
            holder[path[-1]] = int(number)
            changed = True
    return changed


def _with_branches(errors: Iterable[Any]) -> Iterator[Any]:
    for error in list(errors):
        yield error
        yield from _with_branches(error.context or ())
