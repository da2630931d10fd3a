r"""Answers with another name or a description of their value: "ethanol (or ethan-1-ol)", "sulfate, SO4^2-". Used by `readings`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cgd_recipes.grading.notation.clean import AND, OR
from cgd_recipes.grading.notation.spelled import integers_from
from cgd_recipes.grading.notation.text import said
from cgd_recipes.grading.prose.reals import bounds_in
from cgd_recipes.grading.prose.wording import is_doubtful
from cgd_recipes.grading.readings.spellings import Pairs
from cgd_recipes.grading.values.realset import looks_like_set, real_set

# "2-propanol", "propan-2-ol", "but-1-ene"
SYSTEMATIC = re.compile(
    r"(?:(?P<first>\d)-)?(?P<stem>meth|eth|prop|but|pent|hex|hept|oct|non|dec)(?P<an>an)?(?:-(?P<behind>\d)-)?(?P<end>ol|one|ene|yne|amine)"
)
# Where there is no other place, its number may be left out.
ONE_PLACE = frozenset(["methol", "ethol", "methamine", "ethamine", "ethene", "ethyne", "propene", "propyne"])
OTHER_NAME = re.compile(r"(?P<main>[A-Za-z\d-]+)\s*\((?:or|=|i\.e\.,?|also)\s+(?P<other>[A-Za-z\d-]+)\)")
# "hydrogencarbonate, HCO_3^-"
NAMED_FORMULA = re.compile(r"(?P<name>[a-z]{3,}(?:[ -][a-z]+){0,3}),\s+(?P<formula>(?:\\text\s*\{\s*)?[A-Z][^\s,;]*)")
FORMULA = re.compile(r"(?=.*[\d^_])[A-Z][A-Za-z\d_^{}()+-]*")
# "1/6 (\approx 0.17) square units"
ROUNDED_INSIDE = re.compile(
    r"(?P<main>[^()]+?)\s*\(\s*(?:\\approx|about|approximately|roughly)\s*(?P<value>-?\d[\d.,]*)\s*\)\s*(?P<unit>[A-Za-z][A-Za-z /^\d]*)"
)
SAID_AGAIN = re.compile(r",?\s+(?:i\.\s?e\.|that\s+is|in\s+other\s+words),?\s+")
UP_TO = re.compile(r"\bup\s+to\b")
NUMBERS = re.compile(r"\d+(?:\.\d+)?")
WORDS = re.compile(r"(?:[A-Za-z\d\s.,-]|\\infty)+")


def other_names(gold: str, answer: str) -> Iterator[Pairs]:
    """The systematic name of a substance with its number at another place, or twice: "2-propanol", "ethanol (or ethan-1-ol)"."""
    plain = said(answer)
    if (match := OTHER_NAME.fullmatch(plain)) and _systematic(match["main"]) == _systematic(match["other"]) != "":
        yield [(gold, match["main"])]
    if (name := _systematic(plain)) and name == _systematic(said(gold)):
        yield []


def _systematic(name: str) -> str:
    """The name of a substance in one form; "" for any other text."""
    match = SYSTEMATIC.fullmatch(name.casefold())
    if match is None or (match["first"] and match["behind"]):
        return ""
    place = match["first"] or match["behind"] or ""
    if place == "1" and match["stem"] + match["end"] in ONE_PLACE:
        place = ""
    return f"{match['stem']}{match['an'] or ''}-{place}-{match['end']}"


def named_formulas(gold: str, answer: str) -> Iterator[Pairs]:
    """A formula behind the name of what it is the formula of."""
    match = NAMED_FORMULA.fullmatch(said(answer)) if FORMULA.fullmatch(gold.strip("$ ")) else None
    if match and _bare(match["formula"]) == _bare(gold) and not is_doubtful(match["name"]):
        yield []


def _bare(formula: str) -> str:
    return re.sub(r"\\text|[{}_\s$]", "", formula)


def rounded_inside(gold: str, answer: str) -> Iterator[Pairs]:
    r"""A value with its rounding in brackets before its unit."""
    if match := ROUNDED_INSIDE.fullmatch(said(answer)):
        main = match["main"].rpartition("=")[2].strip()
        yield [(gold, rf"{main} \text{{ {match['unit']} }}"), (main, rf"{main} \approx {match['value']}")]


def sets_said_again(gold: str, answer: str) -> Iterator[Pairs]:
    """A set of real numbers behind a description in words that has no other number."""
    first, *rest = SAID_AGAIN.split(said(answer).replace(AND, " and "))
    if len(rest) != 1 or not looks_like_set(gold) or not WORDS.fullmatch(first) or is_doubtful(UP_TO.sub("to", first)):
        return
    if {*NUMBERS.findall(first)} <= {*NUMBERS.findall(rest[0])}:
        yield [(gold, rest[0])]


def integers(gold: str, answer: str) -> Iterator[Pairs]:
    """Whole numbers by the first and the last of them: "all integers from -2 to 2"."""
    if "," in gold and (listed := integers_from(said(answer).replace(AND, " and "))):
        yield [(gold, listed)]


# "exactly the positive real numbers not exceeding 4", "every real number greater than 2 occurs, and nothing else"
REALS = re.compile(
    r"(?:(?:exactly|precisely|only|for)\s+)?(?:(?:all|every|any|each|the|those|the\s+set\s+of(?:\s+all)?)\s+)?(?:the\s+)?"
    r"(?:(?P<sign>positive|negative)\s+)?(?:real\s+)?(?:numbers?|reals)\s+(?:[a-z]\s+)?(?P<bounds>[a-z][^,;]*?)"
    r"(?:\s+(?:(?:can\s+)?occurs?|works?|(?:is|are)\s+(?:possible|attained)))?(?:,?\s+and\s+(?:nothing\s+else|no\s+others?))?",
    re.IGNORECASE,
)
# All that may be said of the bounds of real numbers.
BOUNDS = re.compile(
    r"(?:that|which|is|are|do|does|not|strictly|greater|larger|bigger|more|less|smaller|lower|than|or|equal|to|at|least|most|exceed|exceeding|between|"
    r"and|above|below|inclusive|exclusive|-?\d[\d./]*|\s)+",
    re.IGNORECASE,
)


def reals_in_words(gold: str, answer: str) -> Iterator[Pairs]:
    """Real numbers by their bounds in words, for a gold answer that is a set of them."""
    match = REALS.fullmatch(said(answer).replace(AND, " and ").replace(OR, " or "))
    if match is None or not BOUNDS.fullmatch(match["bounds"]):
        return
    gold = re.sub(r"^[A-Za-z](?=[(\[])", "", gold)  # `t(0,4]`
    wanted = real_set(gold)
    if wanted and (told := bounds_in(f"the numbers {match['bounds']}.", wanted.name or "x")):
        sign = {"positive": ">", "negative": "<"}.get((match["sign"] or "").casefold())
        yield [(gold, f"{told} {AND} {wanted.name or 'x'} {sign} 0" if sign else told)]


READINGS = (other_names, named_formulas, rounded_inside, sets_said_again, integers, reals_in_words)
