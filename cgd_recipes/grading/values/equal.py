"""Whether two parsed expressions, equations or inequalities are the same.

Constants are compared exactly, or to several hundred digits. Expressions with names are the same when they have the same value
at every point of `points`, and the same points where they have none. "Cannot tell" is never "equal".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import mpmath
import sympy

from cgd_recipes.grading.values.evaluate import UndefinedError, UnknownError, Values, number, value_at
from cgd_recipes.grading.values.points import Point, points

DIGITS, PROOF_DIGITS, MAX_DIGITS = 40, 400, 3_000
# Digits that rounding may cost.
SLACK = 12
# An agreement at fewer points is none.
MIN_POINTS = 3
# Of a fraction that is brought to lowest terms.
MAX_OPERATIONS = 120
FLIPPED = {"Gt": "Lt", "Ge": "Le", "Lt": "Gt", "Le": "Ge"}
KINDS = {
    "Equality": "Eq",
    "Unequality": "Ne",
    "StrictGreaterThan": "Gt",
    "GreaterThan": "Ge",
    "StrictLessThan": "Lt",
    "LessThan": "Le",
}
# As `latex.derivatives` names them: v_{D1}.
DERIVATIVE = re.compile(r"D(\d)\}?(?:\(\w+\))?$")
Pair = tuple[Any, Any]


def same_expression(gold: Any, answer: Any) -> bool | None:
    """Whether two sympy expressions have the same value everywhere; None where that cannot be told."""
    if gold == answer and not gold.has(sympy.zoo, sympy.nan):
        return True
    gold, answer = with_real_roots(gold, answer)
    complex_numbers = gold.has(sympy.I) or answer.has(sympy.I)
    digits = digits_for(gold, answer)
    if not gold.free_symbols and not answer.free_symbols:
        return same_constant(gold, answer, digits)
    verdict = _agree_everywhere(gold, answer, digits, complex_numbers)
    if verdict is None and not complex_numbers:  # real nowhere
        verdict = _agree_everywhere(gold, answer, digits, True)
    if verdict and _means_complex(gold, answer):
        verdict = _agree_on_plane(gold, answer, digits)
    return _are_one_fraction(gold, answer) if verdict is False else verdict


def _are_one_fraction(gold: Any, answer: Any) -> bool:
    """Whether two quotients of polynomials are one, multiplied above and below by names, as a circuit's is by its capacity."""
    names = gold.free_symbols
    if names != answer.free_symbols or gold.count_ops() + answer.count_ops() > MAX_OPERATIONS:
        return False
    if (
        not (gold.is_rational_function(*names) and answer.is_rational_function(*names))
        or sympy.cancel(gold - answer) != 0
    ):
        return False
    if not sympy.fraction(sympy.together(gold))[1].free_symbols:
        return False  # `x + y` is defined where `(x^2 + xy)/x` is not
    shared = [sympy.gcd(*sympy.fraction(sympy.together(each))) for each in (gold, answer)]
    return all(len(sympy.Add.make_args(sympy.expand(each))) == 1 for each in shared)


def with_real_roots(*expressions: Any) -> Iterator[Any]:
    """The same with cube roots and their like of negative numbers real, unless complex numbers are meant."""
    if any(expression.has(sympy.I) for expression in expressions):
        return iter(expressions)
    odd_root = sympy.Function("odd_root")

    def is_odd(node: Any) -> bool:
        return bool(
            node.is_Pow and node.exp.is_Rational and node.exp.q > 1 and node.exp.q % 2 and not node.base.is_positive
        )

    return iter([each.replace(is_odd, lambda node: odd_root(node.base, node.exp)) for each in expressions])


def digits_for(*expressions: Any) -> int:
    """Digits to compare with: more than the smallest part can hide behind."""
    sizes = [1]
    for expression in expressions:
        sizes += [
            len(str(each.p)) + len(str(each.q)) for each in expression.atoms(sympy.Rational) if _is_writable(each)
        ]
    return min(DIGITS + max(sizes), MAX_DIGITS)


