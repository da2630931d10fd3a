r"""Answers with what the question does not have: `\int_0^2` for `\int_0^3`, `f(1)` for f(2), dollars per hour for those per mile."""

from __future__ import annotations

import re

from cgd_recipes.grading.notation.clean import clean
from cgd_recipes.grading.notation.unit import split_unit
from cgd_recipes.grading.notation.words import UNITS
from cgd_recipes.grading.prose.echo import stems
from cgd_recipes.grading.question.asked_name import bare
from cgd_recipes.grading.question.asked_unit import MAX_QUESTION
from cgd_recipes.grading.values.measure import base_units

MAX_ANSWER = 400
BOUND = r"\s*(?:\{([^{}]{1,40})\}|(\\[a-z]+|\S))"
LIMITS_SIGN = r"\s*(?:\\limits)?\s*"
# Signs with their bounds, each in brackets of its own
BOUNDED = (
    re.compile(rf"\\(i{{0,2}}int)(?![a-z]){LIMITS_SIGN}_{BOUND}\s*\^{BOUND}"),
    re.compile(rf"\\(sum|prod)(?![a-z]){LIMITS_SIGN}_{BOUND}\s*\^{BOUND}"),
    re.compile(rf"\\(lim)(?![a-z]){LIMITS_SIGN}_{BOUND}"),
)
SIGNS = re.compile(r"\\(?:i{0,2}int|sum|prod|lim)(?![a-z])")
OVER = re.compile(r"\bd\s*(?P<over>\\?[A-Za-z]+)\s*$|d\s*(?P<letter>[A-Za-z])\s*$")
ONLY_SETS = re.compile(r"\\(?:displaystyle|left|right|[,;:! ])|[\s$()]")
ARROW = re.compile(r"\\rightarrow|\u2192")
CALL = re.compile(r"(?<![A-Za-z\\])(?P<head>[A-Za-z])'*\((?P<inside>-?\d+)\)")
LABEL_CALL = re.compile(r"(?:^|[,;])(?:and)?(?P<call>[A-Za-z]'*\(-?\d+\))=")
# "5 dollars/hour", "$5 per hour"
RATE = re.compile(
    r"(?:\b(?:dollars?|cents?|euros?|pounds?)|\$\s?\d[\d,.]*|(?P<number>[\d,.]*\d))\$?\s?(?:/\s?|per\s+)(?P<of>[a-z]{3,})[*_$.]*$"
)
PER = re.compile(r"\b(?:per|each|every|an?)\s+(?P<of>[a-z]{3,})|/\s?(?P<sign>[a-z]{3,})", re.IGNORECASE)
MONEY = re.compile(
    r"\b(?:cost|costs|price|pay|pays|paid|charge[sd]?|spend|spent|earn|earns|earned|bill|money|dollars?|cents?)\b"
)
RATES = re.compile(r"\b(?:rate|rates|wage|wages|fare|unit\s+price|unit\s+cost|charge|salary|pay)\b", re.IGNORECASE)
# "30 cents per sack. What price should it set?"
PRICE = re.compile(r"\bprice\b", re.IGNORECASE)
EACH = re.compile(r"\b(?:each|every|apiece|average)\b", re.IGNORECASE)
# "29 (the mean)"
ROLE = re.compile(r"[^()]*\d[^()]*\(\s*the\s+(?P<role>[a-z]+(?:\s[a-z]+){0,3})\s*\)")
TAKES = re.compile(r"\bhow\s+long\s+(?:does|did|do|will|would)\b[^?]*\btakes?\b", re.IGNORECASE)
SAYS_NOTHING = frozenset(stems("answer result solution value number final total required wanted only one"))


def is_of_other(answer: str, plain: str, question: str, asked: str) -> bool:
    """Whether an answer, in words the plain text, names other bounds, arguments, things for each or values than its question."""
    return (
        has_other_bounds(answer, asked)
        or has_other_calls(answer, question)
        or is_of_other_rate(plain, asked, question)
        or is_of_other_role(plain, asked)
        or is_no_time(answer, asked)
    )


def has_other_bounds(answer: str, asked: str) -> bool:
    r"""Whether an answer says its value of an integral, a limit or a sum with other bounds than asked for: `\int_0^2` for `\int_0^3`."""
    if "\\" not in answer or "=" not in answer or not SIGNS.search(answer[:MAX_ANSWER]):
        return False
    left = answer[:MAX_ANSWER].removeprefix("\\displaystyle").strip("$ ")
    for pattern in BOUNDED:
        if (own := pattern.match(left)) is None:
            continue
        known = {_bounds(match) for match in pattern.finditer(asked) if match[1] == own[1]}
        body = left[own.end() :].partition("=")[0]
        if SIGNS.search(body):
            return False  # a sum of several
        over = OVER.search(ONLY_SETS.sub("", body)) if own[1].endswith("int") else None
        name = over["over"] or over["letter"] if over else ""
        if own[1].endswith("int") and (not name or not re.search(rf"d\s*{re.escape(name)}", asked)):
            return False  # a substitution has a variable of its own
        return bool(known) and _bounds(own) not in known
    return False


def _bounds(match: re.Match[str]) -> tuple[str, ...]:
    r"""The bounds of a sign as they are written, without spaces: `x\to0`."""
    return tuple(ARROW.sub(r"\\to", ONLY_SETS.sub("", group)) for group in match.groups()[1:] if group)


def has_other_calls(answer: str, question: str) -> bool:
    """Whether an answer gives values of a function at numbers that its question does not have: f(1) and f(3) for f(2) and f(3)."""
    if "=" not in answer or ")" not in answer or len(answer) > MAX_ANSWER:
        return False
    labels = LABEL_CALL.findall(bare(answer.strip("$ ")))
    if len(labels) < 2:
        return False
    known = {match[0] for match in CALL.finditer(question[-MAX_QUESTION:])}
    heads = {call[0] for call in known}
    return any(call[0] in heads and call not in known for call in labels)


def is_of_other_rate(told: str, asked: str, question: str) -> bool:
    """Whether a text gives money for each of something for which it is not asked: "$5/hour" for the costs per mile, or for all costs."""
    match = RATE.search(told[-MAX_ANSWER:].strip()) if "/" in told or "per " in told else None
    if match is None or match["number"] or not MONEY.search(asked):
        return False
    of = match["of"].removesuffix("s")
    if match["of"] not in UNITS and EACH.search(asked):  # "$90 per person", where it is asked how much they each pay
        return False
    if of[:4] in asked.casefold() or (PRICE.search(asked) and re.search(rf"\bper\s+{of}", question[-MAX_QUESTION:])):
        return False
    return PER.search(asked) is not None or not RATES.search(asked)


def is_of_other_role(plain: str, asked: str) -> bool:
    """Whether a value stands before words in brackets that are not those for what is asked: "29 (the mean)" for a median."""
    match = ROLE.fullmatch(plain.strip(" .$")) if "(the" in plain and len(plain) <= MAX_ANSWER else None
    return match is not None and not {*stems(match["role"])} <= {*stems(asked)} | SAYS_NOTHING


def is_no_time(answer: str, asked: str) -> bool:
    """Whether an answer has a unit that is none of time, where it is asked how long something takes."""
    if len(answer) > MAX_ANSWER or not TAKES.search(asked):
        return False
    unit = split_unit(clean(answer))[1]
    size = base_units(unit) if unit else None
    return size is not None and {name for name, _ in size[1]} - {"second", "year"} != set()
