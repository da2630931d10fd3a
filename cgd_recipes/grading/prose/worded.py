"""Answers in words that the last sentence of a response asserts: "so the matrix isn't invertible", "Nina has the most".

Read is one clause: all of its words but few are the question's or say nothing, none is doubt, and no other thing that the question
offers is in it.
"""

from __future__ import annotations

import itertools
import re
from typing import NamedTuple

from cgd_recipes.grading.notation.months import MONTHS, WEEKDAY
from cgd_recipes.grading.notation.spelled import SMALL
from cgd_recipes.grading.prose.another import BRACKETED, contrary, same_order
from cgd_recipes.grading.prose.answering import NAME, offered
from cgd_recipes.grading.prose.case import CONCLUDES, SILENT
from cgd_recipes.grading.prose.clauses import LIMITED
from cgd_recipes.grading.prose.echo import DENIES, EACH_OTHER, KINDS, stems, symbols
from cgd_recipes.grading.prose.elsewhere import REST, is_elsewhere, only_follows
from cgd_recipes.grading.prose.told import AND, BREAK, WORD, last_of
from cgd_recipes.grading.prose.trims import trimmed
from cgd_recipes.grading.prose.unsure import DOUBTFUL, MAY_BE_ASKED, OPEN, SO_WE, SUBORDINATE
from cgd_recipes.grading.prose.vetoes import is_related
from cgd_recipes.grading.prose.written_out import in_full

CLAUSE = re.compile(rf"{BREAK}|,\s+|\s(?=and\s(?:{AND}|they)\s)|\s(?=and\s[a-z]\sis\s)")
THAN = re.compile(r"\b(?:than|unlike|(?:just\s+)?(?:ahead\s+of|before)(?=\s+[A-Z])|compared\s+(?:to|with))\b.*$")
NOT = re.compile(r"\b(?:not|nor|rather\s+than|instead\s+of)\b(?P<denied>.*)$", re.IGNORECASE)
MOST = re.compile(r"\b(?:[a-z]{3,}est|most|least)\b", re.IGNORECASE)
A_NAME = re.compile(r"[A-Z][a-z]+")
FULL_NAME = re.compile(r"[A-Z][a-z]+(?:\s(?:(?:da|de|van|von|of)\s)?[A-Z][a-z]+)+")
LETTER = re.compile(r"\b[A-HJ-Z]\b")
MATHEMATICS = re.compile(r"[\\^_=+*/<>]|^\W*-")
NEITHER = re.compile(r",?\s+or\s+neither\b", re.IGNORECASE)
EVERY = re.compile(r"\b(?:all|both|any|every|everyone|everybody|each|the\s+others?|the\s+rest|it)\b", re.IGNORECASE)
POINTS = re.compile(r"^\W*(?:so\s+|and\s+)?(?:it|this|that|they|these|he|she)\b", re.IGNORECASE)
# "belongs to Eve", "is called a hexagon", "is written as MMXXIV"
IS = (
    r"\b(?:is|are|was|were|be|belongs?\s+to|goes\s+to|(?:is|are)\s+(?:therefore|thus|then|hence|clearly|indeed)"
    r"|(?:is|are|was|were)\s+(?:(?!part|on|hard|rare|scarce|bare)[a-z]+ly\s+)?(?:made\s+(?:up\s+)?(?:of|from)(?:\s+[a-z]+ed)?|called|named|known\s+as|written(?:\s+(?:as|in|out\s+as))?|(?:written|painted|composed|directed|discovered|invented|made"
    r"|proved|founded|designed|developed|created|won)\s+by))\s+(?:(?:an?|the|in|on)\s+)*"
)
# "known as the hypotenuse"
KNOWN_AS = re.compile(r"\bknown\s+as\b")
# "in Roman numerals" names no Roman
NUMERALS = frozenset(["Roman", "Arabic"])
NAMED_AS = re.compile(r"\b(?:called|named|known\s+as|written)\b")
# "Its mirror image lies in"
WHOSE = re.compile(r"^\W*(?:so\s+|and\s+)?(?:its|his|her|their)\b", re.IGNORECASE)
PRONOUN = re.compile(r"\b(?:he|she|it)\b", re.IGNORECASE)
QUADRANT = re.compile(r"\b[Qq]uadrant\s+(?P<number>I{1,3}|IV|[1-4])\b")
QUADRANTS = {
    "I": "first",
    "II": "second",
    "III": "third",
    "IV": "fourth",
    "1": "first",
    "2": "second",
    "3": "third",
    "4": "fourth",
}
DIVERGES = re.compile(r"\b(?:do(?:es)?\s+not\s+converge|diverges?|is\s+not\s+convergent)\b", re.IGNORECASE)
CONVERGES = re.compile(r"\bconverges?\b", re.IGNORECASE)
DAYS = re.compile(rf"\b(?:days?|months?|{WEEKDAY}|{'|'.join(MONTHS)})\b")
COUNTS = frozenset(stem for word in [*SMALL.split(" "), "us"] for stem in stems(word))
MAX_FOREIGN = 4
NO_DOUBT = frozenset(
    [
        "most",
        "least",
        "than",
        "not",
        "no",
        "never",
        "nor",
        "neither",
        "cannot",
        "only",
        "both",
        "two",
        "must",
        "actually",
        "really",
    ]
)


