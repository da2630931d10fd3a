"""The unit that a question asks for, which an answer to it must not contradict."""

from __future__ import annotations

import re
from functools import lru_cache

from cgd_recipes.grading.gold import Gold
from cgd_recipes.grading.notation.clean import clean
from cgd_recipes.grading.notation.number import CONSTANT, as_number
from cgd_recipes.grading.notation.structure import split_top
from cgd_recipes.grading.notation.unit import composition, counted_per, currency, split_unit, unit_name, without_words
from cgd_recipes.grading.question.base_unit import in_base_units
from cgd_recipes.grading.question.named_units import (
    named_unit,
    only_time,
    unit_counted_for,
    unit_of_density,
    unit_of_power,
    unit_per,
)
from cgd_recipes.grading.question.unit_of_items import unit_of_items, with_unit_of_items
from cgd_recipes.grading.values.measure import base_units

# The sign behind the last display belongs to it.
# "Subproblem 0: ... Solution: ... Subproblem 1: ..."
SOLVED_PART = re.compile(r"(?:^|(?<=\n))(?:Subproblem|Part)\s+\w{1,3}:\s")
SENTENCE_END = re.compile(r"(?:(?<=[.?!])(?<!\s!)|(?<=[.!]['\"\u2019\u201d]))\s+(?!(?:\$\$?|\\[\])])$)")
UNIT = r"(?:\$(?P<tex>[^$]{1,60})\$|(?P<words>[^\W\d_][^\s,;:.?!()$]*(?:\s+[^\s,;:.?!()$]+){0,3}))"
# "Answer in unit of W (3 sig.fig.).", "Give your answer in Angstroms, to two digits.", "express it in $\\mathrm{kJ} / \\mathrm{mole}$"
TOLD = re.compile(
    rf"\b(?:(?:in|using)\s+(?:the\s+)?units?\s+of|(?:answer|result|express|give|report|state)\w*\b[^.?!;\n]{{0,40}}?\sin)\s+(?:the\s+)?(?:units?\s+of\s+)?{UNIT}",
    re.IGNORECASE,
)
# "the diameter (in $\\mathrm{cm}$ )", "the energy gap (in eV, to 1 decimal place)"
BRACKETED = re.compile(rf"\(\s*(?:(?:all\s+)?in\s+(?:units\s+of\s+)?|[Uu]nits?:\s*){UNIT}[^()]*\)")
# "Find its angular speed. (Unit: rad/s)"
AT_END = re.compile(rf"\(\s*[Uu]nits?\s*:\s*{UNIT}[^()]*\)\W*$")
# "in meters per second, when", "in arcseconds to one digit", "in $\\mathrm{s}^{{-1}}$?", "today in Gyr:"
BEHIND = re.compile(
    rf"\bin\s+(?P<inverse>inverse\s+|reciprocal\s+)?{UNIT}\s*(?=[,.?:;!]|$|(?<=\s)(?:to|of|for|between|at|as|that|which|by|with|does|do|is|are|will|would|can|the|an?)\b)"
)
# "in week 3": no unit
TIMES = frozenset(["second", "minute", "hour", "day", "week", "month", "year"])
# What comes before the last of several questions.
PART = re.compile(r"\bSubproblem\s+\d+:|\bI hope it is correct\.")
MAX_WORDS, MAX_END = 4, 1_500
COUNTED = re.compile(r"\bhow\s+many\b|\bnumber\s+of\b", re.IGNORECASE)
UNIT_COUNTED = re.compile(
    r"\bhow\s+many\s+(?P<unit>(?:(?:square|cubic)\s+)?[a-z]+(?:\s+per\s+[a-z]+)?)\b", re.IGNORECASE
)
UNIT_NUMBERED = re.compile(
    r"\b(?:what\s+is|find|compute|calculate|determine)\s+the\s+(?:total\s+)?number\s+of\s+(?P<unit>(?:(?:square|cubic)\s+)?[a-z]+(?:\s+per\s+[a-z]+)?)\b",
    re.IGNORECASE,
)
UNIT_LAST = re.compile(r"\bin\s+(?P<unit>[A-Za-z/^\d]+(?:\s+(?:per\s+)?[A-Za-z]+){0,2})\s*(?:[?.](?=\s|$)|$)")
# "Convert 5 feet to inches.", "the angle in degrees between its hands"
UNIT_TO = re.compile(r"\bconvert\b.*\bto\s+(?P<unit>[A-Za-z/]+(?:\s+per\s+[a-z]+)?)\s*[.?]?$", re.IGNORECASE)
# "the mean speed in miles per hour during the trip"
UNIT_IN = re.compile(
    r"\bin\s+(?P<unit>mph|kph|rpm|mpg|psi|[a-z]*watt[ -]hours"
    r"|(?:[a-z]{2,}s|feet)(?:\s+(?:per|an?)\s+(?:(?:square|cubic)\s+)?[a-z]+|\s?/\s?[a-z]+)?)\b"
)
# "How much energy in kWh does it use?", where no word is meant, nor a place: "in PA"
SYMBOL_IN = re.compile(
    r"\bin\s+(?P<unit>[a-z]{1,2}/[a-z]{1,2}|[a-z]{2}|(?=[A-Z]*[a-z])[A-Za-z]?[a-z]?[A-Z][A-Za-z]?)(?![\w/^-])"
)
POUNDS = re.compile(r"\b(?:how\s+many|in)\s+pounds\b", re.IGNORECASE)
# "16 m", and what of a question is no name either: "a 20 m ladder", "300 km/s"
LETTERED = re.compile(r"(?P<value>-?[\d.,/]+)\s(?P<unit>[mgsLlhJNWVK])")
FIGURED = re.compile(r"\d\s?(?:[kcm]?m|kg|[LJC])/[a-z](?![A-Za-z])|\d\s[A-Za-z](?![A-Za-z])")
DOLLARS = re.compile(r"\$\s?\d|\bdollars?\b", re.IGNORECASE)
CENTS = re.compile(r"\bcents?\b|\bpenn(?:y|ies)\b|\u00a2", re.IGNORECASE)
# "3 kWh per day", where it is asked how many kWh are used each day
RATE = re.compile(r"(?:\s(?:per|an?|each|every)\s|\s?/\s?)(?P<time>second|minute|hour|day|week|month|year)\s?\}?$")
MAX_QUESTION = 5_000
# Degrees of them are counted as those of an angle are.
TEMPERATURE = re.compile(
    r"(?:\u00b0|\\circ\s*\}?)\s*(?:\\(?:text|mathrm)\s*\{\s*)?(?P<letter>[CF])\b|\bdegrees?\s+(?P<scale>C|F)(?:elsius|ahrenheit)?\b|\b(?P<named>C|F)(?:elsius|ahrenheit)\b",
    re.IGNORECASE,
)
KELVIN = re.compile(r"\b(?:in|to)\s+(?:degrees\s+)?kelvins?\b", re.IGNORECASE)
# "22\u00b030'", "45'"
IN_DEGREES = re.compile(r"\b(?:in|of|many)\s+degrees(?!\s+(?:Celsius|Fahrenheit|C\b|F\b))")
ANGLE = re.compile(r"\d\s*(?:'|\u2032|\u2019|\^?\{?\\prime)[\s$}.]*(?:$|\d)")
DEGREES = re.compile(r"\u00b0|\\circ|\bdegrees?\b")
# Money or a weight, people or microseconds.
AMBIGUOUS = frozenset(["pounds", "pound", "us"])
# "7e-7 m (= 700 nm)"
REMARK = re.compile(r"\s+\([^()]*\)[\s$]*$")