def _is_writable(rational: Any) -> bool:
    return bool(max(abs(int(rational.p)).bit_length(), int(rational.q).bit_length()) < 10_000)


def same_constant(gold: Any, answer: Any, digits: int) -> bool | None:
    """Whether two expressions without names have the same value."""
    if gold.is_infinite or answer.is_infinite:
        return bool(gold == answer) and not gold.has(sympy.zoo)
    for precision in (digits, max(PROOF_DIGITS, digits)):
        with mpmath.workdps(precision + SLACK):
            try:
                left, right = (value_at(each, {}, complex_numbers=True) for each in (gold, answer))
            except UndefinedError:
                return False
            except UnknownError:
                return None
            if isinstance(left, Fraction) and isinstance(right, Fraction):
                return left == right
            if not near(left, right, precision):
                return False
    return True


def near(left: Any, right: Any, digits: int) -> bool:
    """Whether two numbers agree to so many digits, of their size or of one."""
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        return left == right
    with mpmath.workdps(digits + SLACK):
        left, right = number(left), number(right)
        return bool(abs(left - right) <= mpmath.mpf(10) ** -digits * max(abs(left), abs(right), 1))


def _agree_everywhere(gold: Any, answer: Any, digits: int, complex_numbers: bool) -> bool | None:
    seen = 0
    for pair in _pairs(gold, answer, digits, complex_numbers):
        if pair is None or not near(*pair, digits):
            return False
        seen += 1
    return True if seen >= MIN_POINTS else None


def _pairs(gold: Any, answer: Any, digits: int, complex_numbers: bool) -> Iterator[Pair | None]:
    """Values of two expressions at every point where both can be told; None where it counts that only one has a value."""
    alone = len(gold.free_symbols | answer.free_symbols) == 1
    for point in points(gold, answer):
        try:
            pair = _values(gold, answer, point.values, digits, complex_numbers)
        except UnknownError:
            continue
        if pair[0] is not None and pair[1] is not None:
            yield pair
        elif _domains_differ(pair, point, alone) and (alone or not _ends_in_root(gold, point)):
            yield None


def _values(gold: Any, answer: Any, values: Values, digits: int, complex_numbers: bool) -> Pair:
    """Values of two expressions at a point, None for none, with digits for what is large."""
    with mpmath.workdps(digits + SLACK):
        pair = tuple(_value_or_none(each, values, complex_numbers) for each in (gold, answer))
    sizes = [_size(value) for value in pair if value is not None and not isinstance(value, Fraction)]
    if sizes and (more := max(sizes)) > 5:
        if more > MAX_DIGITS:
            raise UnknownError
        with mpmath.workdps(digits + SLACK + more):
            pair = tuple(_value_or_none(each, values, complex_numbers) for each in (gold, answer))
    return pair[0], pair[1]


def _size(value: Any) -> int:
    """Digits before the point."""
    return int(mpmath.log10(abs(value))) if abs(value) > 1 else 0


def _value_or_none(expression: Any, values: Values, complex_numbers: bool) -> Any | None:
    try:
        return value_at(expression, values, complex_numbers=complex_numbers)
    except UndefinedError:
        return None


def _domains_differ(pair: Pair, point: Point, alone: bool) -> bool:
    """Whether it counts that one of two expressions has no value at a point.

    With one name it always does. With several it does not where the gold answer has an edge that the answer has not; nor, ever,
    at points that the meaning of the names may rule out.
    """
    gold, answer = pair
    if point.disputable or (gold is None and answer is None):
        return False
    return alone or not (point.edge and gold is None)


def _ends_in_root(gold: Any, point: Point) -> bool:
    r"""Whether the domain of a gold answer ends at a point, as a root is zero there: `\sqrt{L/g}` is `1/\sqrt{g/L}` for a length L."""
    roots = [node for node in gold.atoms(sympy.Pow) if node.exp.is_Rational and node.exp.q == 2]
    return any(_value_or_none(node.base, point.values, False) == 0 for node in roots)


