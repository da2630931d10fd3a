r"""General solutions whose constants stand before other functions with the same span: `A e^t + B e^{-t}` and `C \cosh t + D \sinh t`."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from cgd_recipes.grading.values.symbolic import libraries

DIGITS, NEAR, FURTHER = 100, 40, 5


def same_span(gold: Any, answer: Any, of_gold: list[Any], of_answer: list[Any]) -> bool | None:
    """Whether two expressions of one name that are linear in their constants are the same as these run through all numbers.

    The functions before the constants of the answer must be combinations of those of the gold answer, and the other way round, and
    what stands without a constant may differ by such a combination. That is told by their values at a few places; None where it
    cannot be.
    """
    import mpmath

    sympy, _, _ = libraries()
    (name,) = gold.free_symbols - {*of_gold}
    left, right = _taken_apart(gold, of_gold), _taken_apart(answer, of_answer)
    if left is None or right is None or answer.free_symbols - {*of_answer} - {name}:
        return None
    functions = [*left[:-1], *right[:-1], sympy.expand(right[-1] - left[-1])]
    with mpmath.workdps(DIGITS):
        places = [Fraction((2 * number + 1) * (-1) ** number, 5 + number) for number in range(len(of_gold) + FURTHER)]
        values = [_values(functions, place) for place in places]
        return _spanned(values, len(of_gold), alike=of_gold == of_answer) if all(values) else None


def _spanned(values: list[list[Any]], size: int, *, alike: bool) -> bool | None:
    """Whether the columns behind the first ones, as many as said, are their combinations, and all but the last span them."""
    import mpmath

    near = mpmath.mpf(10) ** -NEAR
    square = mpmath.matrix([row[:size] for row in values[:size]])
    if abs(mpmath.det(square)) < near:
        return None
    turned = mpmath.matrix(size, size)
    for column in range(size + 1):
        factors = mpmath.lu_solve(square, mpmath.matrix([row[size + column] for row in values[:size]]))
        for row in values[size:]:
            told = mpmath.fsum(factor * value for factor, value in zip(factors, row[:size], strict=True))
            if abs(told - row[size + column]) > near * max(1, abs(told)):
                return False
        if column < size:
            turned[:, column] = factors
    # Constants of the same names before the same functions, one of which has another sign: a slip rather than a choice.
    off = max(abs(abs(turned[row, column]) - (row == column)) for row in range(size) for column in range(size))
    return bool(abs(mpmath.det(turned)) > near and not (alike and off < near))


def _taken_apart(expression: Any, constants: list[Any]) -> list[Any] | None:
    """The functions before the constants, and behind them what has none; None where the expression is not linear in them."""
    sympy, _, _ = libraries()
    factors = [sympy.diff(expression, constant) for constant in constants]
    if any(factor.free_symbols & {*constants} for factor in factors):
        return None
    return [*factors, expression.subs(dict.fromkeys(constants, 0))]


def _values(expressions: list[Any], place: Fraction) -> list[Any]:
    """The values of several expressions of one name at a place; none where one has no value there."""
    from cgd_recipes.grading.values.evaluate import UndefinedError, UnknownError, number, value_at

    try:
        return [
            number(value_at(each, dict.fromkeys(each.free_symbols, place), complex_numbers=False))
            for each in expressions
        ]
    except (UndefinedError, UnknownError):
        return []
