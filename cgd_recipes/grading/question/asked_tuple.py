r"""Tuples whose names stand in another order than in the question: `(r, q, p) = (6, 31, -1)` for (p, q, r) = (-1, 31, 6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from cgd_recipes.grading.notation.structure import LETTER_NAME, split_top
from cgd_recipes.grading.question.asked_unit import MAX_QUESTION

MAX_TAIL, MAX_TUPLES = 2_000, 30
OPEN, CLOSE = r"\(", r"\)"
NAMES = re.compile(
    rf"(?:\\left\s*)?{OPEN}\s*(?P<names>{LETTER_NAME}(?:\s*,(?:\\[,;: ])?\s*{LETTER_NAME}){{1,5}})\s*(?:\\right\s*)?{CLOSE}"
)
IS = re.compile(rf"(?P<left>{NAMES.pattern})\s*(?:=|\\in(?![a-z])|\u2208)")
BETWEEN = re.compile(r"(?:[\s,;$]|\\[,;:{} ]|\{|\\left|\\text\s*\{[^{}]{0,12}\}|and\b|or\b)*")
CHAINED = re.compile(r"\s*=")
VALUES = re.compile(rf"{OPEN}(?P<values>(?:[^()]|{OPEN}[^()]*{CLOSE}){{1,200}}){CLOSE}")


def with_tuples_in_order(response: str, question: str) -> str:
    """A response whose tuples of named values, as far as they are near its end, are in the order in which the question names them."""
    orders = _orders(question[-MAX_QUESTION:]) if "(" in question else {}
    if not orders or ("=" not in response[-MAX_TAIL:] and "in" not in response[-MAX_TAIL:]):
        return response
    start = max(0, len(response) - MAX_TAIL)
    head, tail = response[:start], response[start:]
    for match in reversed([*IS.finditer(tail)][-MAX_TUPLES:]):
        names = _names(match["names"])
        wanted = orders.get(tuple(sorted(names)))
        if wanted is None or wanted == names:
            continue
        found = [*_tuples(tail, match.end(), len(names))]
        if found and CHAINED.match(tail, found[-1][1]):
            continue  # an equation, which is left to be compared as it is
        for place, end, values in reversed(found):
            by_name = dict(zip(names, values, strict=True))
            tail = f"{tail[:place]}({', '.join(by_name[name] for name in wanted)}){tail[end:]}"
        tail = f"{tail[: match.start('left')]}({', '.join(wanted)}){tail[match.end('left') :]}"
    return head + tail


def _tuples(text: str, place: int, size: int) -> Iterator[tuple[int, int, list[str]]]:
    """The tuples of so many values that follow one another from a place on."""
    for _ in range(MAX_TUPLES):
        between = BETWEEN.match(text, place)
        match = VALUES.match(text, between.end() if between else place)
        values = [value.strip() for value in split_top(match["values"])] if match else []
        if match is None or len(values) != size:
            return
        yield match.start(), match.end(), values
        place = match.end()


def _names(text: str) -> tuple[str, ...]:
    return tuple(re.findall(LETTER_NAME, text))


@lru_cache(maxsize=64)
def _orders(question: str) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Names -> the order in which a question has them as a tuple; none of those that it has in several orders."""
    found: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
    for match in NAMES.finditer(question):
        names = _names(match["names"])
        if len({*names}) == len(names):
            found.setdefault(tuple(sorted(names)), set()).add(names)
    return {key: orders.pop() for key, orders in found.items() if len(orders) == 1}
