"""Values that a sentence says in several pieces: a time of day, a date, a quantity in two units."""

from __future__ import annotations

import re

from cgd_recipes.grading.notation.months import MONTHS
from cgd_recipes.grading.notation.unit import unit_name
from cgd_recipes.grading.prose.masked import M, Masked
from cgd_recipes.grading.values.measure import base_units

HALF = r"(?:[ap]\.?m\b\.?|in\sthe\s(?:morning|afternoon|evening)\b|at\snight\b)"
HALF_DAY = re.compile(
    rf"{M}\s?(?:(?P<clock>o['\u2019]?\s?clock\b)(?:\s(?P<later>{HALF}))?|(?P<half>{HALF}))", re.IGNORECASE
)
MONTH = rf"(?:{'|'.join(MONTHS)})"
# "June 30", "the 30th of June", "30 June", but not "in June 30 people"
DATE = re.compile(
    rf"\b{MONTH}\s(?:{M}|\d{{1,2}}(?:st|nd|rd|th)\b)(?:,\s{M})?(?!\s(?!is\b|was\b|falls\b)[a-z]+s\b|\speople\b)"
    rf"|(?:\bthe\s)?(?:{M}|\b\d{{1,2}}(?:st|nd|rd|th))(?:\sof)?\s{MONTH}\b"
)
# "22 minutes and 30 seconds", "5 feet, 3 inches"
TWO_UNITS = re.compile(rf"{M}\s?(?P<first>[a-z]+)\b(?:,?\sand|,)?\s{M}\s?(?P<second>[a-z]+)\b")


def compounded(masked: Masked) -> Masked:
    """A sentence with every value that has several pieces as one."""
    return _dated(_timed(_in_two_units(masked)))


def _in_two_units(masked: Masked) -> Masked:
    """Quantities in a unit and a smaller one as one value each."""
    start = 0
    while match := TWO_UNITS.search(masked.text, start):
        start = match.start() + 1
        larger, smaller = (base_units(unit_name(match[name]) or "") for name in ("first", "second"))
        numbers = masked.part(*match.span()).values
        if (
            larger
            and smaller
            and larger[1] == smaller[1]
            and larger[0] > smaller[0]
            and all(each.isdigit() for each in numbers)
        ):
            masked = masked.replaced(*match.span(), masked.said(*match.span()))
    return masked


def _timed(masked: Masked) -> Masked:
    """Times with their half of the day as one value."""
    while match := HALF_DAY.search(masked.text):
        place = masked.text.count(M, 0, match.start())
        values = list(masked.values)
        half = match["half"] or match["later"] or ""
        values[place] += (
            " o'clock" * bool(match["clock"]) + f" {half.rstrip('.') if half.count('.') == 1 else half}".rstrip()
        )
        end = match.end() - (half.endswith(".") and match.end() == len(masked.text))
        masked = masked._replace(text=masked.text[: match.start()] + M + masked.text[end:], values=tuple(values))
    return masked


def _dated(masked: Masked) -> Masked:
    """Dates as one value each: "June 30" for "the 30th of June"."""
    start = 0
    while match := DATE.search(masked.text, start):
        said = masked.said(*match.span())
        month, days = re.search(MONTH, said), re.findall(r"\d+", said)
        start = match.end()
        if month and days and all(each.isdigit() for each in masked.part(*match.span()).values):
            start = match.start() + 1
            masked = masked.replaced(*match.span(), f"{month[0]} {', '.join(days)}")
    return masked