def with_unit_asked(gold: Gold, question: str, answer: str, *, in_prose: bool = False) -> Gold:
    """A gold number with the unit that the question asks for, "in km/h?", if the answer has a known unit and the number none."""
    answer = REMARK.sub("", answer)
    if not gold.unit and (listed := unit_of_items(gold, answer)):
        unit = _asked_for(question, listed, in_prose=in_prose) or named_unit(question, listed)
        return with_unit_of_items(gold, unit) if unit and composition(unit) != composition(listed) else gold
    if gold.kind not in ("auto", "numerical", "list") or gold.unit or not all(map(_is_number, _items(gold))):
        return gold
    if (scale := _scale(asking(question))) and DEGREES.search(answer):
        told = _scale(answer)
        return gold._replace(unit=f"\u00b0{scale}") if told and told != scale else gold
    if KELVIN.search(asking(question)) and _scale(answer):
        return gold._replace(unit="kelvin")
    if IN_DEGREES.search(asking(question)) and ANGLE.search(answer):
        return gold._replace(unit="degree")
    given = split_unit(clean(answer))[1] or currency(answer) or without_words(clean(answer), None)[1]
    known = given if given and composition(given) and not TEMPERATURE.search(answer) else None
    unit = (
        _asked_for(question, known, in_prose=in_prose)
        if known
        else unit_counted_for(question, given or "") or _told_of_things(question, given)
    )
    if known and not unit and (in_base := in_base_units(gold, answer, question, asking(question), known)):
        return in_base
    unit = unit or (named_unit(question, known) or only_time(question, asking(question), answer) if known else None)
    if (
        unit is None
        and given
        and unit_name(given) == "cent"
        and DOLLARS.search(question)
        and not CENTS.search(question)
    ):
        unit = "dollar"  # "5 apples for $3"
    if (
        unit
        and not {power for _, power in composition(unit) or () if power < 0}
        and (rate := RATE.search(given or ""))
        and re.search(rf"\b{rate['time']}\b", question)
    ):
        unit += f" per {rate['time']}"
    return gold._replace(unit=unit) if unit else gold


