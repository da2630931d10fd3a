"""Quantities that a sentence says in words, in figures: "three quarters of a kilogram", "twenty-five to ten", "one time in three"."""

from __future__ import annotations

import re

from cgd_recipes.grading.notation.separated import HOURS
from cgd_recipes.grading.notation.spelled import PARTS, SCALES, SMALL, TENS, spelled
from cgd_recipes.grading.notation.words import UNITS, WORDS, any_of
from cgd_recipes.grading.prose.compounds import HALF
from cgd_recipes.grading.prose.formulas import NTHS
from cgd_recipes.grading.prose.proportions import CHANCE

NUMBER_WORD = any_of([*SMALL.split(" "), *TENS])
NUMBER = rf"(?:\d+|(?:{any_of(TENS)}[\s-])?{any_of(SMALL.split(' '))}|{any_of(TENS)})"
UNIT = rf"(?P<unit>{any_of(name for name in UNITS if len(name) > 2 and name.isalpha())})\b"
# "one joule of energy", "a single liter": not "one day later", "one mile of the way"
ONE = re.compile(
    rf"\b(?:one|a\s+single)\s+(?={UNIT}(?!\s+(?:of\s+(?:the|them|these|those|his|her|its|their)|later|earlier|ago|after|before|per|each|every|at|and)\b))",
    re.IGNORECASE,
)
# "three quarters of a kilogram", "two thirds of a cup"
SHARE = re.compile(
    rf"(?<!and\s)\b(?P<above>an?|{NUMBER})[\s-](?P<below>{NTHS})\s+of\s+an?\s+(?={UNIT})",
    re.IGNORECASE,
)
FRACTION = re.compile(
    r"\b(?:fraction|part|percent\w*|portion|share)\b[^.?]*\bof\s+(?:an?|one)\s+(?P<whole>[a-z]+)\b", re.IGNORECASE
)
# "3.5 metres per second every second"
SQUARED = re.compile(
    r"\b(?P<speed>[a-z]+\s+per\s+second),?\s+(?:in\s+)?(?:per|each|every|an?)\s+second\b", re.IGNORECASE
)
HOUR = rf"(?:{any_of(HOURS)}|\d{{1,2}})"
CLOCK = re.compile(
    rf"(?P<at>\b(?:at|by|until|to|is|was|reads?|shows?|says?)\s+(?:exactly\s+|about\s+)?)?\b(?P<minutes>half|(?:a\s+)?quarter|{NUMBER})(?:\s+minutes?)?"
    rf"\s+(?P<side>past|after|to|before)\s+(?P<hour>{HOUR})\b(?!\s+(?:of|percent|[a-z]+s)\b)(?P<half>,?\s+(?:{HALF}|before\s+noon\b))?",
    re.IGNORECASE,
)
NOON = re.compile(
    r"\b(?P<lead>(?:is|was|at|until|by|be)\s+(?:exactly\s+|precisely\s+|high\s+)?)noon(?=\W*$)",
    re.IGNORECASE,
)
# "57 dollars 50", "one thousand one hundred two dollars and fifty cents"
MONEY = re.compile(
    rf"\b(?P<whole>\d[\d,]{{0,14}}\s|(?:(?:{NUMBER_WORD}|an?|and|hundred|{any_of(SCALES)})[\s-]+){{1,9}}?)dollars?\s+"
    rf"(?:(?:and\s+)?(?P<cents>{NUMBER})\s+cents?\b|(?P<bare>\d\d|{any_of(TENS)}(?:[\s-]{any_of(SMALL.split(' '))})?)(?=\W*$|[,;]\s))",
    re.IGNORECASE,
)
COINS: dict[str, int] = WORDS["coins"]
COIN = re.compile(
    rf"\b(?P<lead>(?:costs?|is|was|worth|pays?|paid|gets?)\s+(?:only\s+|just\s+|exactly\s+)?)an?\s+(?P<coin>{any_of(COINS)})(?=\W*$)",
    re.IGNORECASE,
)
ROUND = re.compile(rf"\ban?\s+(?:round|full|whole|cool)\s+(?=(?:hundred|dozen|{any_of(SCALES)})\b)", re.IGNORECASE)
TRIES = r"(?:times?|cases?|chances?|tries|draws?|rolls?|throws?|trials?)"
# "one in four", "one time in three", "one out of thirteen cases"
ONE_IN = re.compile(
    rf"(?<!but\s)(?<!and\s)\b(?P<above>{NUMBER})\s+(?:{TRIES}\s+)?(?:in|out\s+of)\s+(?:every\s+)?(?P<below>{NUMBER})(?:\s+{TRIES})?(?=\W*$|[,.;:)]|\s+(?:of|that|for|to|which|as|or|and)\b)",
    re.IGNORECASE,
)
BELOW = re.compile(
    rf"\b(?P<count>{NUMBER})(?:\s+(?:degrees?|\u00b0))?(?:\s*(?P<first>[CF]\b|Celsius|Fahrenheit))?\s+below\s+zero\b(?:\s+(?P<scale>Celsius|Fahrenheit)\b)?",
    re.IGNORECASE,
)
ANGLE = re.compile(
    r"\b(?P<lead>(?:makes?|making|forms?|forming|is|are\s+at|meet\s+at|meets\s+at)\s+(?:exactly\s+)?)a\s+(?P<kind>right|straight)\s+angle(?=\W*$)",
    re.IGNORECASE,
)
ANGLES = {"right": 90, "straight": 180}


