"""Counts of other things than those that are asked for: "36 players", where it is asked how many games they played."""

from __future__ import annotations

import re

from cgd_recipes.grading.notation.text import said
from cgd_recipes.grading.notation.words import UNITS
from cgd_recipes.grading.prose.agents import is_in_full
from cgd_recipes.grading.question.asked_unit import MAX_QUESTION, asking

PLURAL = (
    r"(?!(?:does|was|has|is|this|less|pass|plus|its|his|hers|theirs|always)\b)"
    r"(?:[a-z]{2,}s|children|people|men|women|mice|geese|feet|teeth)"
)
# "how many games", "the total number of long games"
ASKED = re.compile(
    rf"\b(?:how\s+many|number\s+of)\s+(?:(?!of\b|in\b|that\b|did\b|do\b|are\b|were\b|have\b|had\b|can\b|will\b|would\b)[a-z-]+\s+){{0,2}}?(?P<noun>{PLURAL})\b",
    re.IGNORECASE,
)
GIVEN = re.compile(rf"\W*\d[\d,.]*\s+(?:[a-z-]+\s+)?(?P<noun>{PLURAL})\W*", re.IGNORECASE)
# Words for what may have a name of its own: "how many ways" are "36 arrangements"
ANYTHING = frozenset(
    [
        "ways", "possibilities", "values", "solutions", "choices", "outcomes", "items", "things", "objects", "elements", "numbers",
        "integers", "roots", "terms", "times", "cases", "results", "answers", "units", "arrangements", "combinations", "permutations",
        "options", "sequences", "sets", "subsets", "pairs", "tuples", "triples",
    ]
)  # fmt: skip
PERSONS = frozenset(
    [
        "students", "pupils", "children", "kids", "people", "persons", "members", "participants", "players", "guests", "attendees",
        "passengers", "users", "visitors", "customers", "workers", "employees", "friends",
    ]
)  # fmt: skip
BRACKETED = re.compile(r"^\([^()]*\)\s*")
MAX_ANSWER = 80


def is_of_other_things(answer: str, question: str) -> bool:
    """Whether an answer counts things that the question counts, too, but does not ask for."""
    match = GIVEN.fullmatch(said(answer)) if len(answer) <= MAX_ANSWER else None
    if match is None:
        return False
    asked, given = BRACKETED.sub("", asking(question).casefold()), match["noun"].casefold()
    wanted = {found["noun"] for found in ASKED.finditer(asked)}
    one = given.removesuffix("s")
    if not wanted or given in UNITS or one in UNITS or one in asked:
        return False
    if (
        {*wanted, given} & ANYTHING
        or {*wanted, given} <= PERSONS
        or is_in_full(given, wanted, question[-MAX_QUESTION:].casefold())
    ):
        return False
    counted = (
        r"(?:\b(?:as\s+many|how\s+many|number\s+of|each|every|two|three|four|five|six|seven|eight|nine|ten|twelve)|\d)"
        rf"\s+(?:[a-z-]+\s+){{0,2}}?{one}"
    )
    return re.search(counted, question[-MAX_QUESTION:].casefold()) is not None
