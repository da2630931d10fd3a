"""Reading of expressions with math-verify's parser, and what can be asked of two of them.

math-verify's own comparison is not asked: it rounds to six decimals, so that 2e-8 and 1e-8 are equal to it, and `simplify` is
slow and gives up. `equal` compares instead.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from fractions import Fraction
from functools import cache, lru_cache, wraps
from typing import Any, ParamSpec

from cgd_recipes.grading.notation.latex import to_latex
from cgd_recipes.grading.notation.number import Number, approximates
from cgd_recipes.grading.notation.size import too_large

P = ParamSpec("P")

DIGITS, MAX_OPERATIONS, MAX_EXPONENT = 60, 200, 100
# Where an exponential is tried for a pole
MAX_POINT = 1_000
# What the parser reads as something that it is not: words, a greatest common divisor of names as 1, a double factorial,
# e^{\ln x} as x.
MISREAD = re.compile(
    r"\\text|\\(?:gcd|lcm)(?![A-Za-z])|!\s*!|\\(?:pm|mp|ldots|approx|sim|equiv|to|not)(?![A-Za-z])|\?|:"
    r"|(?:e\s*\^\s*\{?|\\exp)\s*[({]?\s*\\(?:ln|log)\s*[({]?\s*[A-Za-z\\]"
    # Words, which would be products of their letters; not names of commands and environments.
    r"|(?<![\\A-Za-z{])(?:[A-Za-z]{5,}|[A-Za-z]{3,} +[A-Za-z]{2,}|[A-Za-z]{2,} +[A-Za-z]{3,})(?![A-Za-z])"
)

PLAIN = re.compile(
    r"(?P<sign>-?)(?P<fraction>\\frac\{)?(?P<above>\d{1,300})(?(fraction)\}\{(?P<below>[1-9]\d{0,300})\})"
)
LIMIT = re.compile(r"\\lim\s*_\s*\{[^{}]*\}")


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
    if plain := PLAIN.fullmatch(text):  # a parser's work for nothing
        return sympy.Rational(int(plain["sign"] + plain["above"]), int(plain["below"] or 1))
    try:
        latex = to_latex(text)
        if MISREAD.search(LIMIT.sub("", latex)) or too_large(latex):
            return None
        parsed = latex2sympy.latex2sympy(latex, normalization_config=None, conversion_config=config)
        return exact(parsed) if isinstance(parsed, sympy.Basic | sympy.MatrixBase) else parsed
    except MemoryError:
        raise
    except Exception:  # the parser raises whatever comes up, for text that is no LaTeX
        return None


def exact(parsed: Any) -> Any:
    """The same with floats as fractions, `i` as the imaginary unit, and f(x) as a name of its own."""
    sympy, _, _ = libraries()
    names = {name: sympy.I for name in parsed.free_symbols if name.name == "i"}  # not that of a sum
    floats = {number: sympy.Rational(str(number)) for number in parsed.atoms(sympy.Float)}
    calls = parsed.atoms(sympy.core.function.AppliedUndef) | parsed.atoms(sympy.Derivative)
    return parsed.xreplace(floats | names | {call: sympy.Symbol(str(call)) for call in calls})


@unless_it_fails
def same_value(gold: str, answer: str) -> bool | None:
    """Whether two cleaned answers, neither of them a list, are the same; None where that cannot be told."""
    sympy, _, _ = libraries()
    from cgd_recipes.grading.values.equal import same_expression, same_relation

    parsed_gold, parsed_answer = parse(gold), parse(answer)
    if parsed_gold is None or parsed_answer is None:
        return None
    both = (parsed_gold, parsed_answer)
    if all(isinstance(each, sympy.core.relational.Relational) for each in both):
        return same_relation(*both)
    if all(isinstance(each, sympy.Expr) and not each.is_Matrix for each in both):
        return same_expression(*both)
    if all(each.is_Matrix for each in both):
        return same_matrix(*both)
    return False if any(isinstance(each, sympy.Expr) for each in both) else None


def same_matrix(gold: Any, answer: Any) -> bool | None:
    """Whether two matrices have the same shape and the same cells."""
    from cgd_recipes.grading.values.equal import same_expression

    sympy, _, _ = libraries()
    cells = [sympy.Matrix(each.doit()) for each in (gold, answer)]
    if cells[0].shape != cells[1].shape:
        return False
    verdicts = [same_expression(left, right) for left, right in zip(cells[0], cells[1], strict=True)]
    return False if False in verdicts else None if None in verdicts else True


def constant(text: str) -> Fraction | None:
    """The value of a cleaned answer without names, to sixty digits; None where it has names or is not real."""
    sympy, _, _ = libraries()
    parsed = parse(text)
    if not isinstance(parsed, sympy.Expr) or parsed.is_Matrix or parsed.free_symbols:
        return None
    import mpmath

    from cgd_recipes.grading.values.equal import with_real_roots
    from cgd_recipes.grading.values.evaluate import UndefinedError, UnknownError, value_at

    with mpmath.workdps(DIGITS):
        try:
            (real,) = with_real_roots(parsed)
            value = value_at(real, {}, complex_numbers=True)
        except (UndefinedError, UnknownError):
            return None
        if isinstance(value, mpmath.mpc):
            return None
        return value if isinstance(value, Fraction) else Fraction(mpmath.nstr(value, DIGITS))


@unless_it_fails
def same_rounded(exact_text: str, written: Number, tolerance: float | None) -> bool | None:
    r"""Whether a decimal stands for an expression such as `\sqrt{2}`: within the tolerance, or as its rounding."""
    value = constant(exact_text)
    if value is None:
        return False
    if tolerance is not None:
        return abs(value - written.value) <= Fraction(str(tolerance))
    return approximates(value, written)


@unless_it_fails
def has_pole(text: str, name: str, value: str) -> bool | None:
    """Whether a denominator of a cleaned expression, or the inside of a logarithm, is zero where a name has a value."""
    sympy, _, _ = libraries()
    from cgd_recipes.grading.values.equal import same_expression

    read: list[Any] = [parse(each) for each in (text, name, value)]
    parsed, symbol, point = read
    if not all(isinstance(each, sympy.Expr) for each in read) or not symbol.is_Symbol:
        return None
    powers = [node.exp for node in parsed.atoms(sympy.Pow) if node.exp.is_number]
    if point.has(symbol) or max(map(abs, powers), default=0) > MAX_EXPONENT or parsed.count_ops() > MAX_OPERATIONS:
        return None
    if (point.is_number and abs(point) > MAX_POINT) or parsed.has(sympy.factorial, sympy.binomial):
        return None
    below = [node.base for node in parsed.atoms(sympy.Pow) if node.exp.is_negative]
    inside = [node.args[0] for node in parsed.atoms(sympy.log)]
    zeros = (each.subs(symbol, point) for each in below + inside if each.has(symbol))
    return any(each == 0 or same_expression(each, sympy.Integer(0)) for each in zeros)
