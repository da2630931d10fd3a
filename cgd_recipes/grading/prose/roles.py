r"""Which value a clause states: what stands behind "is", the object of a verb, what there are; never what a preposition leads."""

from __future__ import annotations

import re
from typing import NamedTuple

from cgd_recipes.grading.forms import (
    ANSWER,
    ASKED,
    GOES_ON,
    IN_SUBJECT,
    LEFT,
    NOT_BEHIND,
    PROCEDURE,
    REMARK,
    TELLS_WHAT,
    THE_ANSWER,
    UNIT,
    UNSOLVED,
)
from cgd_recipes.grading.prose.joining import listed_together
from cgd_recipes.grading.prose.lexer import M, Masked, S
from cgd_recipes.grading.prose.words import UNITS, listed
from cgd_recipes.grading.wording import DOUBT_WORDS, is_doubtful

ADVERBS = rf"(?:(?:{listed('adverbs')}|:)\s+)*"
RESULT = re.compile(
    rf"(?:\b{listed('copulas')}|=)(?![\w-])\s*:?\s*{ADVERBS}(?:(?:an?|the)\s+)?(?:{listed('amount_nouns')}\s+of\s+)?$|\b(?:brings?|bringing|raises?|raising|reduces?|reducing|takes|taking|drops?|lowers?|cuts?)\s+(?:the|his|her|their|its|this|that)\s+(?:[a-z]+\s+){{1,3}}to\s+$|\b(?:can|may|could)\s+be\s+[a-z]+\s+(?:up\s+|out\s+)?in\s+$|(?<!\w)(?:an?|the)\s+(?:[a-z]+\s+)?{listed('amount_nouns')}\s+(?:of|comes\s+to|:)\s+$",
    re.IGNORECASE,
)
PREPOSITION = re.compile(
    rf"\b{listed('prepositions')}\s+(?:(?:the|all|these|those|its|his|her|their|a|an|only|about|first|last|exactly|remaining|value|number)\s+)*$",
    re.IGNORECASE,
)
DETERMINED = re.compile(
    rf"\b{listed('determiners')}\s+$|\b(?:the|these|those|its|his|her|their|our|my|your)\s+[a-z-]+\s+$", re.IGNORECASE
)
THERE = re.compile(rf"\bthere\s+(?:is|are|were|was|will\s+be|remains?)\s+{ADVERBS}$", re.IGNORECASE)
HEDGE = re.compile(rf"\b{listed('hedges')}(?![\w])|n't\b|[\u2248~]|\\approx", re.IGNORECASE)
OTHERS = re.compile(rf"\b{listed('reports')}\b|\w's\s+(?:\w+\s)?(?:answer|guess|claim|reply|solution)\b", re.IGNORECASE)
PARTIAL = re.compile(rf"(?<!\w){listed('partial')}(?![\w-])", re.IGNORECASE)
PAYS = re.compile(
    rf"\b(?:needs?|has|have|had|wants?)\s+to\s+(?!{listed('solving')}\b)|\bmust\s+(?:(?:therefore|thus)\s+)?(?!{listed('solving')}\b)|\bwould\s+(?:therefore|thus|then)\b|\bmust\s+be\b|\bis\s+given\s+by\b|\bcan\s+be\s+(?=[a-z])|^we\s+(?=round\b)|\bmay(?=\s+be\s+[a-z]+ed\b)|\bat\s+least\s+one\b|\bwithout\s+replacement\b",
    re.IGNORECASE,
)
META = re.compile(rf"^\s*(?:[a-z]+\s+)?{listed('meta')}\b", re.IGNORECASE)
RATE = re.compile(rf"^\s*(?:[a-z]+\s+)?(?:at|for)\s+{M}\s+(?:[a-z]+\s+)?(?:each|apiece|per|an?\s)")
SHIFTED = re.compile(
    r"^\s*(?:[-+*/=^(]|(?:[a-z]+\s+)?(?:short|off|away|too|squared|cubed|times|hundred|plus|minus|modulo|mod|less|past|as\s+(?:an?|the)|to\s+(?:be|go|solve|check|find|show|prove|count|consider|examine|get|see)|left\s+to|more\s+(?:\w+\s+)?to|on\s+(?:the|both|each)\s+(?:\w+\s)?sides?|or\s+(?:more|less|so|fewer))\b)|\b(?:first|second|last)\s+\w+"
)
MORE_THAN = re.compile(rf"\b{listed('comparing')}\b(?:\s+\w+)?\s+than\b")


