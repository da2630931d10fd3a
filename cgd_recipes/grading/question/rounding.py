r"""Values with their roundings, where a question asks for a rounded one: `\frac{226}{31} \approx 7.3`."""

from __future__ import annotations

import re
from fractions import Fraction

from cgd_recipes.grading.gold import Gold
from cgd_recipes.grading.notation.clean import clean
from cgd_recipes.grading.notation.number import as_number
from cgd_recipes.grading.notation.structure import split_top
from cgd_recipes.grading.notation.unit import split_unit, unit_name, units_differ
from cgd_recipes.grading.question.asked_name import bare, targets
from cgd_recipes.grading.values.measure import base_units
from cgd_recipes.grading.values.single import LETTER, is_label

ROUND = re.compile(
    r"\b(?:round(?:ed|ing)?|nearest|decimal\s+(?:places?|points?)|significant\s+(?:figures?|digits?)|to\s+the\s+(?:tenth|hundredth)s?)\b",
    re.IGNORECASE,
)
# "to the nearest hundred"
COARSE = re.compile(r"\bnearest\s+(?P<unit>ten|hundred|thousand|million)\b", re.IGNORECASE)
UNITS = {"ten": 10, "hundred": 100, "thousand": 1_000, "million": 1_000_000}
SIGN = r"\approx"
# A value that was rounded, or is no whole number, may be only about right.
MAY_BE_ABOUT = re.compile(
    rf"{ROUND.pattern}|\b(?:estimat(?:e[ds]?|ing)|approximat(?:e|ely|ion)|(?:correct|accurate)\s+to|decimals|sig\.?\s*fig)",
    re.IGNORECASE,
)
INEXACT = re.compile(r"[-\u2212]?\d*\.\d+|.*\d\s?[eE][-+]?\d+|.*10\^.*")
ABOUT = re.compile(
    r"(?P<is>\b(?!(?:or|and|than|not|say)\b)[a-z]+|answer:)(?P<marks>\s+[*_$]{0,3})"
    r"(?:about|approximately|approx\.?|roughly|around|(?<=is\s)\u2248)\s+(?=[*_$\\]{0,3}[-\u2212\u20ac\u00a3$]{0,2}\.?\d)"
    r"|(?<=[a-z\w)}$*])(?P<sign>\s*[*$]{0,3}\s*)(?:\u2248|\\approx(?![a-z]))(?=\s*[*_$]{0,3}[-\u2212]?\.?\d)",
    re.IGNORECASE,
)
OPERATES = re.compile(r"[\d=+*/^\u00d7\u00b7\u221a]|\\(?:d?frac|sqrt|times|cdot)")
MAX_LINE, MAX_QUESTION = 500, 5_000
MAX_ANSWER, MAX_PARTS, SECONDS_OF_YEAR = 200, 5, 31_557_600


def without_about(gold: Gold, response: str, question: str) -> str:
    """A response without "about" before the one value of its last line, if the gold answer is no whole number or was rounded."""
    if "boxed" in response:
        return response
    end = len(response.rstrip())
    start = response.rfind("\n", max(0, end - MAX_LINE), end) + 1
    if end - start > MAX_LINE:
        return response
    line = response[start:end]
    found = [*ABOUT.finditer(line)]
    if len(found) != 1 or (found[0]["sign"] is not None and OPERATES.search(line[: found[0].start()])):
        return response
    if (
        gold.tolerance is None
        and not INEXACT.fullmatch(gold.text.strip("$ "))
        and not MAY_BE_ABOUT.search(question[-MAX_QUESTION:])
    ):
        return response
    plain = f"{found[0]['is']}{found[0]['marks']}" if found[0]["is"] else f"{found[0]['sign']}="
    return f"{response[:start]}{line[: found[0].start()]}{plain}{line[found[0].end() :]}{response[end:]}"


def rounded(answer: str, gold: str, question: str) -> str:
    """The rounding at the end of an answer, which is the gold answer, where all that stands before it rounds to it; else ""."""
    if len(answer) > MAX_ANSWER or "=" in gold or not ROUND.search(question):
        return ""
    plain = clean(answer)
    before, sign, last = plain.rpartition(SIGN)
    (wanted, due), (value, unit) = split_unit(clean(gold)), split_unit(last.strip())
    gold_number, number = as_number(wanted), as_number(value)
    if not sign or not gold_number or not number or gold_number.value != number.value or units_differ(due, unit):
        return ""
    parts = [part for each in split_top(before, SIGN) for part in split_top(each, "=")]
    if not 0 < len(parts) <= MAX_PARTS:
        return ""
    while len(parts) > 1 and (is_label(parts[0]) or LETTER.search(parts[0])):
        parts = parts[1:]
    if len(parts) == 1 and bare(parts[0]) in targets(question):
        return last.strip()  # `10a + b \\approx 67`, where it is asked for
    coarse = COARSE.search(question)
    half = Fraction(UNITS[coarse["unit"].casefold()] if coarse else 1, 2) * Fraction(10) ** -max(number.places, 0)
    return last.strip() if all(_is_near(part, unit, number.value, half) for part in parts) else ""


def in_another_unit(answer: str, gold: str, question: str) -> str:
    r"""An amount without what it is about in another unit, `200\text{ s} \approx 3.3\text{ min}`, if that is it rounded; else ""."""
    if len(answer) > MAX_ANSWER or "=" in gold or not (SIGN in answer or "\u2248" in answer):
        return ""
    before, sign, last = clean(answer).rpartition(SIGN)
    name, is_named, amount = re.sub(r"\\approx(?![a-z])", "=", before).rpartition("=")
    quantities = [split_unit(text.strip()) for text in (amount, last)]
    if not sign or (is_named and not is_label(name.strip())):
        return ""
    numbers = [as_number(value) for value, _ in quantities]
    units = [_in_base_units(unit_name(unit)) for _, unit in quantities]
    if not (numbers[0] and numbers[1] and units[0] and units[1]) or units[0][1] != units[1][1] or units[0] == units[1]:
        return ""
    half = Fraction(1, 2) * Fraction(10) ** -numbers[1].places
    near = abs(numbers[0].value * units[0][0] / units[1][0] - numbers[1].value) <= half
    return amount.strip() if near else ""


def _in_base_units(unit: str | None) -> tuple[Fraction, frozenset[tuple[str, int]]] | None:
    """How many base units a unit is; a year is about so many seconds."""
    known = base_units(unit) if unit else None
    if known and known[1] == frozenset({("year", 1)}):
        return known[0] * SECONDS_OF_YEAR, frozenset({("second", 1)})
    return known


def _is_near(part: str, unit: str | None, value: Fraction, half: Fraction) -> bool:
    from cgd_recipes.grading.values.symbolic import constant

    text, own = split_unit(part)
    if own and units_differ(unit, own):
        return False
    number = as_number(text)
    exact = number.value if number else constant(text)
    return exact is not None and abs(exact - value) <= half