# "always, sometimes or never"
OFTEN = frozenset(["always", "sometimes", "never"])
WHAT_OF = re.compile(r"(?P<what>[a-z]+)\W+(?:always|sometimes|never)\b[^a-z]+(?:or\s+)?(?:always|sometimes|never)\b")
HOW_OFTEN = re.compile(
    r"\b(?P<how>always|sometimes|never)\s+(?:be\s+)?(?:an?\s+)?(?P<what>[a-z]+)(?:\s+(?:number|integer))?\W*$"
)
BELONGS = re.compile(r"\b(?:can\s+only|must|has\s+to)\s+belong\s+to\b")


class Asked(NamedTuple):
    """What an answer in words is looked for with.

    Args:
        gold: the gold answer.
        wanted: its words.
        own: its single letters, as of "Jar A".
        of_asking: those of its words that the asking sentence has, where it has others, too.
        others: the other things and names of the question.
        letters: the other single letters of the question.
        asking: the sentence that asks.
        question: all of the question.
    """

    gold: str
    wanted: set[str]
    own: set[str]
    of_asking: set[str]
    others: set[str]
    letters: set[str]
    asking: str
    question: str


def words_in(response: str, gold: str, asking: str, question: str) -> str:
    """The words of the gold answer where the last sentence asserts them; "" where it does not.

    Args:
        response: the whole text, without a thought, and without a box.
        gold: the gold answer, in words.
        asking: the sentence that asks.
        question: all of the question.
    """
    said = clauses(response)
    if gold.casefold() in OFTEN:
        return _how_often(said, gold, asking, question)
    asked = _asked(gold, asking, question)
    if asked is None:
        return ""
    bare = [{*stems(CONCLUDES.sub("", clause))} for clause, _ in said]
    if bare[:1] == [asked.wanted] and any(words == {*stems(each)} for words in bare for each in asked.others):
        return ""  # one of several that are listed
    denied = False
    for place, (clause, behind) in enumerate(said):
        told = _told(clause, said[place + 1 :], asked)
        if told is None:
            return ""
        ours = {*stems(told)}
        letters = {*LETTER.findall(told)}
        if asked.wanted <= ours and symbols(asked.gold) <= symbols(told) and asked.own <= letters:
            return gold if _is_sure(told, "" if denied else behind, asked) else ""
        if DENIES.search(told):
            denied = True
        elif any({*stems(each)} <= ours for each in asked.others) or asked.letters & letters:
            return ""
    return ""