BY_WRITER = re.compile(r"\W*(?:I\s+(?!(?:get|got|find|found|obtain|conclude)\b)|my\b)", re.IGNORECASE)
ONE_OF_SEVERAL = re.compile(
    r"\W*(?:one|an?|another|the\s+other|other)\s+(?:\w+\s+)?(?:solution|root|answer|value|bound)\b", re.IGNORECASE
)
OF_META = re.compile(
    rf"\bnumber\s+of\s+{listed('meta')}\b|\b(?:first|last|top|bottom|this|that)\s+(?:row|column|line)\b", re.IGNORECASE
)


OF_DOING = re.compile(rf"\bof\s+[a-z]+ing\s+(?:[a-z]+\s+){{0,2}}{M}")
MULTIPLIED = re.compile(r"\b(?:twice|half|double|triple|thrice)\s+$", re.IGNORECASE)
ONLY = re.compile(r"^\s*(?:(?:exactly|only|just|all|precisely|about)\b\s*)+", re.IGNORECASE)
NOUN = re.compile(
    r"\s+(?!(?:is|are|was|were|has|must|can|does|fails|works|divides|holds|appears|cancels?|itself|of|and|or|times|plus|minus|more|less|out|in|at|to)\b)[a-z]"
)
NUMBERED = re.compile(rf"\b(?:first|last)\s+(?=[{M}{S}])", re.IGNORECASE)
WOULD = re.compile(rf"\bwould\s+(?:(?:therefore|thus|then)\s+)?(?={listed('paying')}\b)", re.IGNORECASE)
STARTS = re.compile(rf"\W*{listed('imperatives')}\b", re.IGNORECASE)
RELATION = re.compile(r"[=<>\u2264\u2265\u2208]|\\(?:le|ge|in)\b")
GIVEN = re.compile(r"\b(?:if|with|from|by|unless|since|because|put|let|take|use)\s+(?:[a-z]+\s+)?$", re.IGNORECASE)
CONDITIONAL = re.compile(
    r"\b(?:at|when|near|for|if|with|from|by|unless|since|because|put|set|let|take|use)\s+(?:[a-z]+\s+)?$", re.IGNORECASE
)
SOLUTION = re.compile(
    r"\b(?:domain|range|solutions?|solution\s+set|inequality|interval|satisf\w+|defined|set|values|roots?|holds?|true|increas\w+|decreas\w+|positive|negative)\b",
    re.IGNORECASE,
)
CLOCK = re.compile(r"\d{1,2}:\d\d|\d{1,2}\s?[ap]\.?m", re.IGNORECASE)


HOLDS = r"\b(?:holds?|true|satisfied|happens|occurs|works|defined|positive|negative|increas\w+|decreas\w+)"
TIMES = r"(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?)"


# Verbs behind a noun that is counted: "26 seats were empty".
VERBS = re.compile(
    r"(?<=[a-z])\s(?:were|remain|remains|remained|will|can|must|had|have|fit|pass|passed|do|did|get|go|came|come)\b.*"
)


# Words of doubt that no subject of a result may hold.
SUBJECT_DOUBT = DOUBT_WORDS - IN_SUBJECT - {"twice", "possible", "double", "asked", "other", "second", "first"}


# "12.5% of the bulbs are faulty", "4 of the 9 boxes can be shipped"
PART = re.compile(r"\sof\s(?:the|these|all|his|her|their)\s[a-z]+\s(?:are|were|is|was)\s[a-z]+[.!]?$")
OF_SOME = re.compile(rf"\sof\s(?:the|these|all|his|her|their)\s{M}\s[a-z]+\s(?!are\b|is\b)[a-z]")
# "so 21 are broken": what is said of a count, not of a number.
COUNTED = re.compile(
    r"\s(?:are|were)\s(?!even\b|odd\b|prime\b|composite\b|excluded\b|positive\b|negative\b|equal\b)[a-z]+[.!]?$"
)


ASKED_FOR = re.compile(
    r"\b(?:that\s+)?we\s+(?:want|need|seek|wanted|are\s+looking\s+for|were\s+asked\s+for)\b(?=\s+(?:is|are|must|has))"
)


