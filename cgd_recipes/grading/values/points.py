"""Where two expressions are compared: enough points over the whole domain, the same ones in every run.

For every name positive and negative numbers, zero, one, small, large and between whole numbers; and the places where an absolute
value, a maximum, a root, a logarithm or a denominator changes: at them, just beside them, and between them. Names that count
something (n in n!, floor(n/2), (-1)^n) are whole numbers.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import combinations, pairwise
from typing import Any, NamedTuple

import mpmath
import sympy

from cgd_recipes.grading.values.evaluate import UndefinedError, UnknownError, number, value_at
from cgd_recipes.grading.values.family import COUNTS

SIMPLE = [Fraction(text) for text in ("0", "1", "-1", "2", "-2", "1/2", "-1/2", "3", "-3", "1/1000", "-1/1000")]
SPREAD = [
    Fraction(text)
    for text in ("7/3", "-7/3", "17/5", "-17/5", "10", "-10", "97/9", "-97/9", "1000", "-1000", "12345/7")
]
WHOLE = [Fraction(whole) for whole in (*range(1, 14), 24, 35, 0, -1, -2, -3, -8)]
# Where a floor, a ceiling or a remainder steps: many whole numbers in a row, and squares, cubes and powers with their neighbours.
STEPS = [
    Fraction(whole)
    for whole in sorted(
        {*range(-30, 131), *(s + d for s in (144, 196, 216, 256, 343, 400, 512, 729, 1000, 1024) for d in (-1, 0, 1))}
    )
]
BESIDE = (Fraction(-1, 3), Fraction(-1, 1000), Fraction(1, 1000), Fraction(1, 3))
MAX_KINKS, MAX_NAMES, MAX_DEGREE = 8, 12, 8
SCANNED = [Fraction(whole, 2) for whole in range(-41, 42)] + [
    Fraction(sign * 10**power) for sign in (-1, 1) for power in (2, 3)
]


class Point(NamedTuple):
    """A place where two expressions are compared.

    Args:
        values: a number for every name.
        edge: it is chosen for lying on an edge of the domain, such as zero.
        disputable: what the names stand for may rule it out: several are negative at once, or a count is less than three.
    """

    values: dict[Any, Fraction]
    edge: bool = False
    disputable: bool = False


def points(*expressions: Any) -> Iterator[Point]:
    """The points at which expressions are compared, those that tell most of them apart first."""
    names = sorted(set().union(*(expression.free_symbols for expression in expressions)), key=str)
    natural = set().union(*(natural_names(expression) for expression in expressions)) & set(names)
    whole = natural.union(*(whole_names(expression) for expression in expressions)) & set(names)
    for point in _points(expressions, names, whole):
        if all(point.values[name] > 0 for name in natural):
            yield point._replace(disputable=True) if _chooses_too_many(expressions, point) else point


def _chooses_too_many(expressions: Iterable[Any], point: Point) -> bool:
    """Whether a binomial chooses more than there are, which factorials cannot say."""
    values = {name: sympy.Rational(value.numerator, value.denominator) for name, value in point.values.items()}
    chosen = set().union(*(expression.atoms(sympy.binomial) for expression in expressions))
    differences = [(node.args[0] - node.args[1]).xreplace(values) for node in chosen]
    return any(each.is_number and each.is_negative for each in differences)


def _points(expressions: Iterable[Any], names: list[Any], whole: set[Any]) -> Iterator[Point]:
    base = _draw(names, whole, 0)
    yield Point(base)
    yield Point(_draw(names, whole, 1))
    for name in names[:MAX_NAMES]:
        yield Point({**base, name: -base[name]}, disputable=name in whole)
    for name in names[:MAX_NAMES]:
        yield from _along(name, base, name in whole, len(names) == 1)
    if len(names) == 1 and any(steps(expression) for expression in expressions):
        yield from (Point({names[0]: value}, disputable=names[0] in whole and value <= 2) for value in STEPS)
    yield from _turns(expressions, names, whole, base)
    for turn in range(2, 8):
        draw = _draw(names, whole, turn)
        signs = zlib.crc32(f"signs/{turn}".encode())
        flipped = {name: -value if signs >> place & 1 else value for place, (name, value) in enumerate(draw.items())}
        yield Point(draw)
        yield Point(flipped, disputable=bool(whole) or len(names) > 1)


def steps(expression: Any) -> bool:
    """Whether an expression rounds or takes remainders, so that it changes at whole numbers only."""
    return any(type(node).__name__ in ("floor", "ceiling", "Mod") for node in sympy.preorder_traversal(expression))


def natural_names(expression: Any) -> set[Any]:
    """Names that count from one: of a factorial, a binomial, the ends of a sum."""
    found: set[Any] = set()
    for node in sympy.preorder_traversal(expression):
        name = type(node).__name__
        if name in ("factorial", "binomial", "gamma"):
            found |= node.free_symbols
        elif name in ("Sum", "Product"):
            found |= set().union(*(end.free_symbols for limit in node.limits for end in limit[1:]))
    return found


def whole_names(expression: Any) -> set[Any]:
    """Names that stand for whole numbers in an expression."""
    found: set[Any] = set()
    for node in sympy.preorder_traversal(expression):
        name, inner = type(node).__name__, node.free_symbols
        if name == "Mod":
            found |= inner
        elif name == "Pow":
            alternates = node.base.is_number and not node.base.is_positive
            found |= {n for n in node.exp.free_symbols if alternates or (_counts(n) and not node.base.is_number)}
        elif name in ("floor", "ceiling") or (name in ("sin", "cos", "tan", "cot", "exp") and node.has(sympy.pi)):
            found |= {n for n in inner if _counts(n)}
    return found


def _counts(name: Any) -> bool:
    return str(name).partition("_")[0] in COUNTS


def _draw(names: Iterable[Any], whole: set[Any], turn: int) -> dict[Any, Fraction]:
    """A positive number for every name; the size grows with the turn."""
    values = {}
    for name in names:
        draw = zlib.crc32(f"{name}/{turn}".encode())
        scale = (1, 1, 10, 100, 1, 1000, 3, 30)[turn % 8]
        values[name] = Fraction(2 + draw % 23) if name in whole else Fraction(200 + draw % 1999, 1000) * scale
    return values


def _along(name: Any, base: dict[Any, Fraction], whole: bool, alone: bool) -> Iterator[Point]:
    """Points that differ in one name."""
    if whole:
        values = WHOLE if alone else WHOLE[:6] + WHOLE[-5:-3]
        yield from (Point({**base, name: value}, disputable=value <= 2) for value in values)
        return
    yield from (Point({**base, name: value}, edge=True) for value in (SIMPLE if alone else SIMPLE[:3]))
    yield from (Point({**base, name: value}) for value in (SPREAD if alone else SPREAD[:2]))


def _turns(expressions: Iterable[Any], names: list[Any], whole: set[Any], base: dict[Any, Fraction]) -> Iterator[Point]:
    """Points at, beside and between the places where something turns."""
    turning = list(dict.fromkeys(part for expression in expressions for part in turning_parts(expression)))[:MAX_KINKS]
    for name in names[:MAX_NAMES]:
        if name in whole:
            continue
        roots: set[Fraction] = set()
        for part in turning:
            if name in part.free_symbols:
                roots |= set(_roots(part, name, base))
        ordered = sorted(roots)
        for root in ordered:
            yield Point({**base, name: root}, edge=True)
            yield from (Point({**base, name: root + step}) for step in BESIDE)
        for left, right in pairwise(ordered):
            yield Point({**base, name: (left + right) / 2})


def turning_parts(expression: Any) -> Iterator[Any]:
    """Parts of an expression at whose zeros it may turn, jump or end."""
    for node in sympy.preorder_traversal(expression):
        name = type(node).__name__
        if name in ("Abs", "sign", "log"):
            yield node.args[0]
        elif name in ("Max", "Min"):
            yield from (left - right for left, right in combinations(node.args, 2))
        elif name in ("asin", "acos", "atanh"):
            yield node.args[0] - 1
            yield node.args[0] + 1
        elif (
            name in ("Pow", "odd_root")
            and node.args[0].free_symbols
            and not (node.args[1].is_Integer and node.args[1] > 0)
        ):
            yield node.args[0]


def _roots(part: Any, name: Any, base: dict[Any, Fraction]) -> list[Fraction]:
    """Real zeros of a part in one name, the others given; exact where they are rational."""
    others = {
        other: sympy.Rational(value.numerator, value.denominator) for other, value in base.items() if other != name
    }
    inner = part.subs(others)
    try:
        polynomial = sympy.Poly(inner, name)
        degree = polynomial.degree()
    except sympy.PolynomialError:
        return _scanned(inner, name)
    if not 0 < degree <= MAX_DEGREE or polynomial.free_symbols_in_domain:
        return _scanned(inner, name) if degree > 0 else []
    if degree == 1:
        rise, constant = polynomial.all_coeffs()
        exact = -constant / rise
        return [Fraction(int(exact.p), int(exact.q))] if exact.is_Rational else _scanned(inner, name)
    try:
        found = polynomial.nroots(n=15, maxsteps=80)
    except (sympy.PolynomialError, mpmath.libmp.NoConvergence, ValueError):
        return []
    return [_rational(inner, name, float(root)) for root in found if root.is_real]


def _rational(part: Any, name: Any, root: float) -> Fraction:
    """A zero as a simple fraction where that is one, else as it is."""
    simple = Fraction(root).limit_denominator(10_000)
    exact = part.subs(name, sympy.Rational(simple.numerator, simple.denominator))
    return simple if exact == 0 else Fraction(root).limit_denominator(10**9)


def _scanned(part: Any, name: Any) -> list[Fraction]:
    """Where a part changes its sign, by a look at many points."""
    last: tuple[Fraction, Any] | None = None
    found = []
    for place in sorted(SCANNED):
        try:
            value = value_at(part, {name: place}, complex_numbers=False)
        except (UndefinedError, UnknownError):
            last = None
            continue
        if value == 0:
            found.append(place)
        elif last is not None and (last[1] < 0) != (value < 0):
            found.append(_bisected(part, name, last[0], place, last[1] < 0))
        last = (place, value) if value != 0 else None
    return found[:MAX_KINKS]


def _bisected(part: Any, name: Any, low: Fraction, high: Fraction, negative: bool) -> Fraction:
    for _ in range(30):
        middle = (low + high) / 2
        try:
            value = number(value_at(part, {name: middle}, complex_numbers=False))
        except (UndefinedError, UnknownError):
            break
        low, high = (middle, high) if (value < 0) == negative else (low, middle)
    return low