def _how_often(said: list[tuple[str, str]], gold: str, asking: str, question: str) -> str:
    """The gold answer "always", "sometimes" or "never" where the last clause says so of what is asked; else ""."""
    asked, told = WHAT_OF.search(asking), HOW_OFTEN.search(said[0][0]) if said else None
    if asked is None or told is None or told["what"] != asked["what"] or told["how"] != gold.casefold():
        return ""
    rest = said[0][0][: told.start()]
    foreign = {*stems(rest)} - {*stems(question)} - SILENT
    return "" if foreign or DENIES.search(rest) or is_open(rest, "", f"{question} can") else gold


def _asked(gold: str, asking: str, question: str) -> Asked | None:
    """What a gold answer in words is looked for with; None for one that is none, and where it is asked what is not so."""
    gold, asking, question = _converging(gold), _converging(asking), _converging(question)
    if "quadrant" in asking.casefold():
        gold = _quadrant(f"quadrant {gold}" if gold in QUADRANTS else gold)
    wanted, own = {*stems(gold)}, {*LETTER.findall(gold)}
    if not wanted or MATHEMATICS.search(gold) or DENIES.search(gold) or DENIES.search(NEITHER.sub("", asking)):
        return None
    of_asking = wanted & {*stems(asking)} if wanted - {*stems(asking)} else set()
    if of_asking and A_NAME.match(gold):  # "Pacific Ocean", where an ocean is asked for
        wanted -= of_asking
    if own:  # "Jar A", where the question has the jars
        wanted -= {*stems(question)}
    words = {*WORD.findall(asking)}
    things = {*offered(asking)} | {name for name in NAME.findall(question) if name.casefold() not in words}
    others = {each for each in things if stems(each) and not wanted & {*stems(each)}} - NUMERALS
    letters = {*LETTER.findall(question)} - own if own else set()
    return Asked(gold, wanted, own, of_asking, others, letters, asking, question)


def _told(clause: str, before: list[tuple[str, str]], asked: Asked) -> str | None:
    """A clause without what it compares with or denies, and with the name that it points to; None where it compares otherwise."""
    told = _quadrant(THAN.sub("", _converging(KNOWN_AS.sub("called", BELONGS.sub("belongs to", clause)))))
    if re.fullmatch(r"[a-z]{3,}", asked.gold):
        told = re.sub(rf"\b{asked.gold}(?:s|es)\b", asked.gold, told)
    if (than := THAN.search(clause)) and not (
        EVERY.search(than[0])
        or (not MOST.search(asked.asking) and any({*stems(each)} <= {*stems(than[0])} for each in asked.others))
    ):
        return None
    if (other := NOT.search(told)) and any({*stems(each)} == {*stems(other["denied"])} for each in asked.others):
        told = told[: other.start()]
    named = A_NAME.fullmatch(asked.gold) and PRONOUN.search(told)
    if named and _named(before, asked.others | {asked.gold}) == {asked.gold}:
        told = PRONOUN.sub(asked.gold, told, count=1)
    return told


# "is an ellipse centered at the origin", "was painted by Monet in the early twentieth century"
TAIL = re.compile(
    r"\s+(?:cent(?:er|re)d|that\s+opens|opening|with|whose|in\s+the\s+(?:early|late|mid)?)\b(?P<rest>.*)$",
    re.IGNORECASE,
)
IS_THEN = re.compile(rf"{IS}$", re.IGNORECASE)
IS_TITLED = re.compile(rf"{IS}(?:[A-Za-z]+\s+){{0,3}}$", re.IGNORECASE)


def _without_tail(told: str, asked: Asked) -> str:
    """A clause without what only tells more behind the gold answer."""
    place = told.casefold().find(asked.gold.casefold())
    tail = TAIL.match(told, place + len(asked.gold)) if place >= 0 else None
    if (
        tail is None
        or DENIES.search(tail["rest"])
        or any({*stems(each)} <= {*stems(tail["rest"])} for each in asked.others)
    ):
        return told
    return told[: tail.start()]


