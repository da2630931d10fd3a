"""What speaks against a clause as a statement of the answer: doubt, a condition, what others say, a plan, a part of the work."""

from __future__ import annotations

import re
from functools import lru_cache

from cgd_recipes.grading.notation.words import listed
from cgd_recipes.grading.prose.masked import M, S
from cgd_recipes.grading.prose.wording import DOUBT_WORDS

# "So we divide by 18."
PROCEDURE = re.compile(
    r"(?:(?:we|I|you|let\sus)\s(?!(?:(?:can|will|are|also|\w+ly)\s)*(?:get|have|obtain|find|conclude|see|need|arrive|end|left|reach|make|fill|buy|form|choose|arrange|fit|seat|land|keep|come|finish|are|pay|save|earn|spend|owe|receive|lose|win|count(?=\s(?:exactly\s)?□\s(?!twice|here)[a-z]))\b)|"
    r"(?:divide|multiply|subtract|add|take|use|write|put|plug|substitute|try|check|go|look|see|recall|note|compute|calculate)\b)",
    re.IGNORECASE,
)
ASKED = re.compile(
    rf"\bfirst\s(?={M})|\bleft\sover\b|^\spossible\b|\bat\sleast\sone\b|\bwithout\sreplacement\b|\bthat\scan\sbe\b|\bcan\s(?!be\b)|\baround\sthe\b",
    re.IGNORECASE,
)
# Doubt elsewhere, but part of what was asked in a subject, or behind the value, as in "six-sided".
SMALL_NUMBERS = frozenset(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"])
IN_SUBJECT = SMALL_NUMBERS | frozenset(
    ["least", "most", "than", "after", "or", "when", "where", "while", "under", "over", "between", "can", "some", "half", "only", "want",
     "wanted"]
)  # fmt: skip
# "The square of the answer is 7."
ANSWER = re.compile(r"\banswers?\b", re.IGNORECASE)
THE_ANSWER = re.compile(
    r"(?:the|our|my)\s(?:final\s|correct\s|required\s|desired\s|right\s)?answer(?:\s(?:to|of)\s(?:the|this)\s(?:\w+\s)?(?:question|problem))?(?:\s(?:that\s)?(?:we|I)\s[a-z\s]+)?$",
    re.IGNORECASE,
)
# "Twice the number is 18" is an equation in words.
OPERATIONS = (
    r"(?:double|twice|half|triple|more\sthan|less\sthan|increased|decreased|added|subtracted|multiplied|divided|doubled|halved|squared"
    r"|sum|difference|product|quotient|square|plus|minus|times)"
)
UNKNOWN = r"(?:the|this|that|a|our|my)\s(?:\w+\s)?(?:number|answer|integer|unknown)"
UNSOLVED = re.compile(
    rf"\b(?:{OPERATIONS}\b.*\b{UNKNOWN}|{UNKNOWN}\b.*\b{OPERATIONS})\b(?!\s(?:of|that|we)\b)", re.IGNORECASE
)
# "The angle and its neighbor add up to" is a law, "the square of the diagonal is" a step.
LAW = re.compile(
    rf"^[^{M}]*\band\s+(?:its|their)\s+[a-z]+\s+(?:(?:always|together|must)\s+)*(?:adds?|sums?)\b[^{M}]*$|^[^{M}]*\bunknown\s+[a-z]+\b[^{M}]*$"
    rf"|^\W*(?:(?:so|thus|hence|then),?\s+)?(?:the\s+)?(?:square|cube|reciprocal)\s+of\s+(?:the|its|his|her|their|this|that|an?)\s+[a-z]+\s*$",
    re.IGNORECASE,
)
# "cost of each egg"
EACH = re.compile(r"\b(?:cost|price|fee|charge|rate|wage|weight|number)s?\s+(?:per|(?:of|for)\s+each)\b", re.IGNORECASE)
HEDGE = re.compile(rf"\b{listed('hedges')}(?![\w])|n't\b|[\u2248~]|\\approx", re.IGNORECASE)
OTHERS = re.compile(rf"\b{listed('reports')}\b|\w's\s+(?:\w+\s)?(?:answer|guess|claim|reply|solution)\b", re.IGNORECASE)
PARTIAL = re.compile(rf"(?<!\w){listed('partial')}(?![\w-])", re.IGNORECASE)
PAYS = re.compile(
    rf"\b(?:needs?|has|have|had|wants?)\s+to\s+(?!{listed('solving')}\b)|\bmust\s+(?:(?:therefore|thus)\s+)?(?!{listed('solving')}\b)|\bwould\s+(?:therefore|thus|then)\b|\bmust\s+be\b|\bis\s+given\s+by\b|\bcan\s+be\s+(?=[a-z])|^we\s+(?=round\b)|\bmay(?=\s+be\s+[a-z]+ed\b)|\bat\s+least\s+one\b|\bwithout\s+replacement\b",
    re.IGNORECASE,
)
BY_WRITER = re.compile(r"\W*(?:I\s+(?!(?:get|got|find|found|obtain|conclude|count|counted)\b)|my\b)", re.IGNORECASE)
ONE_OF_SEVERAL = re.compile(
    r"\W*(?:one|an?|another|the\s+other|other)\s+(?:\w+\s+)?(?:solution|root|answer|value|bound)\b", re.IGNORECASE
)
OF_META = re.compile(
    rf"\bnumber\s+of\s+{listed('meta')}\b|\b(?:first|last|top|bottom|this|that)\s+(?:row|column|line)\b", re.IGNORECASE
)
NUMBERED = re.compile(rf"\b(?:first|last)\s+(?=[{M}{S}])", re.IGNORECASE)
WOULD = re.compile(rf"\bwould\s+(?:(?:therefore|thus|then)\s+)?(?={listed('paying')}\b)", re.IGNORECASE)
STARTS = re.compile(rf"\W*{listed('imperatives')}\b", re.IGNORECASE)
HOLDS = r"\b(?:holds?|true|satisfied|happens|occurs|works|defined|positive|negative|increas\w+|decreas\w+)"
ASKED_FOR = re.compile(
    r"\b(?:that\s+)?we\s+(?:want|need|seek|wanted|are\s+looking\s+for|were\s+asked\s+for)\b(?=\s+(?:is|are|must|has))"
)
# Words of doubt that no subject of a result may hold.
SUBJECT_DOUBT = DOUBT_WORDS - IN_SUBJECT - {"twice", "possible", "double", "asked", "other", "second", "first"}


# "18 prime numbers between 1 and 61"
COUNTED_BETWEEN = re.compile(rf"(?P<counted>{M}\s(?:[a-z-]+\s){{1,3}})between\s+{M}(?:\s+and\s+{M})?")
# "out of the original 50 apples", "every one of them", "is now 2.4 m tall", "must have started with"; what is denied of the subject.
# Both begin at no letter within a word, where none of their many forms does: so most places cost one look.
HARMLESS = re.compile(
    rf"(?:(?=\W)|(?<![A-Za-z\d]))(?:\b[Aa]nother\s+(?={M})|\bat\s+least\s+(?={M}\s(?:[a-z]+\s){{1,3}}(?:are|is)\s(?:needed|required|necessary)\W*$)|\b[Ii]n\s+our\s+case,?(?=\s)|^\W*[Ii]n\s+(?:an?|one)\s+(?:minute|hour|day|week|month|year)\s+(?=(?:it|he|she|they|the|[A-Z][a-z]+)\s)|\b(?:initial|boundary)\s+(?:value|condition)s?(?:\s+problem)?\b|\bexpected\s+(?:value|number|sum|payoff|gain|winnings|profit|return|length|time)\b|\b(?:out\s+of|of|from)\s+(?:the|her|his|its|their)\s+(?:original|initial|first|previous)\s+(?:[a-z]+\s+)?(?={M})|\b(?:every|each)\s+one\s+of\b"
    rf"|\bof\s+the\s+(?:old|original|initial|previous)\s+(?:price|value|amount|total|number|length|size|area|volume)\b(?!\s+problem)|(?<={S}\sis\s)either\s+(?={M}\W*$)"
    rf"|\b(?<=lasts\s)until\s|\b(?<=lasted\s)until\s|\b(?<=goes\son\s)until\s|\bbetween\s+(?:them|the\s+two|each\s+other)\b|\b(?:halfway|midway)\s+between\s+{M}(?:\s+and\s+{M})?"
    rf"|(?<=[a-z])(?<!\bso)(?<!\bthen)(?<!\bwe)\s+now\s+(?=(?:stands?|owns?|has|have|holds?|weighs?|costs?|measures?|contains?|is|are|{M})\b|{M}|only\b|just\b)|(?<=\bis)\s+now\b|(?<=\bare)\s+now\b"
    rf"|\bwhen\s+(?:{M}\s+)?(?:[a-z-]+\s+){{1,4}}(?:are|is)\s+(?:rolled|tossed|flipped|drawn|chosen|selected|thrown|divided|picked|spun|arranged|cut)\b"
    rf"|\bmust\s+(?:originally\s+)?have\s+(?:started|begun|had|been|given|sold|bought|eaten|paid|spent|read|used|taken|lost|won|made|driven|walked|[a-z]+ed)\b|\b(?:years?|months?|days?)\s+old\b|\b(?:probability|chance)\s+(?:of\s+not?|that\s[^,{M}]*)\b|\bwithout\s+replacement\b)",
    re.IGNORECASE,
)


POSSIBLE = re.compile(
    rf"(?:(?=\W)|(?<![A-Za-z\d]))(?:(?<=\bthe\s)possible(?=\s[a-z]+s\s(?:are|is)\b)|(?<=\bThe\s)possible(?=\s[a-z]+s\s(?:are|is)\b)|(?<=\bthe\s)possible(?=\s(?:values|solutions|roots|choices|pairs|integers)\b)|(?<=\bThe\s)possible(?=\s(?:values|solutions|roots|choices|pairs|integers)\b)|(?<={M})\s+possible\b|\b(?:(?:set|number|list|sum)\s+of\s+(?:all\s+)?|\w+est\s+|(?:most|least|maximum|minimum|total|all)\s+)possible\b|\snow(?=[.!]?$))"
)


HOLDS_WHEN = re.compile(rf"{HOLDS}\s+(?:exactly\s+|only\s+|precisely\s+)?when\b")


THEREFORE = re.compile(r"\b(?:therefore|thus|hence)\s+(?!\w+\s+of\b)")


@lru_cache(maxsize=16)
def undoubted(text: str, concludes: bool) -> str:
    """A clause without words that are doubt elsewhere."""
    text = ASKED_FOR.sub(" ", THEREFORE.sub("", text))
    text = HARMLESS.sub(" ", COUNTED_BETWEEN.sub(r"\g<counted>", text))
    text = ASKED.sub("", PAYS.sub(" need ", NUMBERED.sub(" ", text)))
    text = POSSIBLE.sub(" ", text)
    text = HOLDS_WHEN.sub(" ", text)
    return WOULD.sub(" ", text) if concludes else text


TO = re.compile(r"\W*to\s")


def is_unsettled(text: str) -> bool:
    """Whether a clause without its harmless words is a plan, a doubt, a part of the work, or what others say."""
    return (
        any(pattern.match(text) for pattern in (PROCEDURE, STARTS, BY_WRITER, ONE_OF_SEVERAL))
        or any(pattern.search(text) for pattern in (HEDGE, PARTIAL, OTHERS, OF_META))
        or TO.match(text) is not None
    )
