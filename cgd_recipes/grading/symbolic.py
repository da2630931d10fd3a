"""Whether two expressions or equations are the same, with math-verify's parser and sympy.

math-verify's own comparison is not asked about numbers and expressions: it rounds to six decimals, so that 2e-8 and 1e-8
are equal to it, and `simplify` is slow and gives up. Two expressions are the same here when they have the same value, to
25 digits, wherever both are evaluated (Schwartz-Zippel); equations when their differences of sides are proportional.
"""

from __future__ import annotations

import logging
import zlib
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache, lru_cache, wraps
from typing import Any, ParamSpec

from cgd_recipes.grading.latex import to_latex
from cgd_recipes.grading.number import Number, approximates

P = ParamSpec("P")

PRECISION = 30
POINTS = 4
# Of relative error; values are computed to PRECISION digits.
SAME = 1e-22
INTEGER_FUNCTIONS = ("floor", "ceiling", "Mod")


@cache
def libraries() -> tuple[Any, Any, Any]:
    """Sympy, the parser that math-verify is built on, and math-verify; imported when first needed.

    Raises:
        ModuleNotFoundError: math-verify is not installed.
    """
    try:
        import math_verify
        import sympy
        from latex2sympy2_extended import latex2sympy2
    except ModuleNotFoundError as error:
        message = "grading needs math-verify; install it with: pip install 'cgd-recipes[eval]'"
        raise ModuleNotFoundError(message, name=error.name) from error
    # It warns that its timeouts are off. They are alarms, which fail in threads and cancel those of others.
    logging.getLogger("math_verify").setLevel(logging.ERROR)
    return sympy, latex2sympy2, math_verify


def unless_it_fails(compare: Callable[P, bool | None]) -> Callable[P, bool | None]:
    """A comparison that gives None where sympy fails: it raises whatever comes up on answers that make no sense."""

    @wraps(compare)
    def compared(*args: P.args, **kwargs: P.kwargs) -> bool | None:
        try:
            return compare(*args, **kwargs)
        except (MemoryError, ModuleNotFoundError):
            raise
        except Exception:
            return None

    return compared


@lru_cache(maxsize=4096)
def parse(text: str) -> Any | None:
    """A cleaned answer as a sympy object, or None where it cannot be read. Upper and lower case are different names."""
    sympy, latex2sympy, _ = libraries()
    config = latex2sympy.ConversionConfig(lowercase_symbols=False)
    try:
        parsed = latex2sympy.latex2sympy(to_latex(text), normalization_config=None, conversion_config=config)
        return exact(parsed) if isinstance(parsed, sympy.Basic) else parsed
    except MemoryError:
        raise
    except Exception:  # the parser raises whatever comes up, for text that is no LaTeX
        return None


def exact(parsed: Any) -> Any:
    """The same with floats as fractions, `i` as the imaginary unit, and f(x) as a name of its own."""
    sympy, _, _ = libraries()
    names = {name: sympy.I for name in parsed.atoms(sympy.Symbol) if name.name == "i"}
    floats = {number: sympy.Rational(str(number)) for number in parsed.atoms(sympy.Float)}
    calls = parsed.atoms(sympy.core.function.AppliedUndef) | parsed.atoms(sympy.Derivative)
    return parsed.xreplace(floats | names | {call: sympy.Symbol(str(call)) for call in calls})


def points(*expressions: Any) -> Iterator[dict[Any, Any]]:
    """Where to evaluate: values for every name, the same in every run; whole numbers where something is rounded."""
    sympy, _, _ = libraries()
    names = sorted(set().union(*(one.free_symbols for one in expressions)), key=str)
    functions = {type(node).__name__ for one in expressions for node in sympy.preorder_traversal(one)}
    whole = bool(functions & set(INTEGER_FUNCTIONS))
    for turn in range(3 * POINTS if whole else POINTS):
        values = {}
        for name in names:
            draw = zlib.crc32(f"{name}/{turn}".encode())
            values[name] = sympy.Integer(2 + draw % 23) if whole else sympy.Rational(200 + draw % 1999, 1000)
            if turn == 0 and "Abs" in functions:
                values[name] = -values[name]
        yield values


