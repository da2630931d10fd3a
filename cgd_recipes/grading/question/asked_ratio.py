r"""Ratios in the order in which a question asks for them: `AC : AB` and `\frac{AC}{AB}` are no ratio of AB to AC."""

from __future__ import annotations

import re

from cgd_recipes.grading.notation.structure import split_top
from cgd_recipes.grading.question.asked_unit import asking

# In a chain of fractions of which none is nested in another
FRACTION = re.compile(r"\\[dt]?frac\s*\{(?P<top>[^/:]{1,60})\}\s*\{(?P<bottom>[^/:]{1,60})\}")
RATIO_OF = re.compile(r"\bratio\s+(?:of|between)\s+(?P<parts>[^?]{3,300})", re.IGNORECASE)
TO = re.compile(r"\s+to\s+")
SETTING = re.compile(r"\\(?:text|mathrm|mathbf|textbf|operatorname|left|right|overline|triangle|angle)(?![A-Za-z])")
# \triangle P Q R
SPACED = re.compile(r"(?<=\b[A-Z]) (?=[A-Z]\b)")
TOKEN = re.compile(r"\\?[A-Za-z]+|\d+")
WORD = re.compile(r"[A-Za-z][a-z]{2,}")


def is_turned_round(left: str, question: str) -> bool:
    """Whether a left side is the ratio of the second thing to the first of the ratio that a question asks for."""
    found = RATIO_OF.search(asking(question))
    parts = TO.split(found["parts"]) if found else []
    named = _sides(left) if len(parts) == 2 else []
    if len(named) != 2:
        return False
    first, second = (_tokens(part) for part in parts)
    over, under = (_names(side) for side in named)
    stands = over <= first and under <= second
    return bool(over and under) and not stands and over <= second and under <= first


def _sides(left: str) -> list[str]:
    """What a ratio is of: of `AC : AB` AC and AB."""
    if match := FRACTION.fullmatch(left.strip()):
        return [match["top"], match["bottom"]]
    return split_top(left, ":") if ":" in left else split_top(left, "/")


def _tokens(text: str) -> frozenset[str]:
    """The words, names and numbers of a text."""
    found = TOKEN.findall(SPACED.sub("", SETTING.sub(" ", text)))
    return frozenset(each.casefold() if WORD.fullmatch(each) else each for each in found)


def _names(side: str) -> frozenset[str]:
    r"""What a side of a ratio is of: its words, else its names; `a_{\\text{Lea}}` is of Lea."""
    found = _tokens(side)
    return frozenset(each for each in found if WORD.fullmatch(each)) or found
