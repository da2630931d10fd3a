r"""Sets of real numbers, however they are written: intervals, unions, differences, inequalities, set-builders.

A set is what it says of every number, and the numbers at which that can change; two are the same when they say the same at these
numbers, between them and beyond them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from cgd_recipes.grading.notation.clean import AND, CLOSE_SET, OPEN_SET, OR
from cgd_recipes.grading.notation.number import as_number
from cgd_recipes.grading.notation.structure import enclosed, split_top

INFINITY = Fraction(10**400)
# Of an irrational end.
PLACES = 45
VARIABLE = r"(?:\\?[A-Za-z]+(?:_\{?\w+\}?)?(?:\s*\(\s*\\?[A-Za-z]+\s*\))?'?|\|\s*\\?[A-Za-z]+(?:_\{?\w+\}?)?\s*\|)"
IS_VARIABLE = re.compile(rf"\s*{VARIABLE}\s*")
MEMBER = re.compile(rf"^\s*(?P<name>{VARIABLE})\s*\\in(?![A-Za-z])\s*(?P<set>.+)$")
BUILDER = re.compile(
    rf"^\s*(?P<name>{VARIABLE})\s*(?:\\in(?![A-Za-z])\s*(?P<domain>(?:\\mathbb\s*\{{?\s*R\s*\}}?|\\R)(?:\s*[_^]\s*(?:\{{[^{{}}]*\}}|[+-]))?))?\s*(?:\\mid(?![A-Za-z])|:|\|)(?P<condition>.+)$"
)
EQUAL = re.compile(rf"^\s*(?P<name>{VARIABLE})\s*=\s*(?P<value>[^=]+)$")
REALS = re.compile(
    r"^\s*(?:\\mathbb\s*\{?\s*R\s*\}?|\\R|\\Reals?|\\text\s*\{\s*(?:all\s+)?real(?:s|\s+numbers)\s*\}|(?:all\s+)?real(?:s|\s+numbers))\s*(?P<sign>[_^]\s*\{?\s*(?:[+-]|(?:>|<|\\ge|\\le)\s*0)\s*\}?)?\s*$"
)
EMPTY = re.compile(r"^\s*(?:\\emptyset|\\varnothing|⦃\s*⦄)\s*$")
OPERATOR = re.compile(r"\\(?:le|ge|ne|neq)(?![A-Za-z])|<|>|≠")
LOOKS = re.compile(r"\\(?:cup|cap|setminus|backslash|in|mathbb|le|ge|ne|neq|mid)(?![A-Za-z])|[<>≠]|^\s*\]|\[\s*$")
# `0 < x < 36 \text{ with } x \ne 9`, `0 < x < 36 \text{ except } x = 9`
WORD_AND = re.compile(
    r"\\text\s*\{\s*,?\s*(?:with|but|and|where|provided(?:\s+that)?)\s*\}|(?<![A-Za-z\\])(?:with|but|where)(?![A-Za-z])"
)
EXCEPT = re.compile(
    r"(?P<whole>.+?)[\s,]*(?:\\text\s*\{\s*,?\s*)?(?<![A-Za-z])(?:except|excluding|other\s+than|apart\s+from)(?:\s+(?:for|at|when))?(?![A-Za-z])\s*\}?"
    r"\s*(?:[a-z]\s*=\s*)?(?P<but>[^=<>]+)$"
)
HOLDS: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "<": lambda a, b: a < b, ">": lambda a, b: a > b, r"\le": lambda a, b: a <= b, r"\ge": lambda a, b: a >= b,
    r"\ne": lambda a, b: a != b, r"\neq": lambda a, b: a != b, "≠": lambda a, b: a != b,
}  # fmt: skip
# \mathbb{R}^+, \mathbb{R}_{\ge 0}
HALVES = {"+": HOLDS[">"], ">": HOLDS[">"], r"\ge": HOLDS[r"\ge"], r"\le": HOLDS[r"\le"]}


class RealSet(NamedTuple):
    """A set of real numbers.

    Args:
        edges: where membership can change.
        contains: whether a number is in it.
        name: what the text calls its members; None where it does not.
    """

    edges: tuple[Fraction, ...]
    contains: Callable[[Fraction], bool]
    name: str | None = None


def looks_like_set(text: str) -> bool:
    """Whether a cleaned text has signs that only sets and inequalities have."""
    return LOOKS.search(text) is not None


def same_set(gold: RealSet, answer: RealSet) -> bool:
    """Whether two sets have the same members, and do not call them by different names."""
    if gold.name and answer.name and gold.name != answer.name:
        return False
    edges = sorted({*gold.edges, *answer.edges})
    if not edges:
        edges = [Fraction(0)]
    between = [(left + right) / 2 for left, right in pairwise(edges)]
    places = [edges[0] - 1, *edges, *between, edges[-1] + 1]
    return all(gold.contains(place) == answer.contains(place) for place in places if abs(place) < INFINITY)


def real_set(text: str) -> RealSet | None:
    """The set that a tidied text states; None where it states none that can be read."""
    text = WORD_AND.sub(f" {AND} ", text.strip())
    if match := EXCEPT.match(text):
        return _difference([match["whole"], f"{OPEN_SET}{match['but'].rstrip('} ')}{CLOSE_SET}"])
    if len(parts := split_top(text, r"\cup")) > 1 or len(parts := split_top(text, OR)) > 1:
        return _joined(parts, any)
    if len(parts := split_top(text, r"\cap")) > 1 or len(parts := split_top(text, AND)) > 1:
        return _joined(parts, all)
    for sign in (r"\setminus", r"\backslash"):
        if len(parts := split_top(text, sign)) == 2:
            return _difference(parts)
    if len(parts := split_top(text, ",")) > 1 and all(OPERATOR.search(part) or MEMBER.match(part) for part in parts):
        return _conditions(parts)
    if REALS.match(text):
        return _atom(text)
    if match := MEMBER.match(text):
        inner = real_set(match["set"])
        return inner and inner._replace(name=_name(match["name"]))
    if OPERATOR.search(text) and not text.startswith(OPEN_SET):
        return _inequality(text)
    return _atom(text)


def _atom(text: str) -> RealSet | None:
    if EMPTY.match(text):
        return RealSet((), lambda x: False)
    if match := REALS.match(text):
        sign = match["sign"]
        if sign is None:
            return RealSet((), lambda x: True)
        compared = next((holds for each, holds in HALVES.items() if each in sign), HOLDS["<"])
        return RealSet((Fraction(0),), lambda x: compared(x, Fraction(0)))
    if text.startswith(OPEN_SET) and text.endswith(CLOSE_SET):
        return _in_braces(text[1:-1])
    if match := EQUAL.match(text):
        value = end(match["value"])
        return (
            RealSet((value,), lambda x: x == value, _name(match["name"]))
            if value is not None and abs(value) < INFINITY
            else None
        )
    return _interval(text)


def _interval(text: str) -> RealSet | None:
    if text.startswith("]"):  # ]a,b[ is French for (a,b)
        text = "(" + text[1:]
    if text.endswith("["):
        text = text[:-1] + ")"
    whole = enclosed(text)
    if whole is None or whole[0][0] not in "([" or whole[0][1] not in ")]":
        return None
    ends = [end(item) for item in split_top(whole[1].replace(";", ","))]
    if len(ends) != 2 or ends[0] is None or ends[1] is None or ends[0] > ends[1]:
        return None
    low, high = ends[0], ends[1]
    above, below = HOLDS[r"\ge" if whole[0][0] == "[" else ">"], HOLDS[r"\le" if whole[0][1] == "]" else "<"]
    return RealSet((low, high), lambda x: above(x, low) and below(x, high))


def _in_braces(content: str) -> RealSet | None:
    if match := BUILDER.match(content):
        inner = real_set(match["condition"])
        if inner is None or inner.name not in (None, _name(match["name"])):
            return None
        domain = real_set(match["domain"]) if match["domain"] else inner
        return domain and RealSet(
            (*inner.edges, *domain.edges), lambda x: inner.contains(x) and domain.contains(x), inner.name
        )
    members = [end(item) for item in split_top(content)]
    if any(member is None for member in members):
        return None
    known = tuple(member for member in members if member is not None)
    return RealSet(known, lambda x: x in known)


def _inequality(text: str) -> RealSet | None:
    r"""`2 \le x < 5`, `5 > x`, `x \ne 3`: comparisons of one variable with numbers."""
    operators = [match[0] for match in OPERATOR.finditer(text)]
    parts = [part.strip() for part in OPERATOR.split(text)]
    variables = [place for place, part in enumerate(parts) if IS_VARIABLE.fullmatch(part) and end(part) is None]
    if len(variables) != 1 or not 2 <= len(parts) <= 3:
        return None
    place = variables[0]
    edges = {number: end(part) for number, part in enumerate(parts) if number != place}
    if None in edges.values():
        return None
    known = {number: edge for number, edge in edges.items() if edge is not None}
    compared = _around(place, known, operators)
    if compared is None:
        return None
    name = parts[place]
    if name.startswith("|"):  # |x| < 3 is a set of x
        inside = name.strip("| ")
        edges_of_both = tuple(sign * edge for edge in known.values() for sign in (-1, 1))
        return RealSet((*edges_of_both, Fraction(0)), lambda x: compared(abs(x)), _name(inside))
    return RealSet(tuple(known.values()), compared, _name(name))


def _around(place: int, known: dict[int, Fraction], operators: list[str]) -> Callable[[Fraction], bool] | None:
    if len(operators) == 2 and (place != 1 or {operators[0][-1], operators[1][-1]} & {"n", "q"}):
        return None
    left = [(edge, HOLDS[operators[number]]) for number, edge in known.items() if number < place]
    right = [(edge, HOLDS[operators[place]]) for number, edge in known.items() if number > place]
    directions = (
        {operator for operator in operators if operator in ("<", r"\le")},
        {o for o in operators if o in (">", r"\ge")},
    )
    if all(directions):  # 2 < x > 5
        return None
    return lambda x: all(holds(edge, x) for edge, holds in left) and all(holds(x, edge) for edge, holds in right)


def _difference(parts: list[str]) -> RealSet | None:
    whole, less = (real_set(part) for part in parts)
    if whole is None or less is None:
        return None
    return RealSet((*whole.edges, *less.edges), lambda x: whole.contains(x) and not less.contains(x), whole.name)


def _conditions(parts: list[str]) -> RealSet | None:
    """Conditions with commas between: all hold, or, where that cannot be, one of them."""
    both, either = _joined(parts, all), _joined(parts, any)
    if both is None or either is None:
        return None
    nothing = RealSet((), lambda x: False)
    return either if same_set(both._replace(name=None), nothing) else both


def _joined(parts: Iterable[str], how: Callable[[Iterable[bool]], bool]) -> RealSet | None:
    sets = []
    for part in parts:
        single = real_set(part)
        if single is None:
            return None
        sets.append(single)
    names = {each.name for each in sets} - {None}
    if len(names) > 1:
        return None
    edges = tuple(edge for each in sets for edge in each.edges)
    return RealSet(edges, lambda x: how(each.contains(x) for each in sets), next(iter(names), None))


def _name(text: str) -> str:
    return re.sub(r"[\s{}]", "", text)


def end(text: str) -> Fraction | None:
    """The number that an end of an interval is, to 45 digits; None where it has names or is no real number."""
    text = text.strip()
    if match := re.fullmatch(r"([+-]?)\s*\\infty\s*", text):
        return -INFINITY if match[1] == "-" else INFINITY
    if number := as_number(text):
        return _snapped(number.value)
    if len(text) > 200 or re.search(r"[<>=,]", text):
        return None
    from cgd_recipes.grading.values.symbolic import constant

    value = unless_unreadable(lambda: constant(text))
    return None if value is None else _snapped(value)


def _snapped(value: Fraction) -> Fraction:
    return Fraction(round(value * 10**PLACES), 10**PLACES)


def unless_unreadable(read: Callable[[], Fraction | None]) -> Fraction | None:
    """What was read; None where sympy fails."""
    try:
        return read()
    except (MemoryError, ModuleNotFoundError):
        raise
    except Exception:
        return None
