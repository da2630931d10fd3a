"""What a clause with an answer in words says of something else: "the bone above it is called the femur", "they give off carbon dioxide"."""

from __future__ import annotations

import re

from cgd_recipes.grading.notation.months import MONTHS, WEEKDAY
from cgd_recipes.grading.notation.spelled import SMALL
from cgd_recipes.grading.prose.another import contrary
from cgd_recipes.grading.prose.echo import DENIES, stems

# "No ocean is deeper than the Atlantic, which borders the Pacific."
OF_THE_LAST = re.compile(
    r"^\W*(?:which|who|whose|where|whom)\b(?!\s+(?:therefore\s+|thus\s+)?(?:is|are|was|were|be|makes?|leaves?"
    r"|means|gives?|shows?|must|has\s+to|belongs)\b|\s+(?:[a-z]+s|we|one)\s+calls?\b)",
    re.IGNORECASE,
)
BESIDE = re.compile(
    r"\b(?:above|below|beside|beneath|underneath|next\s+to|behind|opposite|adjacent|attached|joined|touches|touching|around|nearby)\b"
    r"|\b(?:day|month|year|season|one|element|planet|letter|number)\s+(?:before\b|after\b(?!\s+(?:that|this|it)\b))",
    re.IGNORECASE,
)
# "the six-sided polygon", "the one with six sides"
COUNTED = re.compile(
    rf"(?:\bwith\s+|(?=\S+-[a-z]))\b(?P<count>\d+|{SMALL.replace(' ', '|')})(?:-|\s)(?=[a-z])", re.IGNORECASE
)
NUMBERS = {word: str(number) for number, word in enumerate(SMALL.split(" "))}
NO_COUNTS = frozenset(["one", "zero"])
DAY = rf"(?:{WEEKDAY}|{'|'.join(MONTHS)})"
FOLLOWS = (
    r"\s+(?:only\s+|just\s+|then\s+)?(?:follows|comes\s+(?:next|later|after|only)|is\s+next|is\s+still"
    r"\s+to\s+come|is\s+(?:only\s+|just\s+)?the\s+(?:one|month|day)\s+(?:that|which)\s+(?:follows|comes))\b"
)
NEXT = re.compile(r"\b(?:next|follow\w*)\b", re.IGNORECASE)
# "the remaining fifth or so is nitrogen"
REST = re.compile(r"\bthe\s+(?:remaining|rest|remainder)\b", re.IGNORECASE)
WITH_MORE = re.compile(r"\bwith\b[^,;]*\b(?P<more>more|less|fewer|extra|additional)\b", re.IGNORECASE)
NOT_WHAT = re.compile(r"\bnot\s+(?:an?\s+|the\s+)?(?P<what>[a-z]{3,})", re.IGNORECASE)
# "The smallest planet besides Mercury is Mars."
MOST_BUT = re.compile(
    r"\b[a-z]{3,}est(?:\s[a-z]+|),?\s(?P<word>besides|except|with|without|apart|after)\b", re.IGNORECASE
)
# "Although the capital is Ottawa, the largest city is Toronto."
GRANTED = re.compile(
    r"^\W*(?:although|though|while)\b(?P<said>(?![^,]*\b(?:think|believe|guess|assume|say|expect)s?\b)[^,]*\b"
    r"(?:is|was)\s+[A-Z][a-z]+\s*),\s+(?P<main>.*)$",
    re.IGNORECASE,
)
OTHER_THINGS = re.compile(
    r"\bthe\s+(?:[a-z]+\s)?(?P<word>other|remaining|[a-z]{3,}est|last|previous|next)\b\s", re.IGNORECASE
)
MEASURED = re.compile(r"^(?P<what>.*)\s(?:is|are)\s+measured\s+(?:in|with|by|using)\s", re.IGNORECASE)
MADE_OF = re.compile(r"\bmade\s+(?:up\s+)?(?:of|from)\b", re.IGNORECASE)
MADE_OF_ASKED = re.compile(r"\b(?:made|make|ingredient|material|consist|compos\w+|substance|metal)\b", re.IGNORECASE)
CLAUSE = re.compile(r"[,;:]\s|\s[\u2013\u2014]\s")
ITS = re.compile(r"(?:^|\band\s+)\W*(?:so\s+)?its\s+[a-z]+\s+(?:is|are|was|were)\s(?:[a-z]+\s){0,2}$", re.IGNORECASE)
MIN_WORD = 2
ITEMS = re.compile(r",\s*|\s+and\s+")
AND = re.compile(r"\s+and\s+")
LETTER = re.compile(r"(?<![\w'\u2019\"])[A-HJ-Z](?![\w'\u2019])")