def with_quantities(sentence: str, asking: str) -> str:
    """A sentence with such quantities in figures.

    Args:
        sentence: in full.
        asking: the sentence that asks, maybe for a chance, an angle or the fraction of a unit.
    """
    if (whole := FRACTION.search(asking)) and whole["whole"] in UNITS:
        sentence = re.sub(rf"(?<=[a-z\d])\s+of\s+an?\s+{whole['whole']}\b", "", sentence)
    if CHANCE.search(asking):
        sentence = ONE_IN.sub(_chance, sentence)
    if "angle" in sentence and re.search(r"\bangle\b", asking) and not re.search(r"\b(?:right|straight)\b", asking):
        sentence = ANGLE.sub(lambda match: f"{match['lead']}{ANGLES[match['kind'].casefold()]} degrees", sentence)
    if "below zero" in sentence:
        sentence = BELOW.sub(_below_zero, sentence)
    if " second" in sentence:
        sentence = SQUARED.sub(r"\g<speed> squared", sentence)
    if " of a" in sentence:
        sentence = SHARE.sub(_share, sentence)
    return ONE.sub("1 ", _clocks(_money(sentence)))


def _money(sentence: str) -> str:
    """A sentence with its amounts of money in figures."""
    if "dollar" in sentence:
        sentence = MONEY.sub(_dollars, ROUND.sub("a ", sentence))
    return COIN.sub(lambda match: f"{match['lead']}$0.{COINS[match['coin'].casefold()]:02}", sentence)


def _clocks(sentence: str) -> str:
    """A sentence with its times of day in figures."""
    if "noon" in sentence:
        sentence = NOON.sub(r"\g<lead>12:00 p.m.", sentence)
    if " past " in sentence or " after " in sentence or " to " in sentence or " before " in sentence:
        sentence = CLOCK.sub(_clock, sentence)
    return sentence


def _number(said: str) -> int:
    """The number that a text is, in figures or in words."""
    found = spelled(said)
    return int(said) if said.isdigit() else int(found[0]) if found else -1


def _chance(match: re.Match[str]) -> str:
    above, below = _number(match["above"]), _number(match["below"])
    return f"{above}/{below}" if 0 < above < below else match[0]


def _below_zero(match: re.Match[str]) -> str:
    scale = match["first"] or match["scale"]
    unit = f"\u00b0{scale[0].upper()}" if scale else "degrees"
    return f"-{_number(match['count'])} {unit}"


def _share(match: re.Match[str]) -> str:
    below = match["below"].casefold()
    above = 1 if match["above"].casefold() in ("a", "an") else _number(match["above"])
    return f"{above}/{PARTS.get(below) or PARTS[below.removesuffix('s')]} "


def _clock(match: re.Match[str]) -> str:
    said, side = match["minutes"].casefold(), match["side"].casefold()
    minutes = 30 if said == "half" else 15 if said.endswith("quarter") else _number(said)
    hour = HOURS.index(match["hour"].casefold()) if match["hour"].casefold() in HOURS else _number(match["hour"])
    turned = side in ("to", "before")
    if not 0 < minutes < 60 or not hour <= 12 or (turned and (said == "half" or not (match["at"] or match["half"]))):
        return match[0]
    hour = (hour - turned) % 12 or 12
    half = re.sub(r",?\s+before\s+noon", " a.m.", match["half"] or "")
    return f"{match['at'] or ''}{hour}:{(60 - minutes if turned else minutes):02}{half}"


def _dollars(match: re.Match[str]) -> str:
    whole = _number(match["whole"].replace(",", "").strip(" -"))
    cents = _number(match["cents"] or match["bare"])
    return f"${whole}.{cents:02}" if whole >= 0 and 0 < cents < 100 else match[0]
