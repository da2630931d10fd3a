r"""Numbers in running text, by value: `1,200`, `\frac{1}{2}`, `0.5`, `50%`, `twelve`, and where they are stated as a result."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from cgd_recipes.grading.notation.spelled import SCALES, TENS, UNITS

_WORDS = UNITS | TENS
_SCALES = {"hundred": 100, **{word: SCALES[word] for word in ("thousand", "million")}}
_WORD = "|".join(sorted((*_WORDS, *_SCALES), key=len, reverse=True))
_PLAIN = r"\d{1,3}(?:(?:,|\{,\}|\\,)\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_NUMBER = re.compile(
    rf"(?P<sign>(?<![\w)}}\]\s])[-\u2212]|(?<=[=(:{{$]\s)[-\u2212]|(?<=\s)[-\u2212](?=\d))?"
    rf"(?:(?P<whole>\d{{1,9}}\s?)?\\[dt]?frac\s*\{{\s*(?P<up>{_PLAIN})\s*\}}\s*\{{\s*(?P<down>{_PLAIN})\s*\}}"
    rf"|(?<![\w.,\\])(?P<left>{_PLAIN})\s?/\s?(?P<right>{_PLAIN})(?![\w/])"
    rf"|(?<![\w.])(?P<plain>{_PLAIN})(?![\d:]|\.\d)(?:\s?(?P<percent>\\?%|percent\b))?"
    rf"|\b(?P<words>(?:{_WORD})(?:(?:-|\s+(?:and\s+)?)(?:{_WORD}))*)\b)",
    re.IGNORECASE,
)
# The number of a step, a term of a formula, an index or an exponent says nothing of the answer.
_LABEL = re.compile(
    r"(?:\b(?:steps?|equations?|eqs?\.|lines?|parts?|cases?|problems?|options?|sections?|points?|paragraphs?|chapters?|figures?|"
    r"tables?|no\.|numbers?|question|part)\s*\(?|[\^_]\s*\{?\s*|\\(?:sqrt|[dt]?frac|log|binom)(?:\[\w\])?\s*\{?)\Z",
    re.IGNORECASE,
)
_MARKER = re.compile(r"(?:\A|\n)[ \t>*_#-]*\(?\Z")
_AFTER = re.compile(r"(?:\s*\^|[A-Za-z](?![A-Za-z])|(?:st|nd|rd|th)\b)")
_AFTER_MARKER = re.compile(r"[.)](?:\s|\*)")
# What stands before a number that is a result.
_CONCLUDES = re.compile(
    r"(?:=|\\approx|\\boxed\s*\{|"
    r"\b(?:is|(?<!there )are|be|was|were|gets?|got|gives?|giving|equals?|obtains?|yields?|makes?|leaves?|leaving|"
    r"totals?|answer|result|value|remain(?:s|ing)?|reach(?:es)?)\b)[^\n.;=\d]{0,24}\Z",
    re.IGNORECASE,
)
_ANSWERS = re.compile(
    r"(?:\\boxed\s*\{|\b(?:answer|result|solution|final\s+value|correct(?:\s+\w+){0,3})\b[^\n.;\d]{0,30})\Z",
    re.IGNORECASE,
)
_BEFORE = 60  # characters that are looked at
_MAX_DIGITS = 40


class Stated(NamedTuple):
    """A number in a text.

    Attributes:
        start, end: where it stands.
        is_small: it is one digit, as counts and steps are.
        is_result: what stands before it says that it is a result.
        is_answer: what stands before it says that it is the answer.
    """

    start: int
    end: int
    is_small: bool
    is_result: bool
    is_answer: bool


def numbers_in(text: str, wanted: frozenset[Fraction]) -> Iterator[Stated]:
    """The numbers of a text that have one of some values, but labels (`step 2`), list markers, exponents and coefficients.

    Args:
        text: the text.
        wanted: the values; a percentage is also a share.
    """
    for match in _NUMBER.finditer(text):
        values = _values(match)
        if not values & wanted:
            continue
        start, end = match.span()
        before = text[max(0, start - _BEFORE) : start]
        is_marker = _MARKER.search(before) is not None and _AFTER_MARKER.match(text, end) is not None
        if is_marker or _LABEL.search(before) or (match["words"] is None and _AFTER.match(text, end)):
            continue
        small = all(value.denominator == 1 and abs(value) < 10 for value in values)
        yield Stated(start, end, small, bool(_CONCLUDES.search(before)), bool(_ANSWERS.search(before)))


def values_of(answer: str) -> frozenset[Fraction]:
    """The values of a gold answer that is one number, perhaps with a unit; empty for any other."""
    text = answer.strip().strip("$").strip()
    found = list(_NUMBER.finditer(text))
    if len(found) != 1:
        return frozenset()
    rest = text[: found[0].start()] + text[found[0].end() :]
    is_unit = re.fullmatch(r"[\s$\\{}A-Za-z.,\u00b0\u20ac\u00a3/^23]*", rest) is not None and len(rest.split()) <= 4
    return _values(found[0]) if is_unit else frozenset()


def _values(match: re.Match[str]) -> frozenset[Fraction]:
    sign = -1 if match["sign"] else 1
    if match["words"]:
        return frozenset([Fraction(sign * _spelled(match["words"]))])
    if match["up"] or match["left"]:
        above, below = (_plain(match[up] or match[down]) for up, down in (("up", "left"), ("down", "right")))
        if not below:
            return frozenset()
        whole = int(match["whole"]) if match["whole"] else 0
        value = sign * (whole + above / below)
        # 24/4 is a calculation, and does not state 6.
        return frozenset([value]) if value.denominator > 1 else frozenset()
    if len(match["plain"]) > _MAX_DIGITS:
        return frozenset()
    value = sign * _plain(match["plain"])
    return frozenset([value, value / 100] if match["percent"] else [value])


def _plain(text: str) -> Fraction:
    return Fraction(re.sub(r"[^\d.]", "", text))


def _spelled(words: str) -> int:
    """`one hundred and twenty-five` -> 125."""
    total = part = 0
    for word in re.findall(r"[a-z]+", words.lower()):
        if word in _WORDS:
            part += _WORDS[word]
        elif word == "hundred":
            part = (part or 1) * 100
        elif word in _SCALES:
            total, part = total + (part or 1) * _SCALES[word], 0
    return total + part
