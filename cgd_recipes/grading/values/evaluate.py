"""The value of a parsed expression at a point: exact while it is rational, else to as many digits as are asked for.

Names stand for real numbers. Where no imaginary unit is meant, a root, power or logarithm that is not real has no value, even
where the whole would be real again: the square of the root of x has none below zero.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import mpmath
import sympy

Values = Mapping[Any, Any]

# A power beyond this is not worth its memory.
MAX_POWER, MAX_TERMS, MAX_FACTORIAL = 20_000, 400, 20_000


class UndefinedError(Exception):
    """An expression has no value at a point."""


class UnknownError(Exception):
    """The value of an expression cannot be told, or only at a cost that no answer is worth."""


def value_at(expression: Any, values: Values, *, complex_numbers: bool) -> Any:
    """A Fraction, or an mpmath number of the working precision.

    Args:
        expression: a sympy expression without floats.
        values: a Fraction, or a complex mpmath number, for every name.
        complex_numbers: complex values count as values.

    Raises:
        UndefinedError: it has no value there.
        UnknownError: it has a part that cannot be evaluated.
    """
    value = _value(expression, values, complex_numbers)
    if not isinstance(value, Fraction) and not mpmath.isfinite(value):
        raise UndefinedError
    if isinstance(value, mpmath.mpc) and value.imag == 0:
        return value.real
    return value


def number(value: Any) -> Any:
    """A value as an mpmath number."""
    return mpmath.mpf(value.numerator) / value.denominator if isinstance(value, Fraction) else value


def _value(node: Any, values: Values, complex_numbers: bool) -> Any:
    if node.is_Symbol:
        return values[node]
    if node.is_Rational:
        return Fraction(int(node.p), int(node.q))
    name = type(node).__name__
    if name in CONSTANTS:
        return CONSTANTS[name]()
    if name == "ImaginaryUnit":
        return mpmath.mpc(0, 1)
    if name in ("Sum", "Product"):
        return _series(node, values, complex_numbers)
    if name not in FUNCTIONS:
        return _by_sympy(node, values)
    arguments = [_value(argument, values, complex_numbers) for argument in node.args]
    try:
        value = FUNCTIONS[name](*arguments)
    except ZeroDivisionError:
        raise UndefinedError from None
    except (OverflowError, ValueError, TypeError):
        raise UnknownError from None
    if isinstance(value, mpmath.mpc) and not complex_numbers:
        raise UndefinedError
    return value


def _by_sympy(node: Any, values: Values) -> Any:
    """The value of a part that has no function here, such as an integral."""
    if any(isinstance(value, mpmath.mpc) for value in values.values()):
        raise UnknownError
    known = {name: sympy.Rational(value.numerator, value.denominator) for name, value in values.items()}
    value = node.subs(known).doit().evalf(mpmath.mp.dps)
    if value.has(sympy.nan, sympy.zoo, sympy.oo, -sympy.oo):
        raise UndefinedError
    if not value.is_number or not (value.is_Float or value.is_Rational):
        raise UnknownError
    return Fraction(int(value.p), int(value.q)) if value.is_Rational else mpmath.mpf(str(value))


def _series(node: Any, values: Values, complex_numbers: bool) -> Any:
    """A sum or a product with few terms, term by term; any other by sympy."""
    body, *limits = node.args
    if len(limits) > 1:
        return _by_sympy(node, values)
    name, low, high = limits[0]
    try:
        first, last = (_value(end, values, complex_numbers) for end in (low, high))
    except (UndefinedError, UnknownError):  # infinity is no number
        return _by_sympy(node, values)
    whole = isinstance(first, Fraction) and isinstance(last, Fraction) and first.denominator == last.denominator == 1
    if not whole or last - first > MAX_TERMS:
        return _by_sympy(node, values)
    add, total = (_add, Fraction(0)) if type(node).__name__ == "Sum" else (_multiply, Fraction(1))
    for term in range(int(first), int(last) + 1):
        total = add(total, _value(body, {**values, name: Fraction(term)}, complex_numbers))
    return total


def _all_exact(arguments: tuple[Any, ...]) -> bool:
    return all(isinstance(argument, Fraction) for argument in arguments)


def _add(*terms: Any) -> Any:
    return sum(terms, Fraction(0)) if _all_exact(terms) else mpmath.fsum(map(number, terms))


def _multiply(*factors: Any) -> Any:
    exact, rest = Fraction(1), mpmath.mpf(1)
    inexact = False
    for factor in factors:
        if isinstance(factor, Fraction):
            exact *= factor
        else:
            rest, inexact = rest * factor, True
    return number(exact) * rest if inexact else exact


def _power(base: Any, exponent: Any) -> Any:
    if isinstance(exponent, Fraction) and exponent.denominator == 1:
        if abs(exponent) > MAX_POWER or (isinstance(base, Fraction) and _digits(base) * abs(exponent) > 10 * MAX_POWER):
            raise UnknownError
        if base == 0 and exponent == 0:
            raise UndefinedError
        return base ** int(exponent)
    if base == 0:
        if not _is_real(exponent) or exponent <= 0:
            raise UndefinedError
        return Fraction(0)
    if isinstance(exponent, Fraction) and abs(exponent) > MAX_POWER:
        raise UnknownError
    if _all_exact((base, exponent)) and base > 0 and (root := _exact_root(base, exponent.denominator)):
        return root**exponent.numerator
    if isinstance(exponent, Fraction) and exponent.denominator == 2:
        return mpmath.sqrt(number(base)) ** exponent.numerator
    return mpmath.power(number(base), number(exponent))


def _exact_root(base: Fraction, degree: int) -> Fraction | None:
    """The root of a number where it is rational."""
    if _digits(base) >= 300 or degree > 20:
        return None
    above, below = (sympy.integer_nthroot(part, degree) for part in (base.numerator, base.denominator))
    return Fraction(int(above[0]), int(below[0])) if above[1] and below[1] else None


def _digits(value: Fraction) -> float:
    return max(1.0, len(str(abs(value.numerator))) if value.numerator < 10**300 else 300.0, len(str(value.denominator)))


def _odd_root(base: Any, exponent: Any) -> Any:
    """The real power of a negative number to a fraction with an odd denominator."""
    if not _is_real(base):
        raise UnknownError
    size = _power(abs(base), exponent)
    return -size if base < 0 and exponent.numerator % 2 else size


def _is_real(value: Any) -> bool:
    return not isinstance(value, mpmath.mpc)


def _rounded(value: Any, to: Callable[[Any], Any]) -> Any:
    if isinstance(value, Fraction):
        return Fraction(to(value))
    if not _is_real(value):
        raise UnknownError
    if abs(value - mpmath.nint(value)) < mpmath.mpf(10) ** (10 - mpmath.mp.dps):
        return Fraction(int(mpmath.nint(value)))  # computed with an error, as the root of a square is
    return Fraction(int(to(value)))


def _floor(value: Any) -> Any:
    return _rounded(value, lambda x: x.__floor__() if isinstance(x, Fraction) else mpmath.floor(x))


def _ceiling(value: Any) -> Any:
    return -_floor(-value)


def _chosen(choose: Callable[..., Any]) -> Callable[..., Any]:
    def chosen(*arguments: Any) -> Any:
        if not all(map(_is_real, arguments)):
            raise UnknownError
        return choose(arguments, key=number)

    return chosen


def _sign(value: Any) -> Any:
    if not _is_real(value):
        raise UnknownError
    return Fraction((value > 0) - (value < 0))


def _factorial(value: Any) -> Any:
    if isinstance(value, Fraction) and value.denominator == 1:
        if value < 0:
            raise UndefinedError
        if value > MAX_FACTORIAL:
            raise UnknownError
        return Fraction(int(mpmath.libmp.ifac(int(value))))
    return mpmath.gamma(number(value) + 1)


def _binomial(n: Any, k: Any) -> Any:
    if _all_exact((n, k)) and k.denominator == 1:
        if not 0 <= k <= MAX_TERMS:
            if k < 0:
                return Fraction(0)
            raise UnknownError
        result = Fraction(1)
        for step in range(int(k)):
            result = result * (n - step) / (step + 1)
        return result
    return mpmath.binomial(number(n), number(k))


def _log(value: Any, base: Any = None) -> Any:
    if value == 0:
        raise UndefinedError
    if value == 1:
        return Fraction(0)
    if base is None:
        return mpmath.log(number(value))
    found = mpmath.log(number(value)) / mpmath.log(number(base))
    if _all_exact((value, base)) and _is_real(found) and abs(found) < MAX_TERMS:
        power = int(mpmath.nint(found))
        if base**power == value:
            return Fraction(power)
    return found


def _modulo(value: Any, divisor: Any) -> Any:
    if divisor == 0:
        raise UndefinedError
    if _all_exact((value, divisor)):
        return value % divisor
    raise UnknownError


def _plain(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A function of mpmath, which is real for a real argument wherever that is possible."""

    def applied(value: Any) -> Any:
        return function(number(value))

    return applied


CONSTANTS: dict[str, Callable[[], Any]] = {
    "Pi": lambda: +mpmath.pi, "Exp1": lambda: +mpmath.e, "EulerGamma": lambda: +mpmath.euler, "GoldenRatio": lambda: +mpmath.phi,
}  # fmt: skip
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "Add": _add, "Mul": _multiply, "Pow": _power, "odd_root": _odd_root, "Abs": abs, "floor": _floor, "ceiling": _ceiling,
    "Max": _chosen(max), "Min": _chosen(min), "sign": _sign, "factorial": _factorial, "binomial": _binomial, "log": _log,
    "Mod": _modulo, "UnevaluatedExpr": lambda value: value, "re": lambda value: value.real, "im": lambda value: value.imag,
    **{name: _plain(getattr(mpmath, name)) for name in (
        "exp", "sin", "cos", "tan", "cot", "sec", "csc", "asin", "acos", "atan", "acot", "asec", "acsc", "sinh", "cosh", "tanh",
        "coth", "sech", "csch", "asinh", "acosh", "atanh", "gamma", "zeta")},
}  # fmt: skip
