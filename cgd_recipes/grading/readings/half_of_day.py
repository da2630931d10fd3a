"""Times of day with their question, which tells noon from midnight, 3:25 from 15:25, and when the next day has begun."""

from __future__ import annotations

import re

from cgd_recipes.grading.notation.clean import tidy
from cgd_recipes.grading.notation.separated import Notation, notation_of
from cgd_recipes.grading.notation.text import said
from cgd_recipes.grading.readings.asides import NEXT_DAY

TIME = re.compile(r"(?<![\d:.,])\d{1,2}:\d\d(?!:?\d)(?:\s*[ap]\.?\s?m\b)?", re.IGNORECASE)
HALF = re.compile(r"\d\s*[ap]\.?\s?m\b|o'?\s?clock", re.IGNORECASE)
# No clock of twelve hours shows it.
OF_24 = re.compile(r"(?<![\d:.,])(?:00|1[3-9]|2[0-4]):\d\d(?!:?\d)")
# The first hour of the day, on a clock of 24 hours
MIDNIGHT = re.compile(r"(?<![\d:])0?0:\d\d")
NIGHT = re.compile(r"\bp\.?\s?m\b|night|evening", re.IGNORECASE)


def is_other_half(gold: str, answer: str, question: str) -> bool:
    """Whether an answer is a gold time but for twelve hours: 12:25 a.m. for 12:25, where the question speaks of no night."""
    if ":" not in gold or len(answer) > len(gold) + 40:
        return False
    wanted, given = (_clock(text) for text in (gold, answer))
    if wanted is None or given is None or wanted.parts != given.parts:
        return False
    in_24 = _is_of_24(question)
    noon = "p" if wanted.parts[0] == 12 and not NIGHT.search(question) else ""
    if MIDNIGHT.search(gold) and not given.half and not MIDNIGHT.search(answer):
        return True
    half = wanted.half or _half_in_24(wanted, gold, in_24=in_24) or noon
    other = given.half or _half_in_24(given, answer, in_24=in_24)
    return bool(half and other) and half != other


def without_next_day(answer: str, gold: str, question: str) -> str:
    """A time of day without a remark that it is of the next day, where all times of the question are later than the gold answer's."""
    if ":" not in answer or ("day" not in answer and "morning" not in answer) or NEXT_DAY.search(said(tidy(gold))):
        return answer
    shorter = NEXT_DAY.sub("", said(tidy(answer)))
    wanted, given = _clock(gold), _clock(shorter)
    if wanted is None or given is None:
        return answer
    in_24 = _is_of_24(question)
    end = _minutes(wanted, wanted.half or _half_in_24(wanted, gold, in_24=in_24) or given.half)
    told = [(text, time) for text in TIME.findall(question) if (time := _clock(text))]
    starts = [_minutes(time, time.half or _half_in_24(time, text, in_24=in_24)) for text, time in told]
    passed = end is not None and starts and all(start is not None and end < start for start in starts)
    return shorter if passed else answer


def _clock(text: str) -> Notation | None:
    found = notation_of(said(tidy(text)))
    return found if found and found.kind == "clock" else None


def _is_of_24(question: str) -> bool:
    return OF_24.search(question) is not None and not HALF.search(question)


def _half_in_24(time: Notation, text: str, *, in_24: bool) -> str:
    """The half of the day of a time in figures, on a clock of 24 hours; "" on one of twelve."""
    return ("p" if time.parts[0] == 12 else "a") if in_24 and ":" in text else ""


def _minutes(time: Notation, half: str) -> int | None:
    """How many minutes after midnight a time is; None where its half of the day is not known."""
    hour, minute, _ = (int(part) for part in time.parts)
    return hour % 12 * 60 + minute + 720 * (half == "p") if half else None
