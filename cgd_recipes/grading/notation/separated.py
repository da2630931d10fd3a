r"""Digits with separators that are no arithmetic: times of day, ratios, dates, scores.

`12:00` is no division and `2022-05-03` no difference. They are the same when they name the same time, ratio, day or score.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from math import gcd
from typing import NamedTuple

from cgd_recipes.grading.notation.months import MONTHS, SHORT_MONTHS

HOURS = ("twelve", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven")
PARTS_OF_DAY = {"morning": "a", "afternoon": "p", "evening": "p"}
HALF_OF_DAY = r"(?P<half>[ap])\.?\s*m\.?"
CLOCK = re.compile(
    rf"(?P<hour>\d{{1,2}}):(?P<minute>\d\d)(?::(?P<second>\d\d))?\s*(?:{HALF_OF_DAY}|(?P<word>noon|midnight)|in\s+the\s+(?P<part>morning|afternoon|evening)|at\s+night)?",
    re.I,
)
ON_THE_HOUR = re.compile(
    rf"(?P<hour>\d{{1,2}})\s*(?:(?:o'?\s?clock)\s*(?:{HALF_OF_DAY})?|{HALF_OF_DAY.replace('half', 'half2')})", re.I
)
IN_WORDS = re.compile(
    rf"(?:(?P<minutes>half|quarter|a quarter|\w+)\s+(?:minutes?\s+)?(?P<side>past|to|after|before)\s+)?(?P<hour>\w+)(?:\s*o'?\s?clock)?"
    rf"\s*(?:{HALF_OF_DAY}|in the (?P<part>morning|afternoon|evening))?",
    re.IGNORECASE,
)
RATIO = re.compile(r"-?\d+(?:\.\d+)?(?:\s*:\s*\d+(?:\.\d+)?)+")
TO = re.compile(r"(?<=\d)\s+to\s+(?=\d)")
SCORE = re.compile(r"\d+(?:-\d+)+")
SLASHED = re.compile(r"\d{1,4}/\d{1,2}/\d{1,4}")
ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})")
NAMED_DAY = re.compile(
    rf"(?:(?P<day1>\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?\s+)?"
    rf"(?P<month>{'|'.join((*MONTHS, *SHORT_MONTHS))})\b\.?(?:\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?(?!\d))?"
    r"(?:,?\s+(?P<year>\d{4}))?",
    re.IGNORECASE,
)


class Notation(NamedTuple):
    """What digits with separators stand for.

    Args:
        kind: "clock", "ratio", "date" or "score".
        parts: its numbers; of a clock hour, minute and second, of a date year (0 where there is none), month and day.
        half: "a" or "p" of a time of day, "" where it is not said.
    """

    kind: str
    parts: tuple[Fraction, ...]
    half: str = ""


def plain_words(text: str) -> str:
    """A text without LaTeX around its words."""
    text = re.sub(r"\\text\s*\{([^{}]*)\}", r" \1 ", text)
    return re.sub(r"\s+", " ", re.sub(r"\\[,;:! ]|[${}~]", " ", text)).strip(" .").replace(" :", ":").replace(": ", ":")


@lru_cache(maxsize=512)  # every reading asks for it
def notation_of(text: str) -> Notation | None:
    """The time, ratio, date or score that a cleaned text is; None where it is none of these."""
    plain = plain_words(text)
    return _clock(plain) or _date(plain) or _ratio(plain) or _score(plain)


def same_notation(gold: str, answer: str) -> bool | None:
    """Whether two cleaned texts, at least one of them a time, ratio, date or score, are the same; None where neither is."""
    left, right = notation_of(gold), notation_of(answer)
    if left is None and right is None:
        return None
    if left is None or right is None:
        known = left or right
        # A plain ratio of two numbers is a fraction too.
        return (
            None
            if known and known.kind == "ratio" and len(known.parts) == 2 and known.parts[1]
            else _hour_word(left, answer)
        )
    if left.kind == right.kind == "clock":
        return left.parts == right.parts and (not left.half or not right.half or left.half == right.half)
    if left.kind == right.kind == "date":
        return left.parts[1:] == right.parts[1:] and (
            left.parts[0] == right.parts[0] or 0 in (left.parts[0], right.parts[0])
        )
    if left.kind == right.kind == "ratio":
        return _proportional(left.parts, right.parts)
    return left.kind == right.kind and left.parts == right.parts


def _hour_word(gold: Notation | None, answer: str) -> bool | None:
    """Whether an answer names a gold time of day in words."""
    if gold is None or gold.kind != "clock":
        return False
    said = clock_in_words(plain_words(answer).casefold())
    return said is not None and said.parts == gold.parts and (not gold.half or not said.half or gold.half == said.half)


def as_fraction_text(text: str) -> str:
    """A ratio of two numbers as a fraction; any other text as it is."""
    found = notation_of(text)
    if found is None or found.kind != "ratio" or len(found.parts) != 2 or not found.parts[1]:
        return text
    value = found.parts[0] / found.parts[1]
    return f"{value.numerator}/{value.denominator}"


def _clock(plain: str) -> Notation | None:
    match = CLOCK.fullmatch(plain)
    if match:
        hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
        half, word = (match["half"] or "").lower(), (match["word"] or "").lower()
        half = {"noon": "p", "midnight": "a"}.get(word, half) or PARTS_OF_DAY.get((match["part"] or "").lower(), "")
    elif match := ON_THE_HOUR.fullmatch(plain):
        hour, minute, second, half = int(match["hour"]), 0, 0, (match["half"] or match["half2"] or "").lower()
    elif plain.casefold() in ("noon", "midnight"):
        hour, minute, second, half = 12, 0, 0, "p" if plain.casefold() == "noon" else "a"
    elif re.search(r"o'?\s?clock|\b(?:past|half|quarter)\b", plain):
        return clock_in_words(plain.casefold())
    else:
        return None
    if hour > 24 or minute > 59 or second > 59:
        return None
    if not half and (hour in (0, 24) or (match and match["hour"].startswith("0"))):
        hour, half = hour % 24 or 12, "a"
    if hour > 12 and not half:
        hour, half = hour - 12, "p"
    return Notation("clock", (Fraction(hour), Fraction(minute), Fraction(second)), half)


def clock_in_words(plain: str) -> Notation | None:
    """The time of day that words in lower case say: "five past ten", "quarter to nine"; None where they say none."""
    match = IN_WORDS.fullmatch(plain)
    if match is None:
        return None
    hour = (
        HOURS.index(match["hour"]) if match["hour"] in HOURS else int(match["hour"]) if match["hour"].isdigit() else -1
    )
    said = match["minutes"]
    minutes = {
        None: 0,
        "half": 30,
        "quarter": 15,
        "a quarter": 15,
        "ten": 10,
        "five": 5,
        "twenty": 20,
        "twenty-five": 25,
    }
    minute = minutes.get(said, int(said) if said and said.isdigit() else -1)
    if not 0 <= hour <= 12 or not 0 <= minute < 60:
        return None
    hour = hour or 12
    if match["side"] in ("to", "before") and minute:
        hour, minute = (hour - 1) or 12, 60 - minute
    half = (match["half"] or PARTS_OF_DAY.get(match["part"] or "", "")).lower()
    return Notation("clock", (Fraction(hour), Fraction(minute), Fraction(0)), half)


def _date(plain: str) -> Notation | None:
    if match := ISO.fullmatch(plain):
        return Notation("date", tuple(Fraction(match[name]) for name in ("year", "month", "day")))
    if SLASHED.fullmatch(plain):
        return Notation("slashed date", tuple(map(Fraction, plain.split("/"))))
    match = NAMED_DAY.fullmatch(plain)
    if match is None or (match["day1"] is None) == (match["day2"] is None):
        return None
    day = Fraction(match["day1"] or match["day2"])
    said = match["month"][:3].capitalize()
    month = next(number for number, name in enumerate(MONTHS, start=1) if name.startswith(said))
    return Notation("date", (Fraction(match["year"] or 0), Fraction(month), day))


def _ratio(plain: str) -> Notation | None:
    plain = TO.sub(":", plain)
    return Notation("ratio", tuple(map(Fraction, re.split(r"\s*:\s*", plain)))) if RATIO.fullmatch(plain) else None


def _score(plain: str) -> Notation | None:
    return Notation("score", tuple(map(Fraction, plain.split("-")))) if SCORE.fullmatch(plain) else None


def _proportional(left: tuple[Fraction, ...], right: tuple[Fraction, ...]) -> bool:
    return len(left) == len(right) and _least_terms(left) == _least_terms(right)


def _least_terms(parts: tuple[Fraction, ...]) -> tuple[int, ...]:
    below = 1
    for part in parts:
        below = below * part.denominator // gcd(below, part.denominator)
    whole = [int(part * below) for part in parts]
    divisor = gcd(*whole) or 1
    return tuple(number // divisor for number in whole)
