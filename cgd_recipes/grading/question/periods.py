"""Amounts for another time than the one that is asked for: "$60 a month", where the question is how much it costs in a year."""

from __future__ import annotations

import re

from cgd_recipes.grading.notation.clean import clean, tidy
from cgd_recipes.grading.notation.number import as_number
from cgd_recipes.grading.notation.text import said
from cgd_recipes.grading.notation.unit import without_words
from cgd_recipes.grading.question.asked_unit import asking

TIME = r"(?P<time>second|minute|hour|day|week|month|year)"
ADVERBS = {"daily": "day", "hourly": "hour", "weekly": "week", "monthly": "month", "yearly": "year", "annually": "year",
           "annual": "year", "annum": "year"}  # fmt: skip
SHORT = {"hr": "hour", "yr": "year", "mo": "month", "wk": "week", "h": "hour", "min": "minute"}
ADVERB = r"(?P<adverb>daily|hourly|weekly|monthly|yearly|annually)"
# "60 dollars a month", "60 dollars/month", "60 monthly", "60 in one month"
GIVEN = re.compile(
    rf"(?P<amount>.*?\d[^\s/]*(?:\s[A-Za-z]+){{0,3}}?)\s*(?:(?:\b(?:per|an?|each|every)|\b(?:in|for|over)\s(?:an?|one|1))\s{TIME}"
    rf"|/\s?(?:(?:an?\s)?(?P<divided>second|minute|hour|day|week|month|year)|(?P<short>hr|yr|mo|wk|h|min))|\s(?:per\s)?{ADVERB})$",
    re.IGNORECASE,
)
# "So she spends $60 on tea every month."
LAST = re.compile(rf"(?P<amount>\d[\d.,]*)(?:\s[a-z]+){{0,6}}?\s(?:per|an?|each|every)\s{TIME}\W*$", re.IGNORECASE)
# "in one year", "each day", "in the first week", "weekly"
SINGLE = re.compile(
    rf"\b(?:per|an?|one|1|each|every|any|the|this|that|next|last|first|entire|whole|full|single)[\s-](?:[a-z]+\s|\d+-[a-z]+\s){{0,1}}{TIME}\b(?!-)"
    r"|\b(?P<adverb>daily|hourly|weekly|monthly|yearly|annual|annually|annum)\b",
    re.IGNORECASE,
)
# "in 3 weeks"
SEVERAL = re.compile(
    rf"\b(?:\d+|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|thirty)[\s-](?:full\s|whole\s)?{TIME}s?\b",
    re.IGNORECASE,
)
TOTAL = re.compile(
    r"\bhow\s+(?:many|much|far)\b|\b(?:total|income|salary|pay|costs?|profit|earnings|savings|revenue)\b", re.IGNORECASE
)
# A speed may be given for any time, and what he must save for the time between.
OF_RATES = re.compile(
    r"\b(?:rates?|speeds?|fast|faster|pace|velocity|average|flow|needs?|must|should|ha(?:s|ve)\s+to|required)\b",
    re.IGNORECASE,
)
# What tells more of the one who earns it: "if he works 5 days a week"
CONDITION = re.compile(
    r",?\s(?:if|when|given|assuming|who|which|that|whose|where|while|because|since|provided|with|at|by|working|after|before|until)\s",
    re.IGNORECASE,
)
# "if he works for a year?", but not "for 8 hours each day"
DURATION = re.compile(
    r"\s(?:if|when)\s[^,]*?\s(?:for|in|over|during)\s(?:(?:an?|one|the)\s(?:full\s|whole\s|entire\s)?(?P<time>hour|day|week|month|year)"
    r"|(?P<several>(?:\d+|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|thirty)\s(?:hour|day|week|month|year)s))\s?[?.]$",
    re.IGNORECASE,
)
STARTS = re.compile(r"^(?:if|when|given|assuming|with|working|at|after|because|since)\b", re.IGNORECASE)
MAX_LENGTH = 100


def is_for_another_time(gold: str, answer: str, question: str) -> bool:
    """Whether an answer gives the number of the gold answer for each of a time, and the question asks for another time."""
    if len(answer) > MAX_LENGTH or "\n" in answer or not (match := GIVEN.fullmatch(said(tidy(answer)).strip(" .}"))):
        return False
    given = match["time"] or match["divided"] or SHORT.get(match["short"] or "") or ADVERBS[match["adverb"].lower()]
    return _is_another(gold, match["amount"], given, question)


def ends_for_another_time(gold: str, response: str, question: str) -> bool:
    """Whether the last words of a response in prose give the number of the gold answer so."""
    match = LAST.search(response[-MAX_LENGTH:])
    return match is not None and _is_another(gold, match["amount"], match["time"], question)


def _is_another(gold: str, amount: str, given: str, question: str) -> bool:
    wanted, found = (as_number(without_words(clean(text), None)[0]) for text in (gold, amount))
    if wanted is None or found is None or wanted.value != found.value:
        return False
    asked = _asked(asking(question))
    return bool(asked) and given.lower() not in asked


def _asked(sentence: str) -> frozenset[str]:
    """The times for which a sentence asks how much it is; those of which there are several with their number."""
    found = TOTAL.search(sentence)
    if found is None or OF_RATES.search(sentence):
        return frozenset()
    asked = CONDITION.split(sentence[found.start() :] if STARTS.match(sentence) else sentence)[0]
    single = {match["time"] or ADVERBS[match["adverb"].lower()] for match in SINGLE.finditer(asked)}
    several = {match[0] for match in SEVERAL.finditer(asked)}
    if not single and not several and (lasting := DURATION.search(sentence)):
        single, several = {lasting["time"] or ""}, {lasting["several"] or ""}
    return frozenset({*(each.lower() for each in single), *several} - {""})
