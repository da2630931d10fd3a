"""Sentences that name an option or a person as the answer: "The correct choice is (C).", "10 pens is the final answer."."""

from __future__ import annotations

import re

from cgd_recipes.grading.prose.last import NUMBER
from cgd_recipes.grading.prose.wording import CONCLUDES, is_doubtful

CHOICE = re.compile(
    r"\b(?:(?:correct|right|best)\s+(?:answer|choice|option)\s+is\s*:?\s*(?:\*\*|\$)?\s*(?:choice\s+|option\s+)?|\b(?:leaves|leaving)\s+(?:us\s+with\s+)?(?:only\s+)?(?:choice|option|answer)\s+|(?:(?:I|we)\s+(?:would\s+)?(?:choose|pick|select|go\s+with)|^\W*(?:select|choose|pick))\s+(?:\*\*)?(?:choice\s+|option\s+)?)"
    r"(?P<said>\(?[A-J]\)?(?:[.):]?\s+\S{1,12})?)\**(?:,\s+(?:namely\s+)?(?:the|an?)\s(?!other|first|second|third|last)[a-z-]+(?:\s[a-z-]+){0,3})?\.?\**$"
    r"|(?:^|,\s)\W*(?:option\s+|choice\s+)?(?P<first>\(?[A-J]\)?)\**\s+is\s+(?:the\s+)?(?:correct|right|best)(?:\s+(?:answer|choice|option))?\.?\**$",
    re.IGNORECASE,
)
# "10 pens is the final answer."
ANSWERS = re.compile(
    rf"^\W*(?P<said>{NUMBER}(?:\s[a-z]+)?)\s+(?:is|are)\s+(?:the|our|my)\s+(?:final\s+|correct\s+|required\s+)?answer\.?\**$"
    rf"|^\W*(?:so\s+)?(?:please\s+)?(?:take|use|accept|consider)\s+(?P<taken>{NUMBER}(?:\s[a-z]+)?)\s+(?:as|to\s+be)\s+(?:the|our|my)\s+(?:(?:final|correct|new)\s+)*answer\.?\**$",
    re.IGNORECASE,
)
# "Therefore, **Evelyn** has the greatest average speed."
CHOSEN = re.compile(
    r"\W*\*\*(?P<said>[A-Z][a-z]+)\*\*(?:\s[a-z]+){1,2}\s(?:the|most|least)\s(?:\w+est|most|least|best|worst)\b[^,;:?*\d]*\.?\**$"
)


ALLOWED = frozenset(["one", "two", "three", "four", "five", "only", "possible", "first", "least", "most"])
# "That leaves Tom as the shortest of the three."
LEFT = re.compile(
    r"\W*(?:[Tt]hat|[Tt]his)\s+(?:only\s+)?leaves\s+(?:only\s+)?(?P<said>[A-Z][a-z]*|\([A-E]\))\s+as\s+the\s+(?:(?:one|only)\s+(?:correct|true|right|possible)\b|\w+est\b|winner\b)[^,;:?*\d]*\.?"
)


REASON = re.compile(r",\s+(?:since|because|as)\s.*")


def chosen(sentence: str) -> str | None:
    """The letter that a sentence calls the correct one."""
    rest: str = CONCLUDES.sub("", sentence)
    if rest != sentence and re.fullmatch(r"\W*(?:yes|no|[A-E])\W*", rest, re.IGNORECASE):
        return rest.strip(" ,*.!")
    if match := ANSWERS.match(rest):
        return match["said"] or match["taken"]
    if rest != sentence and (match := CHOSEN.match(rest)) and not is_doubtful(rest.replace("least", "")):
        return match["said"]
    if (match := LEFT.fullmatch(sentence.strip())) and not is_doubtful(match[0], ALLOWED):
        return match["said"]
    reasoned = REASON.sub("", rest)
    if match := CHOICE.search(reasoned):
        sentence = reasoned
    elif reasoned != rest:
        match = CHOICE.search(rest)
    return (
        None
        if match is None or re.search(r"\b(?:not|never|if|either|or)\b|n't|\?|^\W*had\b", sentence, re.IGNORECASE)
        else match["said"] or match["first"]
    )