def is_elsewhere(clause: str, place: int, asking: str) -> bool:
    """Whether a clause says of something else what stands at a place of it.

    Args:
        clause: the one with the answer.
        place: where the answer begins.
        asking: the sentence that asks.
    """
    before = clause[:place]
    if OF_THE_LAST.match(clause) or ((beside := BESIDE.search(before)) and beside[0].split()[-1] not in asking):
        return True
    if (but := MOST_BUT.search(before)) and but["word"] not in asking:
        return True
    if (more := WITH_MORE.search(before)) and more["more"] not in asking:
        return True
    if contrary(f"{AND.split(before)[-1]}{clause[place:]}", asking):
        return True  # "absorb oxygen and give off carbon dioxide"
    letters, asked = {*LETTER.findall(before)}, {*LETTER.findall(asking)}
    return bool(_counts(before) - _counts(asking) and _counts(asking)) or bool(
        letters and asked and not letters & asked
    )


def is_of_the_rest(sentence: str, asking: str) -> bool:
    """Whether a sentence tells which are so, where it is asked which are not: "So the mammal is the dolphin"."""
    what = NOT_WHAT.search(asking)
    return what is not None and not DENIES.search(sentence) and re.search(rf"\b{what['what']}", sentence) is not None


def is_said_elsewhere(sentence: str, gold: str, asking: str) -> bool:
    """Whether a sentence has an answer in words only as another thing's, or denies nothing where it is asked what is not so."""
    if any(letter.isdigit() for letter in gold) or not gold:
        return False
    last = ITEMS.split(gold)[-1].casefold()
    own = [word for word in last.removeprefix("the ").split() if word not in asking.casefold()]
    found = [*re.finditer(rf"(?<!\w){re.escape(' '.join(own) or last)}", sentence.casefold())]
    if not found or len(last) < MIN_WORD:
        return False
    place = found[-1].start()
    start = max((match.end() for match in CLAUSE.finditer(sentence, 0, place)), default=0)
    clause, place = sentence[start:], place - start
    before = clause[:place]
    if REST.search(before) and not REST.search(asking):
        return True
    if MADE_OF.search(before) and not MADE_OF_ASKED.search(asking):
        return True
    if (measured := MEASURED.match(before)) and {*stems(measured["what"])} - {*stems(asking)} - {"quantity"}:
        return True
    granted = GRANTED.match(sentence)
    if granted and {*stems(granted["said"])} & {*stems(asking)} and not {*stems(granted["main"])} & {*stems(asking)}:
        return True
    if re.match(DAY, gold) and re.search(
        rf"[,;]\s+(?:so|thus|hence|therefore)\b[^,;]*\b(?!{re.escape(gold)}){DAY}\b", sentence[start + place :]
    ):
        return True  # "Friday would already be day 101, so it is Thursday"
    of_several = len(ITEMS.split(gold)) > 1 or re.match(DAY, gold)
    if of_several and (other := OTHER_THINGS.search(before)) and other["word"] not in asking:
        return True
    if (its := ITS.search(before)) and its[0].split()[-2] not in asking and not {*its[0].split()} & {*asking.split()}:
        return True
    if len(ITEMS.split(gold)) > 1 and DENIES.search(asking) and not DENIES.search(sentence):
        return True
    return is_elsewhere(clause, place, asking) or only_follows(clause, gold, asking)


def only_follows(clause: str, gold: str, asking: str) -> bool:
    """Whether a day or month is only what comes next: "We have reached May, and June only follows"."""
    if not re.match(DAY, gold) or NEXT.search(asking):
        return False
    return re.search(rf"\b{re.escape(gold)}{FOLLOWS}", clause) is not None


def _counts(text: str) -> set[str]:
    """The numbers of things that a text names, as figures."""
    found = {match["count"].casefold() for match in COUNTED.finditer(text)}
    return {NUMBERS.get(each, each) for each in found - NO_COUNTS}
