"""JSON Schema checks whose messages name the key, the fault and the cure. The jsonschema library finds the faults."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Any

from cgd_recipes.errors import Finding, KeyPath, did_you_mean, dotted
from cgd_recipes.files.shipped import shipped_file
from cgd_recipes.files.validators import EXACT, LIMITS, as_number, make_whole, strict_validator, type_names

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

# What to add to "unknown key 'x'", given its path and the keys allowed beside it; None lets the key pass.
Hint = Callable[[KeyPath, list[str]], str | None]

_TYPES = {"object": "a mapping", "array": "a list", "string": "text", "boolean": "true or false", "null": "null"}
_TYPES |= {"integer": "a whole number", "number": "a number"}
# What YAML 1.1 would have read: there, `yes` and `off` are true and false.
_BOOLEANS = dict.fromkeys(("yes", "on", "true"), "; write true")
_BOOLEANS |= dict.fromkeys(("no", "off", "false"), "; write false")
# So many choices are listed even where the nearest of them can be named.
_FEW = 6
_MAX_UNKNOWN = 100
"""Unknown keys of one mapping that are named: to search the nearest key for each takes a while."""


@cache
def load_schema(name: str) -> dict[str, Any]:
    """A shipped JSON Schema by name (`recipe`, `family`, `method`, `row` ...).

    Raises:
        RecipeError: no schema of that name.
    """
    path = shipped_file("schemas", name, "schema", ".schema.json")
    schema: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return schema


def check_schema(value: Any, name: str) -> list[Finding]:
    """Every way in which a value differs from a shipped schema; see `check_against`.

    Args:
        value: plain Python value as YAML or JSON gives it; see `read_whole_numbers` for what becomes of 8.0.
        name: the schema, see `load_schema`.

    Raises:
        RecipeError: no schema of that name.
    """
    validator = _shipped_validator(name)
    errors = list(validator.iter_errors(value))
    if make_whole(value, errors):
        errors = list(validator.iter_errors(value))
    return _all_findings(errors, _known_keys)


@cache
def _shipped_validator(name: str) -> Validator:
    return strict_validator(load_schema(name))


def _known_keys(path: KeyPath, allowed: list[str]) -> str:
    return did_you_mean(str(path[-1]), allowed) or f"; the keys here are {', '.join(sorted(allowed))}"


def check_against(value: Any, validator: Validator, hint: Hint = _known_keys) -> list[Finding]:
    """Every way in which a value differs from a validator's schema.

    Args:
        value: plain Python value.
        validator: one of the jsonschema library, such as `trainer_validator` gives.
        hint: what to say of unknown keys.

    Returns:
        Findings in the order of the schema's keywords; the path of a missing key ends in that key.
    """
    return _all_findings(validator.iter_errors(value), hint)


def _all_findings(errors: Iterable[Any], hint: Hint) -> list[Finding]:
    return list(dict.fromkeys(finding for error in errors for finding in _findings(error, hint)))


def _findings(error: Any, hint: Hint) -> Iterator[Finding]:
    path, found, wanted = tuple(error.absolute_path), error.instance, error.validator_value
    match error.validator:
        case "anyOf" | "oneOf" if error.context:
            yield from _union_findings(error, path, hint)
        case "additionalProperties" if wanted is False:
            known = list(error.schema.get("properties", ()))
            yield from _unknown_key_findings(path, [key for key in found if key not in known], known, hint)
        case "enum" if "propertyNames" in error.schema_path:
            yield from _unknown_key_findings(path, [found], wanted, hint)
        case "type" if not path:
            yield Finding(path, f"the file must be a mapping of keys to values, found {quoted(found)}")
        case "required":
            missing = [(*path, key) for key in wanted if key not in found]
            yield from (Finding(key, f"{_name(key)} is missing") for key in missing)
        case _:
            yield Finding(path, f"{_name(path)} {_fault(error)}")


def _unknown_key_findings(path: KeyPath, keys: Iterable[str], known: list[str], hint: Hint) -> Iterator[Finding]:
    named = 0
    for key in keys:
        if named == _MAX_UNKNOWN:
            yield Finding((*path, key), f"there may be more unknown keys here; the first {_MAX_UNKNOWN} are named")
            return
        advice = hint((*path, key), known)
        if advice is not None:
            named += 1
            yield Finding((*path, key), f"unknown key '{dotted((*path, key))}'{advice}")


def _union_findings(error: Any, path: KeyPath, hint: Hint) -> list[Finding]:
    branches = [list(children) for _, children in groupby(error.context, lambda child: child.schema_path[0])]
    outcomes = [_all_findings(children, hint) for children in branches]
    if not all(outcomes):
        return []
    if all(child.validator == "required" for child in error.context):
        ways = [" and ".join(f"'{missing.path[-1]}'" for missing in outcome) for outcome in outcomes]
        return [Finding(path, f"{_name(path)} lacks {', or '.join(ways)}")]
    # The branch that got further than its first look at the value is the one that the user meant.
    further = [outcome for outcome in outcomes if outcome[0].path != path]
    if further:
        return min(further, key=len)
    types = [name for child in error.context if child.validator == "type" for name in type_names(child.validator_value)]
    enums = [child for child in error.context if child.validator == "enum"]
    if not types and not enums:
        return outcomes[0]
    types = list(dict.fromkeys(types))
    fault = _enum_fault(enums[0], types) if enums else _type_fault(types, error.instance)
    return [Finding(path, f"{_name(path)} {fault}")]


def _name(path: KeyPath) -> str:
    return f"'{dotted(path)}'" if path else "the file"


def _fault(error: Any) -> str:
    found, wanted = error.instance, error.validator_value
    match error.validator:
        case "pattern" if as_number(found) is not None and "integer" in type_names(error.schema.get("type", [])):
            return _type_fault(["integer"], found)
        case "type":
            return _type_fault(type_names(wanted), found)
        case "enum" | "const":
            return _enum_fault(error)
        case "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum":
            return f"must be {LIMITS[error.validator]} {wanted}, found {quoted(found)}"
        case "multipleOf" if wanted == 1:
            return _type_fault(["integer"], found)
        case "minItems" | "minProperties" | "maxItems":
            return f"has {len(found)} entries; give it at {'least' if len(found) < wanted else 'most'} {wanted}"
        case "minLength":
            return "must not be empty" if wanted == 1 else f"is too short; give it at least {wanted} characters"
        case "pattern" if error.schema.get("writeOnly"):  # what stands there may be a secret
            return f"must match {wanted}: {error.schema['description']}"
        case "pattern":
            return f"must match {wanted}, found {quoted(found)}"
    return f"is wrong: {error.message}"


def _type_fault(types: list[str], value: Any) -> str:
    number, cure = as_number(value), ""
    if value is None:
        cure = "; give it a value, or remove the key"
    elif types == ["array"] and not isinstance(value, bool):
        cure = "; begin the entry with '- '" if isinstance(value, Mapping) else f"; write [{value}]"
    elif "boolean" in types and str(value).lower() in _BOOLEANS:
        cure = _BOOLEANS[str(value).lower()]
    elif "object" in types:
        cure = "; write its keys below it, each with a value"
    elif number is not None and ("number" in types or ("integer" in types and number % 1 == 0)):
        exact = f"; write {number:.0f}" if abs(number) <= EXACT else ""
        cure = f"; write {value} without quotes" if isinstance(value, str) else exact
    return f"must be {' or '.join(_TYPES[name] for name in types)}, found {quoted(value)}{cure}"


def _enum_fault(error: Any, types: Iterable[str] = ()) -> str:
    choices = error.validator_value if error.validator == "enum" else [error.validator_value]
    value, aliases = error.instance, error.schema.get("x-aliases", {})
    meant = {**aliases, **{choice: choice for choice in choices if isinstance(choice, str)}}
    nearest = difflib.get_close_matches(value, meant, n=1) if isinstance(value, str) else []
    cure = f"; did you mean '{meant[nearest[0]]}'?" if nearest else ""
    if True in choices and not nearest:
        cure = _BOOLEANS.get(str(value).lower(), "")
    listed = [*(quoted(choice) for choice in choices if choice is not None), *(_TYPES[name] for name in types)]
    if nearest and len(listed) > _FEW:
        return f"cannot be {quoted(value)}{cure}"
    return f"must be {'one of ' if len(listed) > 1 else ''}{', '.join(listed)}; found {quoted(value)}{cure}"


def quoted(value: object) -> str:
    """Write a value as a user would: 'text', true, nothing, 3, [1, 2]."""
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return f"'{value}'" if len(value) <= 60 else f"'{value[:57]}...'"
    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."


def describe(value: Any) -> str:
    """A short name of a value for messages: `text 'two'`, `a list`, `5`."""
    if isinstance(value, Mapping | list):
        return "a mapping" if isinstance(value, Mapping) else "a list"
    if isinstance(value, str):
        return f"text {quoted(value)}"
    if isinstance(value, float):
        return f"{value:g}"
    return "nothing (null)" if value is None else quoted(value)