class Stated(NamedTuple):
    """A value that a clause states.

    Args:
        value: as the answer is to be read, with its unit.
        sure: the form of the clause says that it is a result, not a datum.
    """

    value: str
    sure: bool


def stated_value(main: Masked, *, concludes: bool) -> Stated | None:
    """The one value that a clause states; None where there is none, or several that differ in role."""
    main = listed_together(main)
    text = _undoubted(main.text, concludes)
    if PROCEDURE.match(text) or PARTIAL.search(text) or OTHERS.search(text) or HEDGE.search(text) or STARTS.match(text):
        return None
    if re.match(r"\W*to\s", text) or BY_WRITER.match(text) or ONE_OF_SEVERAL.match(text) or OF_META.search(text):
        return None
    places = [match.start() for match in re.finditer(M, main.text)]
    roles = [_role(main, place, concludes) for place in places]
    for wanted in ("result", "bare", "there", "object", "subject"):
        found = [index for index, role in enumerate(roles) if role == wanted]
        if not found:
            continue
        if len(found) > 1 and not (wanted == "result" and _restates(main, found)):
            return None
        return _checked(main, found[-1], wanted, concludes)
    return None


def _undoubted(text: str, concludes: bool) -> str:
    """A clause without words that are doubt elsewhere."""
    text = ASKED_FOR.sub(" ", re.sub(r"\b(?:therefore|thus|hence)\s+(?!\w+\s+of\b)", "", text))
    text = ASKED.sub("", PAYS.sub(" need ", NUMBERED.sub(" ", text)))
    text = re.sub(
        rf"(?<={M})\s+possible\b|\b(?:(?:set|number|list|sum)\s+of\s+(?:all\s+)?|\w+est\s+|(?:most|least|maximum|minimum|total|all)\s+)possible\b|\snow(?=[.!]?$)",
        " ",
        text,
    )
    text = re.sub(rf"{HOLDS}\s+(?:exactly\s+|only\s+|precisely\s+)?when\b", " ", text)
    return WOULD.sub(" ", text) if concludes else text


def _checked(main: Masked, index: int, role: str, concludes: bool) -> Stated | None:
    """A value in its role, if what stands around it does not speak against it."""
    place = [match.start() for match in re.finditer(M, main.text)][index]
    before, after = RESULT.sub("", main.text[:place]), main.text[place + 1 :]
    value = main.values[index]
    if ANSWER.search(before) and not THE_ANSWER.match(before.strip()):
        return None
    if UNSOLVED.search(before):
        return None
    if not concludes and role == "result" and SUBJECT_DOUBT.intersection(re.findall("[a-z]+", before.casefold())):
        return None
    if not concludes and role != "result" and is_doubtful(ASKED.sub("", before), IN_SUBJECT):
        return None
    several = re.search(r", |\bor\b", re.sub(r"\([^()]*\)|[^,]*\d[^,]*\bor\b[^,]*\d[^,]*$", "", value))
    if role in ("subject", "object") and several and "=" not in value:
        return None
    relation = role == "result" and RELATION.search(value) and len(main.values) == 1
    if (
        not (relation or _tail_is_fine(value, after, role, concludes=concludes))
        or not _is_value(value)
        or any("=" in each for each in main.values[index + 1 :])
    ):
        return None
    return Stated(value.strip() + unit(after, value), role in ("result", "bare") or LEFT.search(main.text) is not None)


def _restates(main: Masked, found: list[int]) -> bool:
    return len({main.values[index] for index in found}) == 1


def _role(main: Masked, place: int, concludes: bool) -> str:
    """What a value is in its clause."""
    before, after = main.text[:place], main.text[place + 1 :]
    value = main.values[before.count(M)]
    since = before[before.rfind(M) + 1 :]
    if THERE.search(since):
        return "there"
    if RESULT.search(since):
        return "result"
    alone = main.text.count(M) == 1 and since.strip(" ,") != ""
    if (
        alone
        and concludes
        and re.search(rf"{S}\s+(?:with|where|such\s+that|satisfying|for\s+which)\s+$", since)
        and is_set(value)
    ):
        return "result"
    if alone and is_set(value) and (concludes or SOLUTION.search(before)) and not GIVEN.search(since):
        return "result"
    if alone and RELATION.search(value) and (concludes or SOLUTION.search(before)) and not CONDITIONAL.search(since):
        return "result"
    if concludes and CLOCK.match(value) and re.search(r"\bat\s+$", since):
        return "result"
    if PREPOSITION.search(since):
        return "modifier"
    if DETERMINED.search(since) or MULTIPLIED.search(since):
        return "premise"
    if M not in before and not re.sub(ONLY, "", since).strip(" ,"):
        return _role_at_start(value, after, concludes)
    return "object" if re.search(r"[A-Za-z]", since) else "other"


