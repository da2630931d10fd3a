r"""Quantities in other units of the same dimension: `2.5 km` and `2500 m`, `2 hours 30 minutes` and `150 minutes`, `37° 30'`.

Units are converted only by factors that are exact and that everybody means: no gallons, tons, months, nor degrees of temperature.
Both sides must name a unit.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from cgd_recipes.grading.notation.clean import AND
from cgd_recipes.grading.notation.number import DIGITS, Number, as_number
from cgd_recipes.grading.notation.unit import PREFIXED, PREFIXES, composition, counted_per, split_unit, without_words

POWERS = {
    "femto": -15,
    "pico": -12,
    "nano": -9,
    "micro": -6,
    "milli": -3,
    "centi": -2,
    "deci": -1,
    "hecto": 2,
    "kilo": 3,
    "mega": 6,
    "giga": 9,
    "tera": 12,
    "peta": 15,
}
# What each is of others, which may be in this table too.
UNITS: dict[str, tuple[Fraction, dict[str, int]]] = {
    name: (Fraction(factor), parts)
    for name, factor, parts in (
        ("inch", "0.0254", {"metre": 1}),
        ("foot", "0.3048", {"metre": 1}),
        ("yard", "0.9144", {"metre": 1}),
        ("mile", "1609.344", {"metre": 1}),
        ("angstrom", "1/10000000000", {"metre": 1}),
        ("minute", "60", {"second": 1}),
        ("hour", "3600", {"second": 1}),
        ("day", "86400", {"second": 1}),
        ("week", "604800", {"second": 1}),
        ("pound", "453.59237", {"gram": 1}),
        ("ounce", "28.349523125", {"gram": 1}),
        ("litre", "1/1000", {"metre": 3}),
        ("cent", "1/100", {"dollar": 1}),
        ("eurocent", "1/100", {"euro": 1}),
        ("pence", "1/100", {"pound sterling": 1}),
        ("arcminute", "1/60", {"degree": 1}),
        ("arcsecond", "1/3600", {"degree": 1}),
        ("newton", "1000", {"gram": 1, "metre": 1, "second": -2}),
        ("dyne", "1/100", {"gram": 1, "metre": 1, "second": -2}),
        ("pascal", "1000", {"gram": 1, "metre": -1, "second": -2}),
        ("bar", "100000000", {"gram": 1, "metre": -1, "second": -2}),
        ("joule", "1", {"newton": 1, "metre": 1}),
        ("newton metre", "1", {"joule": 1}),
        ("watt", "1", {"joule": 1, "second": -1}),
        ("volt", "1", {"joule": 1, "coulomb": -1}),
        ("ohm", "1", {"volt": 1, "ampere": -1}),
        ("farad", "1", {"coulomb": 1, "volt": -1}),
        ("tesla", "1", {"newton": 1, "ampere": -1, "metre": -1}),
        ("henry", "1", {"volt": 1, "second": 1, "ampere": -1}),
        ("hertz", "1", {"second": -1}),
        ("revolution per minute", "1/60", {"revolution": 1, "second": -1}),
        ("revolution per second", "1", {"revolution": 1, "second": -1}),
        ("watt hour", "3600", {"joule": 1}),
        ("coulomb", "1", {"ampere": 1, "second": 1}),
        ("erg", "1/10000000", {"joule": 1}),
        ("electronvolt", "1602176634/10000000000000000000000000000", {"joule": 1}),
    )
}
BASES = frozenset(
    (
        "metre",
        "gram",
        "second",
        "dollar",
        "euro",
        "pound sterling",
        "degree",
        "ampere",
        "mole",
        "kelvin",
        "year",
        "radian",
        "revolution",
        "parsec",
        "calorie",
    )
)
ARC = {
    "'": "arcminute",
    "\u2032": "arcminute",
    "''": "arcsecond",
    '"': "arcsecond",
    "\u2033": "arcsecond",
    "°": "degree",
}
AMOUNT = rf"(?:\d+\s*\\frac\s*\{{\d+\}}\s*\{{\d+\}}|\\frac\s*\{{\d+\}}\s*\{{\d+\}}|\d+\s*/\s*\d+|{DIGITS})"
PIECE = re.compile(rf"\s*(?P<amount>{AMOUNT})\s*(?P<unit>°|''|['\u2032\"\u2033]|[A-Za-z]+)\s*")


class Measure(NamedTuple):
    """A quantity in base units.

    Args:
        factor: how many of the base units its own unit is.
        parts: the base units and their powers.
        amount: the text of the number before the unit; "" where the quantity has several parts.
        value: the number, where it is a plain one.
    """

    factor: Fraction
    parts: frozenset[tuple[str, int]]
    amount: str
    value: Number | None


def same_measure(
    gold: str, answer: str, due: str | None, signs: tuple[str | None, str | None], tolerance: float | None
) -> bool | None:
    """Whether two cleaned quantities, in two units of one dimension, are the same; None where they are not that.

    Args:
        gold: the gold answer.
        answer: the answer.
        due: the unit that the dataset gives apart from its gold answer.
        signs: the currencies whose signs stand in the two texts.
        tolerance: as in Gold.
    """
    left, right = measure(gold, due or signs[0]), measure(answer, signs[1])
    if left is None or right is None or left.parts != right.parts:
        return None
    if (
        left.factor == right.factor and left.amount and right.amount
    ):  # as plain values, but for units such as mol/L and mol/dm^3
        return True if left.value and right.value and left.value.value == right.value.value else None
    if left.value is None or right.value is None:
        return _same_expression(left, right)
    wanted, given = left.value.value, right.value.value * right.factor / left.factor
    return wanted == given or (
        tolerance is not None
        and (left.value.decimal or right.value.decimal)
        and abs(wanted - given) <= Fraction(repr(tolerance))
    )


def _same_expression(left: Measure, right: Measure) -> bool | None:
    from cgd_recipes.grading.values.symbolic import same_value

    if (
        not left.amount
        or not right.amount
        or re.search(r"[=<>,&~]|\\(?:approx|pm|le|ge|text)(?![A-Za-z])", left.amount + right.amount)
    ):
        return None
    ratio = right.factor / left.factor
    return same_value(left.amount, rf"({right.amount}) \cdot \frac{{{ratio.numerator}}}{{{ratio.denominator}}}") or None


@lru_cache(maxsize=256)  # a quantity is compared with several
def measure(text: str, unit: str | None) -> Measure | None:
    """The quantity that a cleaned text states, with a unit that may stand apart; None where it states none with a known unit."""
    if several := _several(text):
        return several
    amount, found = split_unit(text)
    if found is None:
        amount, found = without_words(text, None)
    known = base_units(found or unit or "")
    return Measure(*known, amount, as_number(amount)) if known and amount else None


def _several(text: str) -> Measure | None:
    """`2 hours 30 minutes`, `37° 30'`: every unit smaller than the one before, and less of it than would make up that one."""
    plain = re.sub(r"\\text\s*\{([^{}]*)\}", r" \1 ", text)
    plain = re.sub(rf"\s*(?:,|{AND}|(?<![A-Za-z])and(?![A-Za-z]))\s*(?=\d)|\s+", " ", plain).strip()
    end, total, last, parts = 0, Fraction(0), Fraction(0), None
    count = 0
    for match in PIECE.finditer(plain):
        number = as_number(match["amount"])
        known = base_units(ARC.get(match["unit"], match["unit"]))
        if match.start() != end or number is None or known is None or (parts and known[1] != parts):
            return None
        if count and (known[0] >= last or number.value * known[0] >= last):
            return None
        total, last, parts, end, count = total + number.value * known[0], known[0], known[1], match.end(), count + 1
    if end != len(plain) or parts is None or (count < 2 and plain[-1:] not in "'\u2032\"\u2033"):
        return None
    return Measure(Fraction(1), parts, "", Number(total))


@lru_cache(maxsize=1024)
def base_units(unit: str) -> tuple[Fraction, frozenset[tuple[str, int]]] | None:
    """How many base units a unit is, and of which powers; None where it is not known or has no exact factor."""
    named = [(unit, 1)] if unit in UNITS else composition(unit)
    if not named:
        return _of_things(unit)
    factor, parts = Fraction(1), dict[str, int]()
    for name, power in named:
        known = _reduced(name)
        if known is None:
            return None
        factor *= known[0] ** power
        for base, inner in known[1].items():
            parts[base] = parts.get(base, 0) + inner * power
    return factor, frozenset((base, power) for base, power in parts.items() if power)


def _of_things(unit: str) -> tuple[Fraction, frozenset[tuple[str, int]]] | None:
    """Of "atoms/nm", whose things are a unit of their own."""
    counted = counted_per(unit)
    known = base_units(counted[1]) if counted else None
    if counted is None or known is None:
        return None
    return 1 / known[0], frozenset({(counted[0], 1), *((base, -power) for base, power in known[1])})


def _reduced(name: str) -> tuple[Fraction, dict[str, int]] | None:
    if name in BASES:
        return Fraction(1), {name: 1}
    if name not in UNITS:
        prefix = next(
            (
                each
                for each in sorted(PREFIXES.values())
                if name.startswith(each) and name.removeprefix(each) in PREFIXED
            ),
            None,
        )
        known = _reduced(name.removeprefix(prefix)) if prefix else None
        return (known[0] * Fraction(10) ** POWERS[prefix], known[1]) if known and prefix else None
    factor, parts = UNITS[name]
    total: dict[str, int] = {}
    for part, power in parts.items():
        inner = _reduced(part)
        if inner is None:
            return None
        factor *= inner[0] ** power
        for base, times in inner[1].items():
            total[base] = total.get(base, 0) + times * power
    return factor, total
