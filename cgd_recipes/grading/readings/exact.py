r"""Exact answers with what is beside them: `x + 22 \quad (a = 1, b = 22)`, `\frac{\sqrt2}{2} c \approx 0.707 c`, `0o2516`.

Used by `readings`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from cgd_recipes.grading.notation.number import as_number
from cgd_recipes.grading.notation.structure import split_top
from cgd_recipes.grading.notation.text import said
from cgd_recipes.grading.readings.spellings import Pairs
from cgd_recipes.grading.values.single import LETTER, is_rounding

# `1.8474\ldots`, of which as many digits are wanted
GOING_ON = re.compile(r"^(?:[A-Za-z](?:_\{?\d\}?)?\s*(?:=|\\approx)\s*)?(?P<digits>-?\d+\.\d{3,})\s*\\ldots$")
GIVEN = re.compile(r"^(?P<main>.*[^\s,;(])\s*[,;]?\s*\(\s*(?P<given>[^()<>]*(?:=|\\approx)[^()<>]*)\)$")
ASSIGNED = re.compile(
    r"(?P<name>\\?[A-Za-z]+(?:_\{?\w+\}?)?)\s*(?:=|\\approx)\s*[^=A-Za-z]*(?:\\(?:frac|sqrt|pi|text)[^=]*)?"
)
MULTIPLE = re.compile(r"(?P<factor>-?\d+\.\d+)\s*(?:\\cdot)?\s*(?P<of>[A-Za-z\\][^=<>]*)")
# `I_0 e^{-t}, \\quad I_0 = I(0)`
DEFINED = re.compile(
    r"^(?P<main>.+?)\s*,\s*(?:\\text\s*\{\s*(?:where|with)\s*\}\s*|where\s+)?(?P<name>[A-Za-z](?:_\{?\w+\}?)?)\s*=\s*(?P<value>[^=,]+)$"
)
CHOSEN = re.compile(
    r"(?<![A-Za-z\\])C\s*\((?P<of>[^(),]+),(?P<out>[^(),]+)\)|(?<![\w}])(?:\^\s*\{?|_\s*\{?)?(?P<all>\d+|n)\}?\s*C\s*_?\s*\{?(?P<some>\d+|[kr])(?![\w}])\}?"
)
CHANGES = re.compile(r"\\d?dot(?![A-Za-z])|'|\\frac\s*\{\s*d|(?<![A-Za-z])d[A-Za-z]\s*/\s*dt")
TIME = re.compile(r"(?<=[A-Za-z}'])\s*\(\s*t\s*\)")
RATE = re.compile(r"(?<![A-Za-z\\])d([A-Za-z])\s*/\s*dt(?![A-Za-z])")
PREFIXED = re.compile(r"0(?P<base>[box])(?P<digits>[\dA-Fa-f]+)")
BASES = {"b": 2, "o": 8, "x": 16}


def with_given(gold: str, answer: str) -> Iterator[Pairs]:
    """An answer without the values of names that it does not have, which are given behind it in parentheses."""
    match = GIVEN.match(answer)
    if match is None:
        return
    parts = [ASSIGNED.fullmatch(part) for part in split_top(match["given"])]
    names = {part["name"] for part in parts if part}
    value = match["main"].rpartition("=")[2]
    if all(parts) and not names & {*LETTER.findall(value)} and not names & {*LETTER.findall(gold.rpartition("=")[2])}:
        yield [(gold, match["main"])]


def rounded_multiples(gold: str, answer: str) -> Iterator[Pairs]:
    r"""An answer without the rounding of its factor: `\frac{\sqrt2}{2} c \approx 0.707 c`."""
    parts = split_top(answer, r"\approx")
    match = MULTIPLE.fullmatch(parts[1]) if len(parts) == 2 else None
    if match is None or "=" in gold:
        return
    factor = LETTER.sub("1", gold)
    if factor != gold and is_rounding(factor, match["factor"]):
        yield [(gold, parts[0]), (gold, rf"({factor}) {match['of']}")]


def with_defined(gold: str, answer: str) -> Iterator[Pairs]:
    """An answer with a name that it explains behind a comma put in for what the name is."""
    match = DEFINED.match(answer)
    if match is None or "," in gold or match["name"] in LETTER.findall(gold):
        return
    main = match["main"].rpartition("=")[2]
    if match["name"] in LETTER.findall(main) and match["name"] not in LETTER.findall(match["value"]):
        yield [(gold, LETTER.sub(lambda name: f"({match['value']})" if name[0] == match["name"] else name[0], main))]


def prefixed(gold: str, answer: str) -> Iterator[Pairs]:
    """A number in a base as programs write it."""
    if (match := PREFIXED.fullmatch(said(answer).strip("` "))) and not as_number(gold):
        yield [(gold, f"{match['digits']}_{{{BASES[match['base']]}}}")]


def of_time(gold: str, answer: str) -> Iterator[Pairs]:
    """Differential equations with their functions of time by their names alone, and derivatives in plain text as fractions."""
    if not all("=" in each and CHANGES.search(each) for each in (gold, answer)):
        return
    read = [RATE.sub(r"\\frac{d \1}{dt}", TIME.sub("", each)) for each in (gold, answer)]
    if read != [gold, answer]:
        yield [(read[0], read[1])]


def binomials(gold: str, answer: str) -> Iterator[Pairs]:
    """Binomial coefficients as `C(n, 2)` and `5C2`."""
    read = CHOSEN.sub(
        lambda match: rf"\binom{{{match['of'] or match['all']}}}{{{match['out'] or match['some']}}}", answer
    )
    if read != answer and "C" not in gold:
        yield [(gold, read)]


# `22\u00b0 30'`
IN_MINUTES = re.compile(
    r"(?P<degrees>-?\d{1,3})\s*\u00b0\s*(?P<minutes>[0-5]?\d)\s*(?:'|\u2032)(?:\s*(?P<seconds>[0-5]?\d)\s*(?:''|\"|\u2033))?"
)


def in_minutes(gold: str, answer: str) -> Iterator[Pairs]:
    """Angles in degrees and minutes as fractions of degrees, of either."""
    read = [IN_MINUTES.sub(_in_degrees, each) for each in (gold, answer)]
    if read != [gold, answer]:
        yield [(read[0], read[1])]


def _in_degrees(match: re.Match[str]) -> str:
    part = Fraction(int(match["minutes"]) * 60 + int(match["seconds"] or 0), 3_600)
    value = abs(int(match["degrees"])) + part
    sign = "-" if match["degrees"].startswith("-") else ""
    return rf"{sign}\frac{{{value.numerator}}}{{{value.denominator}}}" + "\u00b0"


def going_on(gold: str, answer: str) -> Iterator[Pairs]:
    """A decimal that goes on, for a gold answer with the same digits."""
    match = GOING_ON.match(answer)
    if match and gold.strip() == match["digits"]:
        yield [(gold, match["digits"])]


READINGS = (going_on, in_minutes, with_given, with_defined, rounded_multiples, prefixed, of_time, binomials)
