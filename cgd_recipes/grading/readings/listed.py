r"""Lists with words before or behind them: "nodes 3 and 4", "B is 3 and E is 5", "81 pairs (b, c)". Used by `readings`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cgd_recipes.grading.notation.clean import AND, CLOSE_SET, OPEN_SET
from cgd_recipes.grading.notation.number import as_number
from cgd_recipes.grading.notation.structure import LETTER_NAME, enclosed, split_top
from cgd_recipes.grading.notation.text import said
from cgd_recipes.grading.notation.unit import composition, plain_unit, split_unit
from cgd_recipes.grading.readings.spellings import Pairs

ITEM = r"[-\u2212]?\d[\d./]*"
# "nodes 3 and 4", but not "units 3, 4"
THINGS = re.compile(
    rf"(?:the\s+)?(?:nodes|vertices|states|points|items|numbers|values|indices)\s+"
    rf"(?P<said>{ITEM}(?:\s*(?:,|{AND})+\s*{ITEM})+)"
)
IS = re.compile(rf"(?<![A-Za-z\\])(?P<name>{LETTER_NAME})\s+is\s+")
TUPLES = re.compile(
    r"(?P<main>\d[\d,]*)\s+(?:ordered\s+)?(?:integer\s+)?(?:pairs|triples|tuples|quadruples|points)"
    r"\s*\(\s*[a-z](?:_\{?\w\}?)?(?:\s*,\s*[a-z](?:_\{?\w\}?)?)+\s*\)"
)
INTERVAL = re.compile(
    r"(?:(?:all|every)\s+(?:real\s+)?(?:numbers?\s+|values?\s+of\s+)?(?:[a-z]\s+)?in\s+)?(?:the\s+)?(?:(?P<kind>closed|open|half-open)\s+)?interval\s*"
    r"(?P<said>(?P<first>[\[(])[^\[\]()]*(?P<last>[\])]))"
)
NAMED_TUPLE = re.compile(
    rf"\(\s*(?P<names>{LETTER_NAME}(?:\s*,\s*{LETTER_NAME})+)\s*\)\s*(?:=|\u2248|\\approx(?![A-Za-z]))\s*\((?P<values>(?:[^()]|\([^()]*\))+)\)"
)
KINDS = {"[]": "closed", "()": "open", "[)": "half-open", "(]": "half-open"}


def of_things(gold: str, answer: str) -> Iterator[Pairs]:
    """The items of a gold list with what they are before them."""
    if "," in gold and (match := THINGS.fullmatch(said(answer))):
        yield [(gold, re.sub(rf"\s*(?:,\s*)?{AND}\s*", ", ", match["said"]))]


def assigned(gold: str, answer: str) -> Iterator[Pairs]:
    """Names with their values in words: "B is 3 and E is 5"."""
    plain = said(answer)
    if "," in gold and len(IS.findall(plain)) > 1:
        yield [(gold, re.sub(rf"\s*(?:,\s*)?{AND}\s*", ", ", IS.sub(r"\g<name> = ", plain)))]


def tuples(gold: str, answer: str) -> Iterator[Pairs]:
    """How many pairs, without their names behind that."""
    if match := TUPLES.fullmatch(said(answer)):
        yield [(gold, match["main"])]


def intervals(gold: str, answer: str) -> Iterator[Pairs]:
    """An interval behind that word, and what kind it is."""
    match = INTERVAL.fullmatch(said(answer))
    if match and match["kind"] in (None, KINDS[match["first"] + match["last"]]):
        yield [(gold, match["said"])]


def named_tuples(gold: str, answer: str) -> Iterator[Pairs]:
    """The values of several unknowns that a tuple gives, for a bare list of them."""
    if "," in gold and "(" not in gold and (told := as_assigned(answer)) != answer:
        yield [(gold, told)]


def as_assigned(answer: str) -> str:
    """A tuple of names with its values as equations: "x = 1, y = 2" of `(x, y) = (1, 2)`; any other answer as it is."""
    match = NAMED_TUPLE.fullmatch(answer.strip(" $."))
    names, values = (split_top(match["names"]), split_top(match["values"])) if match else ([], [])
    if not len(names) == len(values) > 1:
        return answer
    return ", ".join(f"{name} = {value}" for name, value in zip(names, values, strict=True))


def in_one_unit(gold: str, answer: str) -> Iterator[Pairs]:
    """The items of a list with the unit that stands behind all of them, where those of the gold answer have units."""
    listed, unit = split_unit(answer)
    whole = enclosed(listed) if unit and composition(unit) else None
    items = split_top(whole[1]) if whole else []
    if whole and len(items) > 1 and r"\text" in gold and all(map(as_number, items)):
        each = ", ".join(rf"{item} \text{{{plain_unit(unit)}}}" for item in items)
        yield [(gold, f"{whole[0][0]}{each}{whole[0][1]}")]


# "all negative real numbers, together with the single value 1"
HALF_LINE = r"(?:all|every|any)\s+(?:the\s+)?(?P<sign>positive|negative)\s+(?:real\s+)?(?:numbers?|reals?)"
WITH_ONE = re.compile(
    rf"{HALF_LINE},?\s*(?:{AND}|\band\b|\btogether\s+with\b|\bas\s+well\s+as\b|\bplus\b)\s*(?:also\s+)?(?:the\s+)?(?:single\s+)?(?:value\s+|number\s+)?(?P<one>-?\d{{1,9}})",
    re.IGNORECASE,
)


def half_lines(gold: str, answer: str) -> Iterator[Pairs]:
    """All negative numbers or all positive ones, and one number more."""
    if match := WITH_ONE.fullmatch(said(answer)):
        line = r"(-\infty,0)" if match["sign"].casefold() == "negative" else r"(0,\infty)"
        yield [(gold, rf"{line} \cup {OPEN_SET}{match['one']}{CLOSE_SET}")]


READINGS = (half_lines, named_tuples, of_things, assigned, tuples, intervals, in_one_unit)
