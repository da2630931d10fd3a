"""A name that a last sentence gives as the answer: the only one that its question does not have, "and it was written by Mary Shelley"."""

from __future__ import annotations

import re

from cgd_recipes.grading.months import MONTHS, WEEKDAY
from cgd_recipes.grading.prose.another import contrary
from cgd_recipes.grading.prose.case import SILENT
from cgd_recipes.grading.prose.echo import DENIES, stems
from cgd_recipes.grading.prose.told import WORD, last_of
from cgd_recipes.grading.prose.trims import trimmed
from cgd_recipes.grading.prose.unsure import DOUBTFUL, MAY_BE_ASKED, OPEN
from cgd_recipes.grading.prose.vetoes import is_related
from cgd_recipes.grading.prose.words import WORDS, listed
from cgd_recipes.grading.prose.written_out import in_full
from cgd_recipes.grading.wording import is_doubtful

PROPER = re.compile(r"(?:the\s+)?[A-Z][\w.'\u2019-]*(?:\s(?:(?:da|de|van|von|of|the)\s)*[A-Z][\w.'\u2019-]*){0,3}")
PERSON = re.compile(r"[A-Z][\w.'-]*(?:\s(?:(?:da|de|van|von)\s)?[A-Z][\w.'-]*)+")
WHO = re.compile(rf"\bwho(?:se)?\b|\b(?:which|what)\s+(?:[a-z]+\s+){{0,2}}{listed('persons')}\b", re.IGNORECASE)
CAPITAL = re.compile(r"(?<![.\w'\u2019-])[A-Z][a-z][\w-]*")
DATES = frozenset([*MONTHS, "BC", "AD"]) | {day.capitalize() for day in WEEKDAY.strip("(?:)").split("|")}
# Where a clause begins that says something of its own.
BREAK = re.compile(
    r"[;:]\s+|\s[\u2013\u2014-]+\s|,\s+(?:(?:but|and|while|whereas|so|yet|though|although|since|because|as)\s+)?"
    r"|\s(?:but|while|whereas|because|since|and)\s"
)
# What leads to a name as the answer.
LEADS = re.compile(
    rf"(?:^|\b{listed('name_leads')}\s+)"
    rf"(?:(?:the|an?|then|thus|therefore|none\s+other\s+than|{listed('titles')}|[a-z]+(?:ist|er|or))\s+)*$"
)
SUBJECT = re.compile(
    rf"^\W*(?:{listed('concluding')}\b,?\s*|and\s+|the\s+|that\s+leaves\s+|in\s+fact,?\s+|of\s+these,?\s+)*$",
    re.IGNORECASE,
)
OTHERS = re.compile(r"^\s+(?:and|or|nor|than|but)\s+(?!his\b|her\b|their\b|its\b|so\b|that\b|than\b|not\b|no\b|it\b)")
MAX_TAIL = 160
OPENINGS, BESIDE_NAMES = (frozenset(WORDS[name]) for name in ("openings", "beside_names"))
SET_APART = re.compile(r"^\W*(?:although|though|while|unlike|many|some|people|still|it\s+is\s+often)\b", re.IGNORECASE)
NOT_DOUBT = re.compile(
    r"\b(?:some|nearly|over|about|around|more\s+than|less\s+than|roughly)\s+(?=\d|half\b|a\s)", re.IGNORECASE
)
IT = re.compile(
    r"^\W*(?:so\s+|and\s+|thus\s+|therefore\s+|hence\s+)?(?:it|that|this|he|she|they|the\s+[a-z]+)\b", re.IGNORECASE
)


def only_name(response: str, gold: str, asking: str, question: str) -> str:
    """The gold answer, a name that its question does not have, where the last sentence gives it and no other; else "".

    Args:
        response: the whole text, without a thought, and without a box.
        gold: the gold answer, in words.
        asking: the sentence that asks.
        question: all of the question.
    """
    gold = gold.strip(" .")
    if not PROPER.fullmatch(gold) or not asking or DENIES.search(asking):
        return ""
    sentence = trimmed(in_full(last_of(response).replace("**", "")), several=False)
    for form in _forms(gold, asking, question):
        places = [*re.finditer(rf"(?<![\w'\u2019-]){re.escape(form)}(?![\w-])(?!['\u2019]s?\b)", sentence)]
        if len(places) == 1:
            start, end = places[0].span()
            return gold if _is_said(sentence[:start], sentence[end:], gold, asking, question) else ""
    return ""


def _forms(gold: str, asking: str, question: str) -> list[str]:
    """How a name may be written: in full; of a person the last name; without the kind that the question asks for."""
    bare = gold.removeprefix("the ").removeprefix("The ")
    forms = [bare]
    words = bare.split()
    if len(words) > 1 and PERSON.fullmatch(bare) and WHO.search(asking):
        forms.append(words[-1])
    if len(words) == 2:
        forms += [own for own, kind in (words, words[::-1]) if re.search(rf"\b{kind}\b", asking, re.IGNORECASE)]
    return [form for form in forms if form not in question and len(form) > 1]


def _is_said(before: str, behind: str, gold: str, asking: str, question: str) -> bool:
    """Whether a name between two texts is what the sentence says."""
    lead = BREAK.split(before)[-1]
    known = {*CAPITAL.findall(question)} | {*CAPITAL.findall(gold)} | DATES
    further = [name for name in CAPITAL.findall(lead[1:]) if name not in known]
    first = CAPITAL.match(lead.lstrip()) if lead.strip() == before.strip() else None
    if first and first[0] not in known and not {*stems(first[0])} <= {*stems(question)} | SILENT:
        opening = first[0].casefold() not in OPENINGS
        further += [first[0]] * opening
    for clause in BREAK.split(before)[:-1]:
        if not (SET_APART.match(clause) or DENIES.search(clause)):
            further += [name for name in CAPITAL.findall(clause[1:]) if name not in known]
    if further or is_related(lead, asking) or _is_open(lead, f"{question} {gold}"):
        return False
    tail = BREAK.split(behind)[0]
    if (
        OTHERS.match(behind)
        or "?" in behind
        or len(behind) > MAX_TAIL
        or is_doubtful(NOT_DOUBT.sub(" ", behind), BESIDE_NAMES | {*WORD.findall(question.casefold())})
    ):
        return False
    common = {*stems(f"{lead} {behind if SUBJECT.match(lead) else tail}")} & {*stems(asking)} - SILENT
    if contrary(f"{lead} {tail}", asking):
        return False
    if SUBJECT.match(lead):
        return (
            bool(common)
            and not DENIES.search(behind)
            and not [each for each in CAPITAL.findall(behind) if each not in known]
        )
    return LEADS.search(lead) is not None and bool(common or IT.match(lead)) and not DENIES.search(tail)


def _is_open(lead: str, question: str) -> bool:
    """Whether what leads to a name is a denial, a doubt, a condition or a report."""
    asked = {*WORD.findall(question.casefold())} & (MAY_BE_ASKED | DOUBTFUL)
    words = {*WORD.findall(lead.casefold())}
    return bool(words & DOUBTFUL - asked - BESIDE_NAMES or OPEN.search(lead) or DENIES.search(lead))
