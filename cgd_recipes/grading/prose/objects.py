"""Whether a value of a clause is what it says, and not what only tells more: "after 12 weeks", "half of 12", "12 more than"."""

from __future__ import annotations

import re

from cgd_recipes.grading.prose.another import HOW_MANY_OF
from cgd_recipes.grading.prose.behind import NOT_BEHIND, SHIFTED
from cgd_recipes.grading.prose.case import SILENT
from cgd_recipes.grading.prose.echo import KINDS, stems
from cgd_recipes.grading.prose.masked import M
from cgd_recipes.grading.prose.roles import AMOUNT, BY, MULTIPLIED, RESULT
from cgd_recipes.grading.prose.told import ASSIGNED, DEFINITE, LED, LISTED, SITS, Told

# "the reciprocal of 3"
MADE_OF = re.compile(
    r"\b(?:reciprocal|inverse|squares?|cubes?|(?:square\s+)?roots?|negative|opposite|multiples?|factors?|powers?|thirds?|quarters?|logarithm)\s+of\s+$",
    re.IGNORECASE,
)
# "ten of the numbers", "5/12 of an hour", "with 12 sides", "6 meters away from the wall", where that is asked
COUNTS = re.compile(
    r"\bhow\s+many\b|\bwhat\s+(?:fraction|percent\w*|part|portion|share|proportion)\b|\b(?:number|fraction|part|percent\w*|share|portion)\s+of\b|\bof\s+the\b",
    re.IGNORECASE,
)
OF_THEM = re.compile(
    rf"^(?:\s+[a-z]+)?\s+of\s+(?:(?:the|these|those|all|an?|his|her|their|its)\s+)?(?:{M}\s+)?(?=[a-z])"
)
# "15 boys and 25 girls"
# "and 10 is its square root"
ITS_ROOT = re.compile(
    r"(?:^\s*is\s+(?:its|their|the)\s+|\b)(?:square|cube|half|double|reciprocal|inverse|root|negative)\b", re.IGNORECASE
)
FIRST_AND = re.compile(r"^\W*and\s+$", re.IGNORECASE)
BESIDE = re.compile(rf"{M}\s[a-z]+,?\s+and\s+$")
WITH = re.compile(r"^\W*(?:and\s+)?with\s+$", re.IGNORECASE)
AS_THE = re.compile(r"^\s+as\s+(?:the|our|its)\s+(?P<said>[a-z\s]+)\W*$")
# "costs $120 to replace the carpet", where that is asked
TO_DO = re.compile(r"^\s+to\s+(?P<said>[a-z][a-z\s]+)\W*$")
# "3 liters have to be added", where it is asked what has to be
HAVE_TO = re.compile(r"\b(?:must|should|needs?|needed|ha(?:s|ve)\s+to)\b", re.IGNORECASE)
TO_BE = re.compile(r"\s(?:ha(?:s|ve)|needs?|are|is)\s+to\s+be(?=\s[a-z]+)")
FACTOR = re.compile(r"\bfactor\b|\bhow\s+many\s+times\b", re.IGNORECASE)
TIMES_AS = re.compile(r"^\s+times\s+(?:as|the|its)\b")
MORE_TO = re.compile(r"(?<=\s)more\s+(?=[a-z]+\s+to\s)")
HOW_LONG = re.compile(
    r"\bhow\s+(?:long|much\s+time|many\s+(?:days|hours|weeks|minutes|seconds|years|months))\b", re.IGNORECASE
)
WHEN = re.compile(r"\b(?:when|what\s+time)\b", re.IGNORECASE)
WHERE = frozenset(["for", "at", "when", "by", "with"])
DURATION = frozenset(["for", "in", "after"])
PARTITIVE = frozenset(["with", "of", "than", "from", "without", "by"])
AWAY = re.compile(r"\bhow\s+far\b|\bdistance\b|\buntil\b|\baway\b", re.IGNORECASE)
AWAY_FROM = re.compile(r",?\s+away(?:\s+from\b[^,]*)?(?=\W*$)")


def name_at(told: Told, place: int) -> str:
    """The name that the value at a place of a clause has: "x" of `x = 2`."""
    match = ASSIGNED.match(told.clause.values[told.clause.text.count(M, 0, place)].strip("$ "))
    return match["name"] if match else ""


def _is_part(behind: str, asking: str) -> bool:
    """Whether a number is only of some of the things that are asked for: "12 of the girls wear glasses"."""
    counted, of = HOW_MANY_OF.search(asking), OF_THEM.match(behind)
    rest = behind[of.end() :] if of else ""
    return bool(counted and re.match(rf"{counted['noun']}s?\b", rest) and {*stems(rest)} - {*stems(asking)} - SILENT)


def is_object(text: str, place: int, asking: str, name: str, *, alone: bool = False) -> bool:
    """Whether a value is what is said, and not what only tells more: "after 12 weeks", unless asked for that, "half of 12", "12 more"."""
    before, behind = FIRST_AND.sub("", LISTED.sub("", text[:place])), text[place + 1 :]
    if COUNTS.search(asking):
        behind = behind if _is_part(behind, asking) else OF_THEM.sub("", behind)
        if WITH.match(before) and not behind[1:].partition(" ")[2].strip(" ."):
            return True
    if (called := AS_THE.match(behind) or TO_DO.match(behind)) and {*stems(called["said"])} <= {
        *stems(asking)
    } | SILENT | KINDS:
        behind = ""
    if HAVE_TO.search(asking):
        behind = TO_BE.sub("", behind)
    if FACTOR.search(asking):
        behind = TIMES_AS.sub("", behind)
    if re.search(r"\bmore\b", asking):
        behind = MORE_TO.sub("", behind)
    if AWAY.search(asking):
        behind = AWAY_FROM.sub("", behind)
    if SHIFTED.match(behind) or NOT_BEHIND.search(re.sub(rf"^\s(?:and|or)\s{M}", "", behind)):
        return False
    if MADE_OF.search(before) or (ITS_ROOT.match(behind) and not ITS_ROOT.search(asking)):
        return False
    if any(pattern.search(before) for pattern in (RESULT, AMOUNT, BY)):
        return True
    if MULTIPLIED.search(before) or DEFINITE.search(before):
        return False
    led = None if BESIDE.search(before) or SITS.search(before) else LED.search(before)
    if led is None or re.search(rf"\b{led['word']}\b", asking, re.IGNORECASE):
        return True
    if alone and led["word"].casefold() not in PARTITIVE:
        return True
    if led["word"].casefold() == "at" and WHEN.search(asking):
        return True
    if led["word"].casefold() in WHERE and name:
        return (
            re.search(
                rf"\b(?:values?\s+of|which|what|all(?:\s+real)?|solve\s+for)\s+\$?{re.escape(name)}\b(?!\s*[-+*/^(\d])",
                asking,
            )
            is not None
        )
    return led["word"].casefold() in DURATION and HOW_LONG.search(asking) is not None
