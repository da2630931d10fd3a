r"""The values of a gold answer, one by one: those of `x = 2, x = 4`, `\pm 7`, "0 or 9", "15, 16, 17"; a tuple or an interval is one."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

from cgd_recipes.grading.gold import Gold
from cgd_recipes.grading.notation.clean import clean, tidy
from cgd_recipes.grading.notation.number import as_number
from cgd_recipes.grading.notation.separated import notation_of, same_notation
from cgd_recipes.grading.notation.structure import split_top
from cgd_recipes.grading.notation.terms import same_factors, same_quotient, same_terms
from cgd_recipes.grading.values.certain import certain
from cgd_recipes.grading.values.measure import Measure, measure, same_measure
from cgd_recipes.grading.values.realset import real_set, same_set

NAMED = re.compile(r"^\\?[A-Za-z]+(?:_\{?\w+\}?)?(?:\([a-z]\))?\s*=\s*")
SET = re.compile(r"^\\?\{(?P<inside>.*[^\\])\\?\}$")
SIGNS = re.compile(r"^(?:\\pm|\u00b1)\s*(?P<value>\S.*)$")
BOTH_SIGNS = re.compile(r"(?:\\pm(?![a-z])|\u00b1)\s*")
INNER_SIGNS = re.compile(r"[^()\u00b1]*[\w})]\s*(?:\\pm(?![a-z])|\u00b1)[^()\u00b1]*")
TURNED = re.compile(r"(?P<left>[^<>\u2264\u2265=]+?)(?P<sign>[<>\u2264\u2265])(?P<right>[^<>\u2264\u2265=]+)")
MIRRORED = {"<": ">", ">": "<", "\u2264": "\u2265", "\u2265": "\u2264"}
# One of `(3,4), (4,3)`
TUPLE = re.compile(r"\s*\([^()]*,[^()]*\)\s*")
CONJUNCTION = re.compile(r",?\s+(?:and|or)\s+")
POWER = re.compile(r"\^\{(\w+)\}")
ONE = re.compile(r"^\((?P<inside>[^(),]*)\)$")


@lru_cache(maxsize=64)
def parts(gold: str) -> tuple[str, ...]:
    """The values of a gold answer, without the names that they have."""
    text = gold.strip("$ ")
    several = measure(clean(text), None)
    if notation_of(clean(text)) or (several and not several.amount):
        return (text,)
    text = match["inside"] if (match := SET.match(text)) else text
    found = split_top(CONJUNCTION.sub(",", text.replace("$", "") if text.startswith("(") else text))
    if re.match(r"[(\[].*[)\]]$", text) and not all(TUPLE.fullmatch(part) for part in found):
        found = [text]
    return tuple(sign for part in found for sign in _both_signs(NAMED.sub("", part)))


@lru_cache(maxsize=256)  # the values of a sentence are compared by several rules
def is_part(part: str, value: str, unit: str = "") -> bool:
    """Whether a value of a sentence is plainly one of a gold answer's, with or without its name, alone or at the end of a chain.

    Args:
        part: one value of the gold answer.
        value: of the sentence.
        unit: the words behind it that may be its unit; without any, it may have the unit of the part.
    """
    value = value.strip(" .$") + "%" * ("%" in part and unit.strip() == "percent")
    quantity, known = _read(part)
    if known:
        return same_notation(clean(part), clean(value)) is True
    if quantity and not part.startswith("$"):
        return _is_quantity(part, quantity, value.rpartition("=")[2].strip(), unit)
    if (AMOUNT.match(part) or TEMPERATURE.match(part)) and same_amount(part, value + unit):
        return True
    if (
        value.endswith("%")
        and (number := as_number(value[:-1]))
        and abs(number.value) > 1
        and certain(Gold(part), value[:-1])
    ):
        return True  # as for single values
    if _is_percent(part, value) or _is_set(part, value) or _is_tuple(part, value):
        return True
    value = match["inside"] if (match := ONE.match(value)) else value
    written = {value, NAMED.sub("", value), value.rpartition("=")[2].strip()}
    if turned := TURNED.fullmatch(value):
        written.add(f"{turned['right'].strip()} {MIRRORED[turned['sign']]} {turned['left'].strip()}")
    part = POWER.sub(r"^\1", part)
    if (power := PLAIN_POWER.fullmatch(POWER.sub(r"^\1", value))) and (number := as_number(part)):
        return bool(number.value == int(power["base"]) ** int(power["power"]))
    return any(
        certain(Gold(part), POWER.sub(r"^\1", each))
        or same_terms(part, each)
        or same_factors(part, each)
        or same_quotient(part, each)
        or _is_turn(part, each)
        for text in written
        for each in _both_signs(text)
    )


# What only sets of real numbers have, and what one of them may be written with.
MAX_PART = 100
OF_SET = re.compile(r"[<>\u2264\u2265\u222a\u221e]|\\(?:le|ge|leq|geq|cup|infty)(?![a-z])|^\$?\[")


def _is_percent(part: str, value: str) -> bool:
    """Whether a value in percent is a part between 0 and 1."""
    number = as_number(clean(part)) if value.endswith("%") else None
    percent = as_number(clean(value[:-1])) if number and 0 < number.value < 1 else None
    return bool(number and percent and percent.value == 100 * number.value)


def _is_set(part: str, value: str) -> bool:
    r"""Whether a part and a value are the same set of real numbers: `[-1,1]` and `|x| \le 1`."""
    if not (OF_SET.search(part) and OF_SET.search(value)) or len(part) + len(value) > MAX_PART:
        return False
    one, other = (real_set(tidy(text)) for text in (part, value))
    return bool(one and other and same_set(one, other))


OF_PI = re.compile(r"\\pi|\u03c0")
FRACTION = r"\\frac\{\d+\}\{\d+\}|\d+/\d+"
PI = re.compile(
    r"(?P<sign>-?)(?:\\frac\{(?P<above>\d*)\\pi\}\{(?P<under>\d+)\}"
    rf"|(?P<count>\d*\.?\d*|{FRACTION}) ?\\pi(?:/(?P<below>\d+))?)"
)


def _is_turn(part: str, value: str) -> bool:
    r"""Whether a part and a value are the same multiple of pi: `\frac{\pi}{4}` and `0.25\pi`."""
    if len(part) + len(value) > MAX_PART or not OF_PI.search(part) or not OF_PI.search(value):
        return False
    one, other = (PI.fullmatch(clean(text)) for text in (part, value))
    return bool(one and other and _multiple(one) == _multiple(other))


def _multiple(match: re.Match[str]) -> Fraction:
    number = as_number(match["above"] or match["count"] or "1")
    count = number.value if number else Fraction(0)
    return (-1 if match["sign"] else 1) * count / max(int(match["under"] or match["below"] or 1), 1)


def _is_tuple(part: str, value: str) -> bool:
    """Whether a part and a value are tuples of the same numbers: (3/5, 4/5) and (0.6, 0.8)."""
    if (
        not (part.endswith(")") and value.startswith("(") and value.endswith(")") and "," in value)
        or len(value) > MAX_PART
    ):
        return False
    one, other = ([as_number(item) for item in split_top(clean(text)[1:-1])] for text in (part, value))
    return len(one) == len(other) > 1 and all(
        left and right and left.value == right.value for left, right in zip(one, other, strict=True)
    )


PLAIN_POWER = re.compile(r"(?P<base>\d{1,4})\^(?P<power>\d{1,2})")  # "2^5, or 32"
AMOUNT = re.compile(r"^\\?\$|.*%$")
MONEY = re.compile(r"^\\?\$\s*(?P<amount>\d[\d.,]*)$")
PERCENT = re.compile(r"^(?P<amount>-?[\d.]+(?:\s?[\u00bc-\u00be])?)\s*\\?(?:%|percent)$")


def same_amount(one: str, other: str) -> bool:
    """Whether two values with their units are one amount: "22 days" and "3 weeks and 1 day", "$1.25" and "125 cents", 3/5 and 60%."""
    one, other = (
        MONEY.sub(r"\g<amount> dollars", text.strip(" .$" if text.count("$") != 1 else " .")) for text in (one, other)
    )
    degrees = [TEMPERATURE.match(text) for text in (one, other)]
    if degrees[0] and degrees[1]:
        return _in_celsius(degrees[0]) == _in_celsius(degrees[1])
    numbers = [as_number(clean(PERCENT.sub(r"\g<amount>", text))) for text in (one, other)]
    if all(numbers):
        left, right = (
            number.value / (100 if PERCENT.match(text) else 1)
            for number, text in zip(numbers, (one, other), strict=True)
            if number
        )
        return left == right
    return same_measure(clean(one), clean(other), None, (None, None), None) is True


OF_UNITS = re.compile(r"(?P<amount>-?[\d.]+)\s*\\text\s*\{\s*(?P<unit>[A-Za-z][^\\]*)\}")
TEMPERATURE = re.compile(
    r"^\(?(?P<degrees>[-\u2212]?\d+(?:\.\d+)?)\s?(?:\u00b0\s?|degrees\s)(?P<scale>[CF])(?:elsius|ahrenheit)?\)?$"
)


def _in_celsius(match: re.Match[str]) -> Fraction:
    degrees = Fraction(match["degrees"].replace("\u2212", "-"))
    return degrees if match["scale"] == "C" else (degrees - 32) * 5 / 9


@lru_cache(maxsize=64)  # a value of the gold answer is compared with each of a sentence
def _read(part: str) -> tuple[Measure | None, bool]:
    """The quantity that a value is, and whether it is a time, date, ratio or score."""
    return measure(clean(part), None), notation_of(clean(part)) is not None


def _is_quantity(part: str, quantity: Measure, value: str, unit: str) -> bool:
    """Whether a value with a unit, or without any, is a quantity."""
    written = clean(value + unit)
    if (inside := OF_UNITS.fullmatch(written)) and not unit:
        written = f"{inside['amount']} {inside['unit']}"  # `4 \\mathrm{m s^{-2}}`
    if certain(Gold(part), value + unit) or same_measure(clean(part), written, None, (None, None), None):
        return True
    other = measure(written, None)
    if (
        other
        and (quantity.factor, quantity.parts) == (other.factor, other.parts)
        and certain(Gold(quantity.amount), other.amount)
    ):
        return True
    number = as_number(written)
    return bool(number and quantity.value and number.value == quantity.value.value)


def _both_signs(text: str) -> list[str]:
    if text.startswith("(") and len(BOTH_SIGNS.findall(text)) == 1:  # "(\u00b13, 0)"
        return [BOTH_SIGNS.sub(sign, text) for sign in ("", "-")]
    if INNER_SIGNS.fullmatch(text):  # `-2 \\pm 3i`
        return [BOTH_SIGNS.sub(sign, text) for sign in ("+", "-")]
    match = SIGNS.match(text)
    return [match["value"], "-" + match["value"]] if match else [text]