def value_at(expression: Any, values: dict[Any, Any]) -> Any | None:
    """The value of an expression at a point as a sympy number; None where it has none."""
    sympy, _, _ = libraries()
    value = expression.doit().evalf(PRECISION, subs=values) if values else expression.doit().evalf(PRECISION)
    if not value.is_number or value.has(sympy.nan, sympy.zoo, sympy.oo, -sympy.oo):
        return None
    return value


def near(left: Any, right: Any) -> bool:
    """Whether two numbers agree to all digits that were computed."""
    size = max(abs(left), abs(right))
    return bool(size == 0 or abs(left - right) <= SAME * size)


def same_expression(gold: Any, answer: Any) -> bool:
    """Whether two sympy expressions have the same value everywhere; rational constants are compared exactly."""
    if not gold.free_symbols and not answer.free_symbols:
        ours, theirs = gold.doit(), answer.doit()
        if (ours.is_Rational and theirs.is_Rational) or ours.is_infinite or theirs.is_infinite:
            return bool(ours == theirs)
        left, right = value_at(ours, {}), value_at(theirs, {})
        return left is not None and right is not None and near(left, right)
    seen = 0
    for values in points(gold, answer):
        left, right = value_at(gold, values), value_at(answer, values)
        if left is None or right is None:
            continue
        if not near(left, right):
            return False
        seen += 1
    return seen >= 2


def same_equation(gold: Any, answer: Any) -> bool:
    """Whether `lhs - rhs` of two equations are proportional: rearranged, swapped or multiplied by a constant."""
    left, right = gold.lhs - gold.rhs, answer.lhs - answer.rhs
    if left.free_symbols != right.free_symbols:
        return False
    ratio, seen = None, 0
    for values in points(left, right):
        ours, theirs = value_at(left, values), value_at(right, values)
        if ours is None or theirs is None or ours == 0 or theirs == 0:
            continue
        if ratio is not None and not near(ratio, ours / theirs):
            return False
        ratio, seen = ours / theirs, seen + 1
    return seen >= 2


@unless_it_fails
def same_value(gold: str, answer: str) -> bool | None:
    """Whether two cleaned answers, neither of them a list, are the same; None where the answer cannot be read."""
    sympy, _, math_verify = libraries()
    ours, theirs = parse(gold), parse(answer)
    if ours is None or theirs is None:
        return None if theirs is None else False
    if isinstance(ours, sympy.Eq) and isinstance(theirs, sympy.Eq):
        return same_equation(ours, theirs)
    if isinstance(ours, sympy.Expr) and isinstance(theirs, sympy.Expr):
        return same_expression(ours, theirs)
    if isinstance(ours, sympy.Expr) or isinstance(theirs, sympy.Expr):
        return False
    return bool(math_verify.verify(ours, theirs, timeout_seconds=None, allow_set_relation_comp=True))


def constant(text: str) -> Fraction | None:
    """The value of a cleaned answer without names, to thirty digits; None where it has names or is not real."""
    sympy, _, _ = libraries()
    parsed = parse(text)
    if not isinstance(parsed, sympy.Expr) or parsed.free_symbols:
        return None
    value = value_at(parsed, {})
    return Fraction(str(value)) if value is not None and value.is_Float | value.is_Integer else None


@unless_it_fails
def same_rounded(exact_text: str, written: Number, tolerance: float | None) -> bool | None:
    r"""Whether a decimal stands for an expression such as `\sqrt{2}`: within the tolerance, or as its rounding."""
    value = constant(exact_text)
    if value is None:
        return False
    if tolerance is not None:
        return abs(value - written.value) <= Fraction(str(tolerance))
    return approximates(value, written)