def _asked_for(question: str, given: str, *, in_prose: bool) -> str | None:
    """The unit that a question asks for, in one of the ways that may bear on an answer in a given one."""
    return (
        _told(question, given, in_prose=in_prose)
        or _unit_asked(question)
        or _symbol_asked(question, RATE.sub("", given))
        or _pounds_asked(question, given)
        or unit_of_power(asking(question), given)
        or unit_per(question, asking(question), given)
        or unit_of_density(question, given)
    )


def _told_of_things(question: str, given: str | None) -> str | None:
    """Things by the unit of an inverse that a question wants, `cm^{-2}`, where an answer has them by another: "ions/m^2"."""
    counted = counted_per(given)
    told = _told(question, f"1/{counted[1]}", in_prose=True) if counted else None
    parts = composition(told) if told else None
    if counted is None or not parts or any(power > 0 for _, power in parts):
        return None
    return f"{counted[0]}s/{' '.join(f'{name}^{-power}' for name, power in sorted(parts))}"


def _items(gold: Gold) -> list[str]:
    """The gold answer, or the items of a gold list."""
    text = clean(gold.text)
    return split_top(text.strip("[]() ")) if gold.kind == "list" else [text]


def _is_number(text: str) -> bool:
    return as_number(text) is not None or (
        CONSTANT.fullmatch(text) is not None and re.search(r"\d|\\pi", text) is not None
    )


def _scale(text: str) -> str:
    """The one scale of temperature that a text names, "C" or "F"; "" for none and both."""
    found = {(match["letter"] or match["scale"] or match["named"])[0].upper() for match in TEMPERATURE.finditer(text)}
    return found.pop() if len(found) == 1 else ""


def with_lettered_unit(gold: Gold, question: str) -> Gold:
    """A gold answer such as `16 m` with its letter as its unit, if the question has no such name: `16 m` alone may be a product."""
    match = LETTERED.fullmatch(gold.text.strip())
    if match is None or re.search(rf"(?<![A-Za-z]){match['unit']}(?![A-Za-z])", FIGURED.sub(" ", question)):
        return gold
    return gold._replace(text=match["value"], unit=match["unit"])


