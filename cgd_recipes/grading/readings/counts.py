r"""Counts with what is counted: `4\text{ values: }2,3,6,9`, `|\{2,3,6,9\}|=4`, "7 people (out of 18)", "four of them", `23\ (\ne 17)`.

A list beside a count must have as many members. Used by `readings`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from cgd_recipes.grading.notation.clean import AND, CLOSE_SET, OPEN_SET, OR, tidy
from cgd_recipes.grading.notation.number import as_number
from cgd_recipes.grading.notation.spelled import spelled
from cgd_recipes.grading.notation.structure import enclosed, split_top
from cgd_recipes.grading.notation.text import said
from cgd_recipes.grading.prose.wording import is_doubtful
from cgd_recipes.grading.readings.spellings import Pairs

WHOLE = re.compile(r"\d{1,9}")
COUNT = r"(?P<count>\d{1,9}|[A-Za-z]{3,12})"
# "4 values: 2, 3, 6, 9", "three digits in common (1, 5, 6)", "4, namely 2, 3, 6 and 9"
BEFORE = re.compile(
    rf"(?:there\s+(?:is|are)\s+)?(?:exactly\s+)?{COUNT}(?P<things>(?:\s+[a-z-]+){{0,5}}?)"
    rf"(?:\s*(?P<open>\()\s*(?:namely\s+)?|\s*[,;:]?\s*\(?namely:?\s*|(?<=[a-z])\s*:\s*|\s*(?={OPEN_SET}))(?P<list>.+)",
    re.IGNORECASE,
)
# "k = 8 or -500 <= k <= -1: 501 values"
BEHIND = re.compile(
    rf"(?P<list>.+?)\s*(?:[;:]|,?\s*(?:so|i\.e\.,?|that\s+is,?|(?:which\s+)?(?:makes|making|giving))(?=\s))\s*(?:so\s+)?{COUNT}(?P<things>(?:\s+[a-z-]+){{1,4}})",
    re.IGNORECASE,
)
SIZE = re.compile(
    rf"(?:\|?[A-Z]\|?\s*=\s*)?(?:\||\\?#)\s*{OPEN_SET}(?P<list>[^{OPEN_SET}{CLOSE_SET}]+){CLOSE_SET}\s*\|?\s*=\s*(?P<count>\d{{1,9}})"
)
OF_THEM = re.compile(
    rf"(?:exactly\s+)?{COUNT}(?:\s+of\s+(?:them|these|those|the\s+(?P<all>\d{{1,9}})(?:\s[a-z]+)?)|(?P<things>(?:\s+[a-z]+){{0,2}}?)\s*\(\s*out\s+of\s+(?P<out>\d{{1,9}})\s*\)"
    r"|(?P<noun>\s+[a-z]+)\s+out\s+of\s+(?P<of>\d{1,9}))",
    re.IGNORECASE,
)
UNLIKE = re.compile(r"(?P<main>[^()]*\d)\s*\(\s*(?:\\neq?(?![a-z])|\u2260|!=)\s*(?P<other>-?\d[\d./]*)\s*\)")
# What a list may be said to be of; other words may make another number of it.
THINGS = re.compile(
    r"(?:\s+(?:values?|solutions?|numbers?|digits?|integers?|primes?|pairs?|triples?|tuples?|quadruples?|points?|roots?|zeros|possibilit(?:y|ies)|options?|ways?|terms?|elements?|members?"
    r"|factors?|divisors?|multiples?|answers?|choices?|outcomes?|cases?|sets?|subsets?|letters?|words?|functions?|vertices|nodes?|edges?|sides?|faces?|people|persons?|students?|men|women|boys"
    r"|girls|children|trips?|days?|of|them|these|those|odd|even|square|distinct|different|possible|positive|negative|ordered|unordered|real|whole|integer|prime|such|valid|in|common|total|all|altogether|the|for|[a-z]))*\s*",
    re.IGNORECASE,
)
# Another number of it
OTHER = re.compile(
    r"\b(?:not|no|non|wrong|others?|another|additional|more|less|fewer|extra|remaining|impossible|invalid|each|per|hundreds?|thousands?|millions?|dozens?|half|halves"
    r"|times|percent|least|most|than|about|out|and|or|is|are|tenths?|hundredths?|thirds?|quarters?)\b",
    re.IGNORECASE,
)
SEVERAL = re.compile(r"\b(?:pairs?|triples?|tuples?|quadruples?|points?|couples?|triplets?|ways)\b", re.IGNORECASE)
ONE = re.compile(r"(?:[a-z]\s*=\s*)?(?P<value>-?\d{1,9})")
RANGE = re.compile(
    r"(?P<low>-?\d{1,9})\s*(?P<first>\\le|<|\u2264)\s*[a-z]\s*(?P<second>\\le|<|\u2264)\s*(?P<high>-?\d{1,9})"
)
DOTS = re.compile(r"\\[lc]?dots|\.\.\.|\u2026")
MAX_ITEM, MAX_TEXT = 60, 300


def counts(gold: str, answer: str) -> Iterator[Pairs]:
    """A count with the list of what is counted, which has as many members, for either of the two."""
    plain = said(answer)
    if (size := SIZE.fullmatch(plain)) and _size(size["list"]) == int(size["count"]):
        yield [(gold, size["count"])]
    for pattern in (BEFORE, BEHIND):
        match = pattern.fullmatch(plain)
        number = _number(match["count"]) if match else None
        if match is None or number is None or OTHER.search(match["things"]) or not THINGS.fullmatch(match["things"]):
            continue
        listed = match["list"].strip()
        if pattern is BEFORE and match["open"]:
            listed = listed.removesuffix(")")
        if _size(listed, tuples=SEVERAL.search(match["things"]) is not None) == number:
            yield [(gold, str(number))] if WHOLE.fullmatch(gold) else [(gold, listed)]


def _number(text: str) -> int | None:
    if text.isdigit():
        return int(text)
    found = spelled(text)
    return int(found[0]) if found and found[0].denominator == 1 and not found[1] else None


def _size(listed: str, *, tuples: bool = False) -> int | None:
    """How many members a list has, each once; None where it is no list, or has a member twice."""
    listed = listed.strip(" .")
    whole = enclosed(listed)
    if whole and whole[0] == OPEN_SET + CLOSE_SET:
        listed = whole[1]
    items = [item.strip() for item in split_top(listed.replace(AND, ",").replace(OR, ",")) if item.strip()]
    if any(RANGE.fullmatch(item) or DOTS.fullmatch(item) for item in items):
        return _whole_numbers(items)
    bare = [re.sub(r"^[a-z]\s*(?:=|\\in)\s*", "", item) for item in items]
    if any(len(item) > MAX_ITEM or re.search(r"[:;]", item) or is_doubtful(item) for item in bare):
        return None
    if tuples and not all(item.startswith("(") for item in bare):
        return None
    both = sum(item.count("\u00b1") + item.count(r"\pm") == 1 for item in bare)  # `2 \pm \sqrt 5` is two
    return len(bare) + both if len({*bare}) == len(bare) else None


def _whole_numbers(items: list[str]) -> int | None:
    """How many whole numbers a list with ranges has; None where they overlap, or one is no range and no number."""
    found: list[tuple[int, int]] = []
    dots = False
    for item in items:
        if match := RANGE.fullmatch(item):
            found.append((int(match["low"]) + (match["first"] == "<"), int(match["high"]) - (match["second"] == "<")))
        elif match := ONE.fullmatch(item):
            value = int(match["value"])
            if (
                dots
                and len(found) > 1
                and found[-1][0] == found[-1][1]
                and abs(found[-1][0] - found[-2][0]) not in (0, 1)
            ):
                return None  # steps of more than one, or another part of the list
            ends = sorted((found.pop()[0], value)) if dots else [value, value]
            found.append((ends[0], ends[1]))
        elif not DOTS.fullmatch(item) or dots or not found:
            return None
        dots = DOTS.fullmatch(item) is not None
    found.sort()
    apart = all(one[1] < other[0] for one, other in itertools.pairwise(found))
    return (
        sum(high - low + 1 for low, high in found)
        if apart and not dots and all(low <= high for low, high in found)
        else None
    )


def is_miscounted(text: str) -> bool:
    """Whether a text gives a count, and numbers that are not as many, and do not add up to it: "4 values: 2, 3, 6"."""
    plain = re.sub(r"\s(?:and|or)\s", ", ", said(tidy(text)).replace(AND, ",")).replace(",,", ",").replace(", ,", ",")
    match = BEFORE.fullmatch(plain) if len(plain) <= MAX_TEXT else None
    number = _number(match["count"]) if match else None
    if match is None or number is None or SEVERAL.search(match["things"]):
        return False
    found = [ONE.fullmatch(item.strip()) for item in match["list"].removesuffix(")").split(",") if item.strip()]
    values = [int(each["value"]) for each in found if each]
    return 1 < len(values) == len(found) != number and sum(values) != number


def parts_of_all(gold: str, answer: str) -> Iterator[Pairs]:
    """A count of things out of all of them: "7 people (out of 18)", "four of them", for a whole number."""
    match = OF_THEM.fullmatch(said(answer)) if WHOLE.fullmatch(gold) else None
    number = _number(match["count"]) if match else None
    things = (match["things"] or "") + (match["noun"] or "") if match else ""
    if match is None or number is None or OTHER.search(things) or not THINGS.fullmatch(things):
        return
    of_all = match["all"] or match["out"] or match["of"]
    if of_all is None or number <= int(of_all):
        yield [(gold, str(number))]


def unlike(gold: str, answer: str) -> Iterator[Pairs]:
    r"""A number and one that it is not: `23\ (\ne 17)`."""
    match = UNLIKE.fullmatch(said(answer))
    if match is None:
        return
    numbers = [as_number(each.strip()) for each in (match["main"].rpartition("=")[2], match["other"])]
    if numbers[0] and numbers[1] and numbers[0].value != numbers[1].value:
        yield [(gold, match["main"])]


READINGS = (counts, parts_of_all, unlike)