def _is_sure(told: str, behind: str, asked: Asked) -> bool:
    """Whether a clause that has the words of the gold answer asserts them of what is asked."""
    told = _without_tail(told, asked)
    gold, wanted, ours = asked.gold, asked.wanted, {*stems(told)}
    if REST.search(told) and not REST.search(asked.asking):
        return False
    place = told.casefold().rfind(gold.casefold())
    if is_related(told[:place], asked.asking) or only_follows(told, gold, asked.asking):
        return False
    if place >= 0 and is_elsewhere(told, place, asked.asking):
        return False
    if re.search(
        rf"\bor\s+(?:(?:an?|the|on|in|at)\s+)*{re.escape(gold)}\b|\b{re.escape(gold)}\s+or\b", told, re.IGNORECASE
    ):
        return False
    foreign = ours - wanted - {*stems(asked.question)} - SILENT - COUNTS
    kind = re.search(rf"\b{re.escape(gold)}\s+(?P<kind>[a-z]+)", told, re.IGNORECASE)
    foreign -= {*stems(kind["kind"])} if kind and wanted <= {*stems(asked.asking)} else set()
    title = FULL_NAME.fullmatch(gold) is not None
    ends = place >= 0 and not WORD.search(told[place + len(gold) :].casefold())
    last = (IS_TITLED if title else IS_THEN).search(told[:place]) if ends else None
    shared = len((ours - wanted - KINDS) & {*stems(asked.asking)}) + len(asked.of_asking)
    shared += same_order(told, asked.asking) + bool(DAYS.match(gold) and DAYS.search(asked.asking))
    shared += bool(last and symbols(told) & symbols(asked.asking))
    return bool(
        (shared or CONCLUDES.search(told) or POINTS.match(told) or (title and last))
        and len(foreign) <= (MAX_FOREIGN if last and (shared or NAMED_AS.search(last[0]) or title) else min(shared, 2))
        and not any({*stems(each)} <= ours for each in asked.others)
        and not DENIES.search(told)
        and not is_open(told, behind, f"{asked.question} {gold}")
        and not contrary(told.strip(" ,"), asked.asking)
        and not asked.letters & {*LETTER.findall(told)}
        and not (foreign and WHOSE.match(told))
    )


def _converging(text: str) -> str:
    """A text with "is divergent" for "does not converge"."""
    return CONVERGES.sub("is convergent", DIVERGES.sub("is divergent", text))


def _quadrant(text: str) -> str:
    """A text with "second quadrant" for "Quadrant II"."""
    return QUADRANT.sub(lambda match: f"{QUADRANTS[match['number']]} quadrant", text)


def _named(said: list[tuple[str, str]], things: set[str]) -> set[str]:
    """Which of some things clauses name."""
    text = " ".join(clause for clause, _ in said)
    return {each for each in things if stems(each) and {*stems(each)} <= {*stems(text)}}


def clauses(response: str) -> list[tuple[str, str]]:
    """The clauses of the last sentence, the last one first, each with what is behind it."""
    sentence = BRACKETED.sub(
        "", EACH_OTHER.sub("", trimmed(in_full(last_of(response).replace("**", "")), several=False))
    )
    places = [0, *(match.end() for match in CLAUSE.finditer(sentence)), len(sentence)]
    pairs = [(sentence[start:end], sentence[end:]) for start, end in itertools.pairwise(places)]
    return [pair for pair in pairs[::-1] if pair[0].strip()]


def is_open(clause: str, behind: str, question: str) -> bool:
    """Whether a clause, or what is behind it, is doubt, a condition or a plan."""
    asked = {*WORD.findall(question.casefold())} & (MAY_BE_ASKED | DOUBTFUL)
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