def _told(question: str, given: str, *, in_prose: bool) -> str | None:
    """The unit in which a question wants its answer; the one of a quantity in brackets only for answers of the same dimension."""
    told, bracketed = _units_told(question)
    of_given = base_units(given)
    for unit in filter(None, (told, bracketed)):
        size = base_units(unit)
        if size is None or of_given is None:
            return unit if unit == told and not (DEGREES.search(given) and TEMPERATURE.search(unit)) else None
        wanted, found = dict(size[1]), dict(of_given[1])
        rate = in_prose and found.items() < wanted.items()  # "every litre weighs 2 kg"
        if wanted == found or (unit == told and not rate and not _is_power(wanted, found)):
            return unit
    return None


def _is_power(lengths: dict[str, int], given: dict[str, int]) -> bool:
    """Whether a unit is the square or cube of another: of an area where the sides are in cm."""
    return any(given == {name: power * times for name, power in lengths.items()} for times in (2, 3))


@lru_cache(maxsize=64)
def _units_told(question: str) -> tuple[str | None, str | None]:
    """The unit that a text says last that its answer has to be in, and the last one in brackets behind a quantity."""
    end = PART.split(question[-MAX_END:])[-1].strip()
    sentences = SENTENCE_END.split(end)
    asked = [place for place, sentence in enumerate(sentences) if sentence.endswith("?")]
    last = " ".join(sentences[asked[-1] if asked else -2 :])
    found = [
        (match.start(), unit)
        for pattern in (TOLD, BEHIND, AT_END)
        for match in pattern.finditer(last)
        if (unit := _unit_of(match))
    ]
    bracketed = [unit for match in BRACKETED.finditer(end) if (unit := _unit_of(match))]
    return max(found)[1] if found else None, bracketed[-1] if bracketed else None


def _unit_of(match: re.Match[str]) -> str | None:
    """The known unit that a text begins with."""
    if match["tex"]:
        unit = clean(match["tex"]).replace("\\Omega", "\u03a9")
        inverse = "1/" if match.groupdict().get("inverse") else ""  # "in inverse $\mathrm{cm}^3$"
        return inverse + unit if composition(unit) else None
    words = match["words"].split()
    for count in range(min(len(words), MAX_WORDS), 0, -1):
        unit = " ".join(words[:count])
        if unit not in AMBIGUOUS | TIMES and unit_name(unit) != "unit" and composition(unit):
            return unit
    return None


@lru_cache(maxsize=64)
def _unit_asked(question: str) -> str | None:
    asked = asking(question)
    patterns = (UNIT_COUNTED, UNIT_NUMBERED, UNIT_LAST, UNIT_TO, UNIT_IN)
    named = [match["unit"] for pattern in patterns for match in pattern.finditer(asked)]
    return next(
        (unit for unit in named if unit_name(unit) != "unit" and unit not in AMBIGUOUS and composition(unit)), None
    )


def _pounds_asked(question: str, given: str) -> str | None:
    """Pounds that are asked for, where a given unit is one of weight."""
    size = base_units(given)
    return "pound" if size and dict(size[1]) == {"gram": 1} and POUNDS.search(asking(question)) else None


def _symbol_asked(question: str, given: str) -> str | None:
    """The one symbol of a unit in an asking sentence, if a given unit is of the same dimension: the sides "in cm" have no area in cm."""
    symbols = {match["unit"] for match in SYMBOL_IN.finditer(asking(question))} - AMBIGUOUS
    sizes = [base_units(unit) for unit in (*symbols, given)]
    return symbols.pop() if len(sizes) == 2 and sizes[0] and sizes[1] and sizes[0][1] == sizes[1][1] else None


@lru_cache(maxsize=64)
def asking(question: str) -> str:
    """The sentence of a text that asks: its question, else its last sentence; "" where several are questions."""
    text = question[-MAX_QUESTION:]
    if "Solution:" in text:  # of earlier parts, which are no question any more
        text = SOLVED_PART.split(text)[-1]
    sentences = SENTENCE_END.split(text.strip())
    asked = [sentence for sentence in sentences if sentence.endswith("?")] or sentences[-1:]
    return asked[0] if len(asked) == 1 else ""
