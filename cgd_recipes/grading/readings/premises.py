r"""Premises of a conclusion, which must be true for the value that it gives: `3x = 15 \implies x = 5`. Used by `chains`."""

from __future__ import annotations

import re
from typing import Any

from cgd_recipes.grading.notation.structure import signs, split_top
from cgd_recipes.grading.values.single import LETTER
from cgd_recipes.grading.values.symbolic import parse

MAX_STATEMENTS, NEARLY = 6, 1e-12
RELATION = re.compile(r"(<|>|=|\u2264|\u2265|\\(?:leq?|geq?|lt|gt)(?![A-Za-z]))")
LESS, GREATER, EQUAL = r"<|\u2264|\\l", r">|\u2265|\\g", r"=|\u2264|\u2265|\\[lg]e"
GIVEN = re.compile(r"\s*(?P<name>\\?[A-Za-z](?:_(?:\w|\{\w+\}))?|\\text\s*\{[A-Za-z ]{1,40}\})\s*=(?P<value>[^=]+)")


def follows(before: list[str], last: str) -> bool:
    """Whether all premises, and the conclusion, are true for the values that one of the two gives to names."""
    premises = [part for each in before for part in split_top(each.strip(" ,;")) if part.strip()]
    cases = [{}] if not (given := GIVEN.fullmatch(last)) else _cases(given)
    if not given:
        cases = [{match["name"]: match["value"] for part in premises if (match := GIVEN.fullmatch(part))}]
    statements = premises if given else [*premises, last]
    return len(statements) <= MAX_STATEMENTS and all(_holds(each, case) for each in statements for case in cases)


def _cases(given: re.Match[str]) -> list[dict[str, str]]:
    """The value of a name, or its two values behind a sign for both."""
    values = signs(given["value"]) if r"\pm" in given["value"] else [given["value"]]
    return [{given["name"]: value} for value in values]


def _holds(statement: str, values: dict[str, str]) -> bool:
    """Whether a chain of relations is true with values for its names; not if that cannot be told."""
    text = LETTER.sub(lambda match: f"({values[match[0]]})" if match[0] in values else match[0], statement)
    first, *rest = RELATION.split(text)
    numbers = [_number(each) for each in (first, *rest[1::2])]
    if len(numbers) < 2 or None in numbers:
        return False
    return all(_is_so(*each) for each in zip(numbers, rest[::2], numbers[1:], strict=False))


def _is_so(left: Any, sign: str, right: Any) -> bool:
    if abs(left - right) <= NEARLY * max(1, abs(left)):
        return re.match(EQUAL, sign) is not None
    return re.match(LESS if left < right else GREATER, sign) is not None


def _number(text: str) -> Any:
    """The value of an expression without names, or None."""
    from cgd_recipes.grading.values.evaluate import UndefinedError, UnknownError, number, value_at  # costs time

    parsed = parse(text.strip()) if text.strip() else None
    if parsed is None or getattr(parsed, "free_symbols", True) or not getattr(parsed, "is_number", False):
        return None
    try:
        return number(value_at(parsed, {}, complex_numbers=False))
    except (UndefinedError, UnknownError):
        return None
