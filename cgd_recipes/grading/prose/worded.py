"""Answers in words that the last sentence of a response asserts: "so the matrix isn't invertible", "Nina has the most".

Read is one clause: all of its words but few are the question's or say nothing, none is doubt, and no other thing that the question
offers is in it.
"""

from __future__ import annotations

import itertools
import re

from cgd_recipes.grading.prose.another import BRACKETED, contrary
from cgd_recipes.grading.prose.answering import NAME, offered
from cgd_recipes.grading.prose.asserted import (
    CONCLUDES,
    DOUBTFUL,
    MAY_BE_ASKED,
    OPEN,
    SILENT,
    SO_WE,
    SUBORDINATE,
)
from cgd_recipes.grading.prose.clauses import LIMITED, in_full
from cgd_recipes.grading.prose.echo import DENIES, EACH_OTHER, KINDS, SYMBOL, denials, stems, symbols, with_denials
from cgd_recipes.grading.prose.told import AND, BREAK, WORD, last_of

CLAUSE = re.compile(rf"{BREAK}|,\s+|\s(?=and\s(?:{AND}|they)\s)")
ANSWERED = re.compile(r"^\W*(?:so\s+|and\s+)?(?P<said>yes|no)\W*$", re.IGNORECASE)
THAN = re.compile(r"\b(?:than|unlike|compared\s+(?:to|with))\b.*$", re.IGNORECASE)
NOT = re.compile(r"\b(?:not|nor|rather\s+than|instead\s+of)\b(?P<denied>.*)$", re.IGNORECASE)
MOST = re.compile(r"\b(?:[a-z]{3,}est|most|least)\b", re.IGNORECASE)
MATHEMATICS = re.compile(r"[\\^_=+*/<>]|^\W*-")
NEITHER = re.compile(r",?\s+or\s+neither\b", re.IGNORECASE)
EVERY = re.compile(r"\b(?:all|both|any|every|everyone|everybody|each|the\s+others?|the\s+rest|it)\b", re.IGNORECASE)
POINTS = re.compile(r"^\W*(?:so\s+|and\s+)?(?:it|this|that|they|these|he|she)\b", re.IGNORECASE)
NO_DOUBT = frozenset(
    ["most", "least", "than", "not", "no", "never", "nor", "neither", "cannot", "only", "both", "two", "must"]
)


def truth_in(response: str, asking: str, question: str) -> str:
    """Yes or no where the last sentence says or denies what is asked; "" where it does neither.

    Args:
        response: the whole text, without a thought, and without a box.
        asking: the sentence that asks.
        question: all of the question.
    """
    asked = [stem for stem in stems(asking) if stem not in KINDS]
    if DENIES.search(asking) or re.search(r"\bor\b(?!\s+(?:false|no)\b)", asking) or not asked:
        return ""
    clauses = _clauses(response)
    for clause, behind in clauses:
        if (match := ANSWERED.match(clause)) and len(clauses) > 1:
            return match["said"].capitalize()
        told = with_denials(clause, asking)
        plain = DENIES.sub(" ", told)
        ours = {*stems(plain)} - KINDS
        start = len(asked)
        while start and asked[start - 1] in ours:
            start -= 1
        if start == len(asked):
            continue
        denied = denials(told)
        foreign = ours - {*stems(question)} - SILENT
        sure = not foreign and not _is_open(told, behind, question) and _in_order(plain, asking)
        whole = start <= len(asked) // 2 or denied
        return ("Yes", "No")[denied] if sure and whole and denied < 2 else ""
    return ""


def words_in(response: str, gold: str, asking: str, question: str) -> str:
    """The words of the gold answer where the last sentence asserts them; "" where it does not.

    Args:
        response: the whole text, without a thought, and without a box.
        gold: the gold answer, in words.
        asking: the sentence that asks.
        question: all of the question.
    """
    wanted = {*stems(gold)}
    if not wanted or MATHEMATICS.search(gold) or DENIES.search(gold) or DENIES.search(NEITHER.sub("", asking)):
        return ""
    others = set(NAME.findall(question)) | {*offered(asking)}
    others = {each for each in others if not wanted & {*stems(each)} and stems(each)}
    for clause, behind in _clauses(response):
        told = THAN.sub("", clause)
        if (than := THAN.search(clause)) and not (
            EVERY.search(than[0])
            or (not MOST.search(asking) and any({*stems(each)} <= {*stems(than[0])} for each in others))
        ):
            return ""
        if (other := NOT.search(told)) and any({*stems(each)} == {*stems(other["denied"])} for each in others):
            told = told[: other.start()]
        ours = {*stems(told)}
        if not wanted <= ours or not symbols(gold) <= symbols(told):
            if any({*stems(each)} <= ours for each in others):
                return ""
            continue
        shared = len((ours - wanted - KINDS) & {*stems(asking)})
        foreign = ours - wanted - {*stems(question)} - SILENT
        kind = re.search(rf"\b{re.escape(gold)}\s+(?P<kind>[a-z]+)", told, re.IGNORECASE)
        foreign -= {*stems(kind["kind"])} if kind and wanted <= {*stems(asking)} else set()
        about = shared or CONCLUDES.search(told) or POINTS.match(told)
        sure = (
            not DENIES.search(told)
            and not _is_open(told, behind, f"{question} {gold}")
            and not contrary(told.strip(" ,"), asking)
        )
        if any({*stems(each)} <= ours for each in others) or not about or not sure or len(foreign) > min(shared, 1):
            return ""
        return gold
    return ""


def _clauses(response: str) -> list[tuple[str, str]]:
    """The clauses of the last sentence, the last one first, each with what is behind it."""
    sentence = BRACKETED.sub("", EACH_OTHER.sub("", in_full(last_of(response).replace("**", ""))))
    places = [0, *(match.end() for match in CLAUSE.finditer(sentence)), len(sentence)]
    pairs = [(sentence[start:end], sentence[end:]) for start, end in itertools.pairwise(places)]
    return [pair for pair in pairs[::-1] if pair[0].strip()]


def _in_order(clause: str, asking: str) -> bool:
    """Whether the words of a clause that the question has come in its order, and its numbers and letters too."""
    for ours, theirs in ((stems(clause), stems(asking)), (SYMBOL.findall(clause), SYMBOL.findall(asking))):
        left = iter(theirs)
        if not all(each in left for each in ours if each in theirs):
            return False
    return symbols(clause) <= symbols(asking)


def _is_open(clause: str, behind: str, question: str) -> bool:
    """Whether a clause, or what is behind it, is doubt, a condition or a plan."""
    asked = {*WORD.findall(question.casefold())} & MAY_BE_ASKED
    words = {*WORD.findall(CONCLUDES.sub(" ", clause).casefold())}
    return bool(
        words & DOUBTFUL - asked - NO_DOUBT
        or OPEN.search(clause)
        or OPEN.search(behind)
        or SUBORDINATE.match(clause)
        or LIMITED.match(CONCLUDES.sub("", clause))
        or SO_WE.match(behind)
        or {*WORD.findall(behind.casefold())} & DOUBTFUL - MAY_BE_ASKED
    )
