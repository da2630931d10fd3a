"""Amounts of another share than the one that is asked for: "$90 each", where the question is how much they pay altogether."""

from __future__ import annotations

import re

from cgd_recipes.grading.notation.clean import clean
from cgd_recipes.grading.notation.number import as_number
from cgd_recipes.grading.notation.unit import without_words
from cgd_recipes.grading.question.asked_unit import asking

# "$90 each", "90 dollars per person", "90 in total"
NUMBER = r"(?P<amount>\d[\d.,]*)\s*(?:\\text\s*\{)?(?:\s*[A-Za-z]+){0,2}?\s*"
FOR_EACH = re.compile(
    rf"{NUMBER}(?:\b(?:each|apiece)|\b(?:per|for\s+each|for\s+every)\s(?:person|child|student|friend|pupil|player|kid|head))[\s}}$.*]*$"
)
FOR_ALL = re.compile(rf"{NUMBER}\b(?:altogether|in\s+total|in\s+all|combined|all\s+together)[\s}}$.*]*$")
TOTAL = re.compile(r"\b(?:altogether|in\s+total|in\s+all|total|combined|all\s+together|together)\b", re.IGNORECASE)
EACH = re.compile(
    r"\b(?:each|every|apiece|per|one|an?\s+(?:single|person|child|student)|average|equal|equally|evenly|split|shared?)\b",
    re.IGNORECASE,
)
EACH_ASKED = re.compile(
    r"\bhow\s+(?:much|many)\b[^?]*?\b(?:does|did|do|will|would|should|must|can)\s+(?:each|every)\b|\bper\s+person\b|\bapiece\b",
    re.IGNORECASE,
)
# "How many boxes of pens", "how many dozen eggs"
CONTAINERS = r"(?:dozens?|pairs?|boxes|bags|packs|packages|packets|cartons|sets|cases|crates|jars|rows|groups|rolls|trays|bunches)"
CONTAINED = re.compile(
    rf"\bhow\s+many\s+(?:more\s+|full\s+|whole\s+)?{CONTAINERS}\s+(?:of\s+)?(?P<thing>[a-z]{{3,}}s)\b", re.IGNORECASE
)
MAX_END = 100


def is_of_another_share(gold: str, text: str, question: str) -> bool:
    """Whether a text ends with the number of the gold answer for each where all is asked for, the other way round, or for single things."""
    end = text[-MAX_END:]
    asked = asking(question)
    if TOTAL.search(asked) and not EACH.search(asked):
        match = FOR_EACH.search(end)
    elif EACH_ASKED.search(asked) and not TOTAL.search(asked):
        match = FOR_ALL.search(end)
    elif contained := CONTAINED.search(asked):
        match = re.search(rf"{NUMBER}{contained['thing']}[\s}}$.*]*$", end, re.IGNORECASE)
        if match and re.search(rf"\b{CONTAINERS}\b", match[0], re.IGNORECASE):
            return False
    else:
        return False
    wanted = as_number(without_words(clean(gold), None)[0])
    amount = as_number(match["amount"].strip(".,")) if match else None
    return wanted is not None and amount is not None and wanted.value == amount.value