def _role_at_start(value: str, after: str, concludes: bool) -> str:
    if not unit_removed(after).strip(" .!"):
        return "bare" if concludes and not re.search(r"[<>\u2264\u2265\u2260]|\\(?:ne|le|ge)", value) else "alone"
    if concludes and (COUNTED.match(after) or (PART.match(after) and re.search("[/%]|frac", value))):
        return "there"
    if concludes and value != "1" and re.search(r"\sis\s(?:an?\s)?[A-Za-z]+[.!]?$", after):
        return "alone"
    return "subject" if NOUN.match(after) or (concludes and OF_SOME.match(after)) else "alone"


def is_set(value: str) -> bool:
    """Whether a value is an inequality, an interval or a set."""
    return (
        re.search(r"[<>\u2264\u2265\u2208\u222a]|\\(?:le|ge|in|cup)\b|^\$?[\[(].*,.*[\])]\$?$|^\{.*\}$", value)
        is not None
    )


def _tail_is_fine(value: str, after: str, role: str, *, concludes: bool) -> bool:
    """Whether what stands behind a value says nothing against it."""
    if re.search(r"[/%]|frac", value):
        after = re.sub(r"^\s+of\s+(?:the|a|an|his|her|their|its|it|all)\b", "", after)
    after = re.sub(
        rf"^\s{TIMES}\s+to\s|^\stimes(?=\W*$|\s(?:a|per|each)\s)|\sas\s(?:the|our)\s(?:total|answer|result|final|sum)\b",
        " ",
        after,
    )
    if concludes and role == "object":
        after = re.sub(r"^\s(?:more|fewer|less)\s[a-z-]+\sthan\b", "", after)
    if concludes and role == "subject":
        after = re.sub(rf"^\sof\s(?:the|these|all|his|her|their)\s{M}(?=\s[a-z])", "", after)
    if (
        SHIFTED.match(after)
        or META.match(after)
        or RATE.match(after)
        or MORE_THAN.search(after)
        or NOT_BEHIND.search(after)
    ):
        return False
    if (
        role != "subject"
        and not COUNTED.match(after)
        and re.match(r"\s*(?:[a-z]+\s+)?(?:is|are|was|were|has|divides)\b", after)
    ):
        return False
    if re.search(r"\ban?\s(?:hour|minute|second|day|week|month|year)\b", after):
        return False
    further = OF_DOING.sub("", TELLS_WHAT.sub("", REMARK.sub("", after)))
    return M not in further and not GOES_ON.search(further) and not re.search(r",\s|;", further)


def _is_value(value: str) -> bool:
    if re.search(r"^\u2248|\d[-\u2013]\d", value):
        return False
    sides = [side.strip(" $") for side in value.split("=")]
    return len(sides) == 1 or len(set(sides)) > 1


def unit_removed(after: str) -> str:
    """What stands behind a value and its unit, if that is a known one."""
    match = re.match(r"\s(?P<unit>[A-Za-z\u00b0/^\d]+)\b", after)
    return after[match.end() :] if match and match["unit"] in UNITS else after


def unit(after: str, value: str) -> str:
    """The words behind a value that may be its unit."""
    match = re.match(r"\s(?P<unit>[A-Za-z\u00b0\u00b2\u00b3/^\d]+)", after)
    if match and (
        (match["unit"] in UNITS and not re.match(r"in\s", after[1:]))
        or re.fullmatch(r"[a-z]+/[a-z]+\u00b2?", match["unit"])
    ):
        return " " + match["unit"]
    found = UNIT.match(VERBS.sub("", after))
    if (
        found is None
        or re.match(r"\s(?:chance|probability)\b", found[0])
        or not re.search(r"\d$|^[$\u20ac\u00a3]?[\d.,/ ]+$", value)
    ):
        return ""
    return found[0]
