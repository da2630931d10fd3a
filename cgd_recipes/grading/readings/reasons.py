r"""Values with a true statement behind them: "14, since 84 = 3 · 4 · 7", "36 (21 by train and 15 by bus)", "900 °C (1173 K)".

Used by `readings`. What the statement says must hold; then it changes nothing of the value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from cgd_recipes.grading.notation.clean import OR
from cgd_recipes.grading.notation.structure import split_top
from cgd_recipes.grading.notation.text import said
from cgd_recipes.grading.prose.wording import is_doubtful
from cgd_recipes.grading.readings.spellings import Pairs

SINCE = re.compile(
    r"^(?P<main>[^,;(]*[\w)}\]%\u00b0])\s*[,;(]?\s*\b(?:since|because|as)\s+(?P<sides>[^,;A-Za-z\\]*(?:\\(?:cdot|times|frac)(?![A-Za-z])[^,;A-Za-z\\]*)*=[^,;]*?)\)?$"
)
NUMERIC = re.compile(r"(?:[\d\s.+*/^(){}\u00b7\u00d7-]|\\(?:cdot|times|frac)(?![A-Za-z]))+")
# "36 games (21 won by one side, 15 by the other)"
SPLIT = re.compile(
    r"^(?P<main>(?P<all>\d{1,9})(?:\s[a-z]+){0,2})\s*\((?P<said>[^()=<>/*+.]*\d[^()=<>/*+.]*)\)$", re.IGNORECASE
)
WHOLE = re.compile(r"\d+")
# "210, the 20th triangular number"
SORT = re.compile(
    r"^(?P<main>[^,;]*\d)\s*,\s*(?:the|an?)\s+(?:\d{1,4}(?:st|nd|rd|th)?\s+|(?:smallest|largest)\s+|first\s+)?"
    r"(?:(?:even|odd|prime|composite|triangular|square|perfect|palindromic|Fibonacci|Catalan|Mersenne|whole|natural|positive|negative"
    r"|[a-z]+-digit)\s+){0,2}(?:numbers?|integer|prime|square|cube|palindrome)$",
    re.IGNORECASE,
)
DEGREES = r"(?:\u00b0\s*|degrees?\s+)"
SCALE = rf"(?:{DEGREES}(?P<{{0}}>C|F)(?:elsius|ahrenheit)?|(?P<{{0}}k>K)(?:elvins?)?)"
TEMPERATURES = re.compile(
    rf"^(?P<main>(?:about\s+|approximately\s+)?(?P<one>-?\d{{1,9}}(?:\.\d{{1,9}})?)\s*{SCALE.format('a')})"
    rf"\s*(?:\(|,\s*(?:or|i\.e\.,?)\s+)(?:or\s+|about\s+|=\s*)?(?P<other>-?\d{{1,9}}(?:\.\d{{1,9}})?)\s*{SCALE.format('b')}\s*\)?$"
)
MAX_LENGTH = 200


def reasons(gold: str, answer: str) -> Iterator[Pairs]:
    """A value with an equation of numbers as its reason, which holds."""
    plain = said(answer)
    match = SINCE.match(plain) if len(plain) <= MAX_LENGTH and "=" in plain else None
    sides = split_top(match["sides"], "=") if match else []
    if match and len(sides) > 1 and all(NUMERIC.fullmatch(side) for side in sides):
        yield [(gold, match["main"].strip()), *((sides[0].strip(), side.strip()) for side in sides[1:])]


def splits(gold: str, answer: str) -> Iterator[Pairs]:
    """A number with the parts that it is the sum of."""
    match = SPLIT.match(said(answer))
    if match is None or OR in match["said"] or re.search(r"\b(?:each|per|not\s+\d|or)\b", match["said"]):
        return
    numbers = [int(number) for number in WHOLE.findall(match["said"])]
    if len(numbers) > 1 and sum(numbers) == int(match["all"]) and re.search("[a-z]", match["said"]):
        yield [(gold, match["main"])]


def sorts(gold: str, answer: str) -> Iterator[Pairs]:
    """A number with what sort of number it is."""
    match = SORT.match(said(answer))
    if match and not is_doubtful(match["main"]):
        yield [(gold, match["main"])]


def temperatures(gold: str, answer: str) -> Iterator[Pairs]:
    """A temperature that is also given on another scale, rounded to its last place."""
    match = TEMPERATURES.match(said(answer))
    if match is None:
        return
    kelvin, other = (_kelvin(match[value], match[scale] or "K") for value, scale in (("one", "a"), ("other", "b")))
    places = len(match["other"].partition(".")[2])
    if match["a"] != match["b"] and abs(kelvin - other) <= Fraction(51, 100) / 10**places:
        yield [(gold, match["main"])]


def _kelvin(value: str, scale: str) -> Fraction:
    number = Fraction(value)
    celsius = {"K": number - Fraction("273.15"), "F": (number - 32) * 5 / 9}.get(scale, number)
    return celsius + Fraction("273.15")


READINGS = (reasons, splits, sorts, temperatures)
