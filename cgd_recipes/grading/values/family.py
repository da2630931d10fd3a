r"""Answers that are families: `\frac{\pi}{2} + \pi k` for every whole number k, `x^2 + C` for every number C.

The names of such a number or constant are free: `\pi n` is `\pi k`. Two families are the same when one becomes the other as its
whole number is shifted or turned round, or as its constant takes in a number.
"""

from __future__ import annotations

import re
from itertools import permutations
from typing import Any, NamedTuple

from cgd_recipes.grading.values.span import same_span
from cgd_recipes.grading.values.symbolic import libraries, parse, unless_it_fails

COUNTS = frozenset("ijklmnKMN")
"""Letters that are whole numbers where something is rounded, counted or alternates."""
ADDED = re.compile(r"[+-]\s*(?P<name>[CcKk](?:_\{?\w\}?)?)\s*$")
# A gold answer's small c may be what the question gave.
INTEGRATION = re.compile(r"^[^A-BD-Z]*[+-]\s*C(?:_\{?\d\}?)?\s*$")
CONSTANT = re.compile(r"^[CcKkAaBbD](?:_\{?\w\}?)?$")
NUMBERED = re.compile(r"^[Cc]_\{?\d\}?$")
MAX_CONSTANTS, MAX_TURNED = 4, 3


class Names(NamedTuple):
    """Names that may be chosen freely, as far as the texts say so.

    Args:
        integers: of the gold answer and of the answer, those that stand for any whole number.
        constants: likewise those that stand for any number.
        restricted: the gold answer says that not every whole number counts, so that none may be shifted to another.
    """

    integers: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())
    constants: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())
    restricted: bool = False


@unless_it_fails
def same_family(gold: str, answer: str, names: Names) -> bool | None:
    """Whether two cleaned texts are the same family; False where the gold answer is none, None where it cannot be told."""
    sympy, _, _ = libraries()
    if not _may_be_family(gold, names):
        return False
    parsed = [parse(text) for text in (gold, answer)]
    if not all(isinstance(each, sympy.Expr) and not each.is_Matrix for each in parsed):
        return None
    return (
        _same_periods(parsed[0], parsed[1], names)
        or _same_up_to_constant(gold, answer, parsed[0], parsed[1])
        or _same_with_constants(parsed[0], parsed[1], names)
    )


def _may_be_family(gold: str, names: Names) -> bool:
    return bool(
        names.integers[0] or names.constants[0] or r"\pi" in gold or ADDED.search(gold) or re.search(r"[Cc]_", gold)
    )


def _counted(expression: Any, said: frozenset[str]) -> list[Any]:
    """Names of any whole number: those that the text says are, else the only counting letter, which multiplies pi."""
    sympy, _, _ = libraries()
    found = [name for name in expression.free_symbols if str(name) in said or re.sub(r"[{}\\]", "", str(name)) in said]
    if found:
        return found
    letters = [name for name in expression.free_symbols if str(name).partition("_")[0] in COUNTS]
    periodic = len(letters) == 1 and sympy.expand(expression).coeff(letters[0]).has(sympy.pi)
    return letters if periodic else []


def _same_periods(gold: Any, answer: Any, names: Names) -> bool:
    """Whether two families in one whole number are the same set."""
    from cgd_recipes.grading.values.equal import same_expression

    counted = _counted(gold, names.integers[0]), _counted(answer, names.integers[1])
    if len(counted[0]) != 1 or len(counted[1]) != 1:
        return False
    n, k = counted[0][0], counted[1][0]
    if n != k and (k in gold.free_symbols or n in answer.free_symbols):
        return False
    answer = answer.xreplace({k: n})
    if same_expression(gold, answer):
        return True
    if names.restricted or (n == k and not any(names.integers)):
        return False
    sympy, _, _ = libraries()
    rise, other = sympy.diff(gold, n), sympy.diff(answer, n)
    if rise.has(n) or other.has(n) or not (same_expression(rise, other) or same_expression(rise, -other)):
        return False
    return _is_whole((answer.subs(n, 0) - gold.subs(n, 0)) / rise)


def _is_whole(expression: Any) -> bool:
    from cgd_recipes.grading.values.equal import same_expression

    sympy, _, _ = libraries()
    somewhere = {
        name: sympy.Rational(13 + place, 7) for place, name in enumerate(sorted(expression.free_symbols, key=str))
    }
    value = expression.subs(somewhere).evalf(30)
    return bool(value.is_real and same_expression(sympy.Integer(round(value)), expression))


def _same_up_to_constant(gold_text: str, answer_text: str, gold: Any, answer: Any) -> bool:
    """Whether two antiderivatives, each with its constant, differ by a number."""
    from cgd_recipes.grading.values.equal import same_expression

    if not INTEGRATION.match(gold_text):
        return False
    sympy, _, _ = libraries()
    added = [_added(text, each) for text, each in ((gold_text, gold), (answer_text, answer))]
    if added[0] is None or added[1] is None:
        return False
    rest = [each.subs(constant, 0) for each, constant in zip((gold, answer), added, strict=True)]
    if rest[0].free_symbols != rest[1].free_symbols or not rest[0].free_symbols:
        return False
    difference = rest[0] - rest[1]
    shift = difference.subs(
        {name: sympy.Rational(13 + place, 7) for place, name in enumerate(sorted(difference.free_symbols, key=str))}
    )
    return bool(same_expression(rest[0], rest[1] + shift))


def _added(text: str, expression: Any) -> Any | None:
    """The constant of integration: a name C, c, K or k that stands alone at the end of a sum, and nowhere else."""
    match = ADDED.search(text)
    if match is None:
        return None
    name = next((name for name in expression.free_symbols if _plain(name) == _plain(match["name"])), None)
    if name is None or len(expression.free_symbols) < 2:
        return None
    sympy, _, _ = libraries()
    return name if abs(sympy.diff(expression, name)) == 1 else None


def _plain(name: Any) -> str:
    return re.sub(r"[{}\\]", "", str(name))


def _same_with_constants(gold: Any, answer: Any, names: Names) -> bool:
    """Whether two expressions are the same when the constants of the answer are called as the gold answer's are."""
    from cgd_recipes.grading.values.equal import same_expression

    constants = [n for n in gold.free_symbols if _plain(n) in names.constants[0] or NUMBERED.match(str(n))]
    others = gold.free_symbols - set(constants)
    given = [n for n in answer.free_symbols - others if CONSTANT.match(str(n)) or _plain(n) in names.constants[1]]
    if not 0 < len(constants) == len(given) <= MAX_CONSTANTS or answer.free_symbols - others - set(given):
        return False
    ordered = sorted(constants, key=str)
    verdict = same_span(gold, answer, ordered, sorted(given, key=str)) if len(others) == 1 else None
    if verdict is not None or len(ordered) > MAX_TURNED:
        return bool(verdict)
    return any(
        same_expression(gold, answer.xreplace(dict(zip(given, order, strict=True)))) for order in permutations(ordered)
    )