def _means_complex(gold: Any, answer: Any) -> bool:
    names = {str(name).partition("_")[0] for name in gold.free_symbols | answer.free_symbols}
    return bool(names & {"z", "w"}) and not names & {"x", "y"} and (gold.has(sympy.Abs) or answer.has(sympy.Abs))


def _agree_on_plane(gold: Any, answer: Any, digits: int) -> bool | None:
    """Whether two expressions agree where the names z and w are complex."""
    names = sorted(gold.free_symbols | answer.free_symbols, key=str)
    for turn in range(4):
        values: dict[Any, Any] = {}
        for place, name in enumerate(names):
            real = Fraction(3 + 5 * turn + 7 * place, 7) * (-1) ** turn
            in_plane = str(name).partition("_")[0] in ("z", "w")
            values[name] = (
                mpmath.mpc(number(real), number(Fraction(5 + turn + 2 * place, 3))) if in_plane else abs(real)
            )
        with mpmath.workdps(digits + SLACK):
            try:
                pair = tuple(_value_or_none(each, values, True) for each in (gold, answer))
            except UnknownError:
                return None
            if pair[0] is None or pair[1] is None or not near(pair[0], pair[1], digits):
                return False
    return True


def same_relation(gold: Any, answer: Any) -> bool | None:
    """Whether two equations or inequalities are the same: rearranged, turned round, or multiplied by a constant."""
    kinds = [KINDS.get(type(each).__name__) for each in (gold, answer)]
    left, right = gold.lhs - gold.rhs, answer.lhs - answer.rhs
    if None in kinds or left.free_symbols != right.free_symbols or not left.free_symbols:
        return None if None in kinds else False
    left, right = with_real_roots(left, right)
    ratio = _constant_ratio(left, right)
    if ratio is False and kinds == ["Eq", "Eq"]:
        return _same_solved(left, right)
    if ratio is None or isinstance(ratio, bool):
        return ratio
    if kinds[0] in ("Eq", "Ne"):
        return kinds[0] == kinds[1]
    real = not isinstance(ratio, mpmath.mpc)
    return real and kinds[1] == (kinds[0] if ratio > 0 else FLIPPED[str(kinds[0])])


def _same_solved(left: Any, right: Any) -> bool | None:
    """Whether two differential equations give their highest derivative the same value: divided by a mass, or solved for it."""
    names = sorted(name for name in left.free_symbols if DERIVATIVE.search(name.name))
    if not names:
        return False
    highest = max(names, key=lambda name: DERIVATIVE.findall(name.name)[-1])
    values = []
    for each in (left, right):
        factor = sympy.diff(each, highest)
        if factor == 0 or highest in factor.free_symbols:
            return False
        values.append(each.subs(highest, 0) / factor)
    return same_expression(*values)


def _constant_ratio(left: Any, right: Any) -> Any:
    """What one expression is times another everywhere; False where that is no constant, None where it cannot be told."""
    digits = digits_for(left, right)
    ratio, seen = None, 0
    for pair in _pairs(left, right, digits, left.has(sympy.I) or right.has(sympy.I)):
        zeros = [_is_zero(value, digits) for value in pair] if pair else [True, False]
        if zeros[0] != zeros[1]:
            return False
        if pair is None or zeros[0]:
            continue
        found = _ratio(*pair, digits)
        if ratio is not None and not near(ratio, found, digits - SLACK):
            return False
        ratio, seen = found, seen + 1
    return ratio if seen >= MIN_POINTS else None


def _ratio(left: Any, right: Any, digits: int) -> Any:
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        return left / right
    with mpmath.workdps(digits + SLACK):
        return number(left) / number(right)


def _is_zero(value: Any, digits: int) -> bool:
    return value == 0 if isinstance(value, Fraction) else bool(abs(value) < mpmath.mpf(10) ** (SLACK - digits))
