r"""Percentages of what is counted: `15\%`, where the question asks how many, or how much it is, and speaks of no percent."""

from __future__ import annotations

import re

from cgd_recipes.grading.notation.clean import clean
from cgd_recipes.grading.notation.number import as_number
from cgd_recipes.grading.question.asked_unit import COUNTED, asking

PERCENT = re.compile(r"%|\bper\s?cent|\bpercentage", re.IGNORECASE)
GIVEN = re.compile(
    r"(?P<amount>\d[\d.,]*)[\s~}]*(?:\\[,;: ])*\s*(?:\\text\s*\{\s*)?(?:\\?%|per\s?cent\b)", re.IGNORECASE
)
NUMBER = re.compile(r"\d[\d.,]*")
AMOUNT = re.compile(
    r"\bhow\s+(?:much|far|long|old|tall|fast|heavy)\b|\b(?:sum|product|area|volume|perimeter|circumference|length|distance|height|width|depth|radius|diameter|weight"
    r"|speed|age|costs?|price|salary|wages?|money|(?:cost|price|age)\s+difference|difference\s+(?:in|between)|integers?|remainder|digits?)\b",
    re.IGNORECASE,
)
# What may be told in percent, although the question does not say so
SHARE = re.compile(
    r"\b(?:rates?|probab\w+|chances?|likel\w+|fractions?|proportions?|portion|shares?|part|efficien\w+|yields?|returns?|errors?|concentrat\w+|growth|ratios?|relative|margin|discount|markup|increas\w*|decreas\w*|chang\w*|level)\b",
    re.IGNORECASE,
)
MAX_END = 200


def is_percent_of_none(gold: str, text: str, question: str) -> bool:
    """Whether a text ends with the number of the gold answer as a percentage, where a number or an amount of things is asked for."""
    last = text[-MAX_END:].rstrip().rpartition("\n")[2]
    given = [*GIVEN.finditer(last)]
    asked = asking(question) if given else ""
    wanted = as_number(clean(gold)) if asked and not PERCENT.search(asked) else None
    if wanted is None or SHARE.search(asked):
        return False
    if not COUNTED.search(asked) and (PERCENT.search(question) or not AMOUNT.search(asked)):
        return False
    plain = [number for match in NUMBER.finditer(GIVEN.sub(" ", last)) if (number := as_number(match[0].strip(".,")))]
    found = [number for match in given if (number := as_number(match["amount"].strip(".,")))]
    return any(each.value == wanted.value for each in found) and all(each.value != wanted.value for each in plain)
