r"""Functions that are given by cases, in `\begin{cases}`, compared by value: at every edge of a case, beside it, between and beyond.

Conditions are sets of real numbers of one name, "otherwise", or even and odd; with the last the name is a whole number.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple

from cgd_recipes.grading.notation.clean import ROW
from cgd_recipes.grading.values.realset import INFINITY, real_set

NAME = r"(?P<name>\\?[A-Za-z](?:_\{?\w+\}?)?(?:\([A-Za-z]\))?)"
CASES = re.compile(rf"^(?:{NAME}\s*=\s*)?\\begin\s*\{{d?cases\}}(?P<body>.*)\\end\s*\{{d?cases\}}$")
NAMED = re.compile(rf"^{NAME}\s*=\s*(?P<rest>[^=]+)$")
WORDS = re.compile(
    r"^\s*(?:\\text\s*\{\s*(?:,\s*)?(?:if|for|when|where)\s*\}|(?:if|for|when|where)(?![A-Za-z]))\s*|[\s,;.]+$",
    re.IGNORECASE,
)
OTHERWISE = re.compile(r"(?:otherwise|else|in all other cases|elsewhere)", re.IGNORECASE)
PARITY = re.compile(
    r"(?P<name>[A-Za-z])\s*(?:(?:is\s+)?(?P<word>even|odd)|\\equiv\s*(?P<value>[01])\s*\\pmod\s*\{?\s*2\s*\}?)|(?P<word2>even|odd)\s+(?P<name2>[A-Za-z])",
    re.IGNORECASE,
)
FAR = tuple(Fraction(text) for text in ("1/1000", "1/3", "7/5", "3", "17/3", "29", "1000"))
WHOLE = tuple(Fraction(whole) for whole in range(1, 61))
MAX_CASES, MAX_EDGES = 10, 20


class Case(NamedTuple):
    """A value and when it counts.

    Args:
        value: a parsed expression.
        holds: whether it counts for a number; None for "otherwise".
        edges: where that changes.
        parity: it counts for even or for odd numbers.
    """

    value: Any
    holds: Callable[[Fraction], bool] | None = None
    edges: tuple[Fraction, ...] = ()
    parity: bool = False


class Function(NamedTuple):
    """A function by cases.

    Args:
        called: what the text calls it; "" where it does not.
        cases: in order.
        variables: names in values and conditions.
    """

    called: str
    cases: tuple[Case, ...]
    variables: frozenset[str]


def same_piecewise(gold: str, answer: str) -> bool | None:
    """Whether two cleaned texts, at least one of them in cases, are the same function of one name; None for anything else."""
    if "cases}" not in gold and "cases}" not in answer:
        return None
    left, right = function(gold), function(answer)
    if left is None or right is None or len(left.variables | right.variables) != 1:
        return None
    if left.called and right.called and left.called != right.called:
        return False
    return _agree(left, right)


def function(text: str) -> Function | None:
    """The function that a cleaned text gives, in cases or as one expression; None where it cannot be read."""
    match = CASES.match(text)
    if match is None:
        named = NAMED.match(text)
        value = _parsed(named["rest"] if named else text)
        names = frozenset(map(str, value.free_symbols)) if value is not None else frozenset()
        return Function(named["name"] if named else "", (Case(value),), names) if value is not None else None
    rows = [row for row in match["body"].split(ROW) if row.strip()]
    cases: list[Case] = []
    found: set[str] = set()
    for row in rows[: MAX_CASES + 1]:
        value_text, _, condition = row.partition("&")
        value = _parsed(WORDS.sub("", value_text))
        known = _condition(condition)
        if value is None or known is None:
            return None
        found |= {*map(str, value.free_symbols), *known[1]}
        cases.append(known[0]._replace(value=value))
    return Function(match["name"] or "", tuple(cases), frozenset(found)) if 0 < len(cases) <= MAX_CASES else None


def _parsed(text: str) -> Any | None:
    from cgd_recipes.grading.values.symbolic import libraries, parse

    value = parse(text.strip())
    return value if isinstance(value, libraries()[0].Expr) and not value.is_Matrix else None


def _condition(text: str) -> tuple[Case, set[str]] | None:
    """When a case counts, without its value, and the names of that."""
    text = WORDS.sub("", WORDS.sub("", text.strip()))
    plain = re.sub(r"\\text\s*\{([^{}]*)\}", r" \1 ", text).strip()
    if OTHERWISE.fullmatch(plain):
        return Case(None), set()
    if match := PARITY.fullmatch(re.sub(r"^(?:if|for|when)\s+", "", re.sub(r"\s+", " ", plain))):
        word = (match["word"] or match["word2"] or "").lower()
        rest = int(match["value"] if match["value"] else word == "odd")
        return Case(None, lambda x: x % 2 == rest, (), True), {match["name"] or match["name2"]}
    found = real_set(text)
    if found is None or found.name is None or len(found.edges) > MAX_EDGES:
        return None
    return Case(None, found.contains, tuple(edge for edge in found.edges if abs(edge) < INFINITY)), {found.name}


def _agree(left: Function, right: Function) -> bool | None:
    from cgd_recipes.grading.values.evaluate import UnknownError

    seen = 0
    for place in _places(left, right):
        try:
            wanted, given = (value_of(each, place) for each in (left, right))
        except UnknownError:
            return None
        if (wanted is None) != (given is None):
            return False
        if wanted is None or given is None:
            continue
        if not _near(wanted, given):
            return False
        seen += 1
    return True if seen >= len(FAR) else None


def _near(left: Any, right: Any) -> bool:
    from cgd_recipes.grading.values.equal import DIGITS, near

    return near(left, right, DIGITS)


def _places(left: Function, right: Function) -> list[Fraction]:
    """Where two functions are compared: whole numbers where they ask for even and odd ones."""
    from cgd_recipes.grading.values.points import points

    cases = (*left.cases, *right.cases)
    if any(case.parity for case in cases):
        return list(WHOLE)
    edges = {edge for case in cases for edge in case.edges}
    for first in left.cases:
        for second in right.cases:
            for point in points(first.value, second.value):
                edges |= set(point.values.values())
    ordered = sorted(edges or {Fraction(0)})
    between = [
        low + (high - low) * part
        for low, high in pairwise(ordered)
        for part in (Fraction(1, 7), Fraction(1, 2), Fraction(9, 11))
    ]
    return [*ordered, *between, *(ordered[0] - step for step in FAR), *(ordered[-1] + step for step in FAR)]


def value_of(function: Function, place: Fraction) -> Any | None:
    """The value of a function at a place, None for none.

    Raises:
        UnknownError: two cases give different values, or one cannot be computed.
    """
    import mpmath

    from cgd_recipes.grading.values.equal import DIGITS, SLACK
    from cgd_recipes.grading.values.evaluate import UndefinedError, UnknownError, value_at

    counting = [case for case in function.cases if case.holds and case.holds(place)]
    found = []
    for case in counting or [case for case in function.cases if case.holds is None]:
        with mpmath.workdps(DIGITS + SLACK):
            try:
                found.append(value_at(case.value, dict.fromkeys(case.value.free_symbols, place), complex_numbers=False))
            except UndefinedError:
                found.append(None)
    if not found:
        return None
    if any(
        (each is None) != (found[0] is None) or (each is not None and not _near(each, found[0])) for each in found[1:]
    ):
        raise UnknownError
    return found[0]
