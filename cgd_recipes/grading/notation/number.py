"""Plain numbers, exactly: no float, so that nothing is rounded and nothing is out of range."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

# A decimal of fewer significant digits is no approximation of an exact number, only a rounding of it.
MIN_DIGITS = 6
# Two fractions with such denominators differ by more than a unit in the fifth digit of a number up to 1.
MAX_SIMPLE = 100
# 10^{10^{10}} is not worth its memory, and Python writes no integer of more than 4,300 digits.
MAX_EXPONENT = 2_000

DIGITS = r"(?:\d{1,3}(?:(?:,\d{3})+|(?: \d{3})+)(?!\d)(?:\.\d*)?|\d+\.?\d*|\.\d+)"
EXPONENT = r"(?:\{\s*(?P<{0}a>[+-]?\s*\d+)\s*\}|\(\s*(?P<{0}b>[+-]?\d+)\s*\)|(?P<{0}c>[+-]?\d+))"
SCIENTIFIC = re.compile(
    rf"(?P<sign>[+-]?)\s*(?:(?P<mantissa>{DIGITS})\s*(?:[eE]\s*(?P<e>[+-]?\d+)|"
    rf"(?:(?:\\times|\\cdot|\*|x|\\,)\s*10\s*\^\s*{EXPONENT.replace('{0}', 't')})?)|10\s*\^\s*{EXPONENT.replace('{0}', 'p')})"
)
FRACTION = re.compile(
    rf"(?P<sign>[+-]?)\s*(?:(?P<whole>\d+)\s*(?=\\frac)|(?P<spaced>\d+)\s+(?=\d+\s*/))?"
    rf"(?:\\frac\s*\{{\s*(?P<up>[+-]?\s*{DIGITS})\s*\}}\s*\{{\s*(?P<down>[+-]?\s*{DIGITS})\s*\}}"
    rf"|(?P<left>{DIGITS})\s*/\s*(?P<right>{DIGITS}))"
)
# Figures, roots, fractions and pi.
CONSTANT = re.compile(r"(?:[\d.+*/^(){}!\s-]|\\(?:pi|sqrt|frac|cdot|times|binom)(?![A-Za-z]))+")


class Number(NamedTuple):
    """A number as it was written.

    Args:
        value: its exact value.
        decimal: it has a decimal point or an exponent of ten, so that it may be rounded.
        digits: significant digits, leading zeros aside.
        places: decimal places; negative where the last digit stands left of the point, as in 3e8.
    """

    value: Fraction
    decimal: bool = False
    digits: int = 0
    places: int = 0


@lru_cache(maxsize=512)  # every reading asks for it
def as_number(text: str) -> Number | None:
    r"""The number that a cleaned text is, or None where it is anything else.

    Read are `12`, `-1,200.5`, `.5`, `4.5e33`, `6.0 \times 10^{-7}`, `10^{4}`, `3/4`, `\frac{3}{4}`, `-1./3`, and the
    mixed numbers `1\frac{4}{5}` and `1 4/5`.
    """
    text = text.strip()
    while text.startswith("{") and text.endswith("}") and "}" not in text[1:-1]:
        text = text[1:-1].strip()
    if len(text) > MAX_EXPONENT:
        return None
    if match := SCIENTIFIC.fullmatch(text):
        return scientific(match)
    if match := FRACTION.fullmatch(text):
        return fraction(match)
    return None


def scientific(match: re.Match[str]) -> Number | None:
    """A decimal, with or without a power of ten."""
    exponent = next(
        (match[name] for name in ("e", "ta", "tb", "tc", "pa", "pb", "pc") if match[name] is not None), None
    )
    power = int(exponent.replace(" ", "")[:9]) if exponent else 0
    if abs(power) > MAX_EXPONENT:
        return None
    mantissa = (match["mantissa"] or "1").replace(",", "").replace(" ", "")
    whole, _, rest = mantissa.partition(".")
    value = (Fraction(int(whole + rest or "0"), 10 ** len(rest))) * Fraction(10) ** power
    digits = (whole + rest).lstrip("0")
    bare_power = match["mantissa"] is None
    decimal = not bare_power and (bool(rest.strip("0")) or exponent is not None)
    return Number(-value if match["sign"] == "-" else value, decimal, len(digits), len(rest) - power)


def fraction(match: re.Match[str]) -> Number | None:
    """A fraction or a mixed number."""

    def part(*names: str) -> Fraction:
        text = next(match[name] for name in names if match[name] is not None).replace(" ", "").replace(",", "")
        return Fraction(Decimal(text))

    down = part("down", "right")
    if down == 0:
        return None
    value = part("up", "left") / down
    whole = match["whole"] or match["spaced"]
    if whole is not None:
        if not 0 < value < 1:
            return None  # 2\frac{3}{2} is a product as likely as a mixed number
        value += int(whole)
    return Number(-value if match["sign"] == "-" else value)


def approximates(value: Fraction, written: Number) -> bool:
    """Whether a decimal is an exact value, rounded or cut off at its own last digit, with at least six digits.

    A whole number has no roundings: 1.23457e8 is not 123456789.
    """
    if not written.decimal or written.digits < MIN_DIGITS or value.denominator == 1:
        return False
    unit = Fraction(10) ** -written.places
    steps = value / unit
    shown = written.value / unit
    return shown in (Fraction(math.trunc(steps)), Fraction(math.floor(steps + Fraction(1, 2))))


def same_number(gold: Number, answer: Number, tolerance: float | None) -> bool:
    """Whether two numbers are the same.

    Exact ones must be equal. With a tolerance, a decimal may be off by that much; without one, a decimal of six
    significant digits or more stands for the exact number of which it is the rounding.
    """
    if gold.value == answer.value:
        return True
    if not (gold.decimal or answer.decimal):
        return False
    if tolerance is not None:
        return abs(gold.value - answer.value) <= Fraction(Decimal(repr(tolerance)))
    if gold.decimal and answer.decimal:
        return False
    if answer.decimal:
        return approximates(gold.value, answer)
    return approximates(answer.value, gold) or is_rounding(gold, answer.value)


def is_rounding(gold: Number, value: Fraction) -> bool:
    """Whether a gold decimal of five digits is the rounding of a simple fraction: no other with so small a denominator is as near."""
    return (
        gold.digits >= MIN_DIGITS - 1
        and 1 < value.denominator <= MAX_SIMPLE
        and gold.value == Fraction(round(value * 10**gold.places), 10**gold.places)
    )


def as_fraction(text: str, number: Number | None) -> str:
    """A plain number as an exact fraction for the parser; any other text as it is."""
    if number is None:
        return text
    value: Fraction = number.value
    if value.denominator == 1:
        return str(value.numerator)
    sign = "-" if value < 0 else ""
    return rf"{sign}\frac{{{abs(value.numerator)}}}{{{value.denominator}}}"
