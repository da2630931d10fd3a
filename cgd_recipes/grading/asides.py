r"""Answers with a little beside their value: "16% decrease", `\frac{1}{6} \approx 16.67\%`, "90 degrees (a right angle)".

Used by `readings`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from cgd_recipes.grading.spellings import Pairs, said

PERCENT = r"(?P<value>\d[\d.]*\s*\\?%)"
FALL = r"(?:decreas(?:e|ed)|drop(?:ped)?|fall|fell|loss|reduction|decline[d]?|down)"
FALLS = re.compile(
    rf"^(?:an?\s+)?{PERCENT}\s+{FALL}$|^(?:an?\s+)?{FALL}\s+(?:of\s+|by\s+)?(?P<behind>\d[\d.]*\s*\\?%)$", re.IGNORECASE
)
OFF = re.compile(rf"^(?:an?\s+)?{PERCENT}\s+(?:off|discount)$", re.IGNORECASE)
ROUNDED = re.compile(r"^(?P<main>.*\S)\s*(?:\\approx|\u2248)\s*(?P<value>\d[\d.]*)\s*\\?%$")
# A gloss of a unit: `90 \text{ degrees (a right angle)}`.
GLOSS = re.compile(
    r"\s*\((?:an?|the)\s+[a-z][a-z ]*\)(?=\s*\}?$)|\s*\((?:there\s+are\s+)?infinitely\s+many\s+solutions\)(?=\s*\}?$)"
)
ALSO = re.compile(r",?\s+(?:also\s+written(?:\s+as)?|also|equivalently|or\s+equivalently)\s+(?=[\[(])", re.IGNORECASE)
WHICH_IS = re.compile(
    r"^(?P<one>\S+),?\s+(?:which\s+is|i\.e\.,?|that\s+is,?)\s+(?P<other>\S+)\s+(?:in\s+(?:lowest\s+terms|simplest\s+form)|of\s+(?:an?|the)\s+[a-z]+)$"
)


def falls(gold: str, answer: str) -> Iterator[Pairs]:
    """A fall by its word for a negative percentage; a discount for what it takes off."""
    plain = said(answer)
    if gold.lstrip().startswith("-") and (match := FALLS.match(plain)):
        yield [(gold, "-" + (match["value"] or match["behind"]))]
    if match := OFF.match(plain):
        yield [(gold, match["value"])]


def percentages(gold: str, answer: str) -> Iterator[Pairs]:
    r"""A number that is also given as a rounded percentage: `1/13 \approx 7.7\%`."""
    match = ROUNDED.match(answer)
    if match and "%" not in gold:
        rounded = Fraction(match["value"].rstrip(".")) / 100
        places = len(match["value"].rstrip(".").partition(".")[2]) + 2
        yield [
            (gold, match["main"]),
            (gold, rf"{match['main'].rpartition('=')[2]} \approx {float(rounded):.{places}f}"),
        ]


def glossed(gold: str, answer: str) -> Iterator[Pairs]:
    """A value without the gloss of its unit, and one that is written twice."""
    if (plain := GLOSS.sub("", answer)) != answer:
        yield [(gold, plain)]
    both = ALSO.split(answer, maxsplit=1)
    if len(both) == 2:
        yield [(gold, both[0]), (gold, both[1])]
    if match := WHICH_IS.match(said(answer)):
        yield [(gold, match["one"]), (gold, match["other"])]


READINGS = (falls, percentages, glossed)
