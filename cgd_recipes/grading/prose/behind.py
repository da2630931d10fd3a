"""What stands behind a value: its unit, what tells more of it, what makes it another value."""

from __future__ import annotations

import re

from cgd_recipes.grading.notation.unit import PRODUCT_BEHIND, composition, counted_per
from cgd_recipes.grading.notation.words import UNITS, listed
from cgd_recipes.grading.prose.masked import M

# A further number may tell what is counted: "from 10 to 25", "for 10 people"; "at $2 each" is another value.
TELLS_WHAT = re.compile(
    rf"\b(?:from\s{M}\sto\s{M}|between\s{M}(?:\sand\s{M})?|both\s{M}\sand\s{M}|of\s{M}\s[a-z]+\sand\s{M}|of\sthe\soriginal\s{M}|(?:of|for|with|by|in|on|to|from|after)\s(?:the\s)?{M}|when\s{M}(?=\s[a-z])"
    rf"|(?:(?:less|greater|more|fewer|larger|smaller)\s)than\s(?:or\sequal\sto\s)?{M}"
    rf"|letters\s(?:[A-Z],?\s)+and\s[A-Z]\b|the\sword\s[\"\u201c][A-Za-z]+[\"\u201d])"
)
REMARK = re.compile(
    rf",\s(?:counting\sboth\s\w+|which\sis\s(?:the|our|a|an)\s[^,{M}]+|as\s(?:required|desired|claimed))(?=[.!]?$)"
)
NOT_BEHIND = re.compile(
    r"^\s*(?:[-+*/=^(]|(?:short|off|away\sfrom|of(?!\sthem\W*$)|times|to|squared|cubed|(?:more|less|fewer|greater)\b(?=.*\bthan))\b)|\b(?:to\sbe|as\san?|(?:left|more|remaining)\sto|to\s(?:solve|check|count|find|consider|examine|do|go|show|prove|see)|on\s(?:the|both|each)\s(?:\w+\s)?(?:hand\s)?sides?|"
    r"unknowns?|unknown\snumbers|variables?|assumptions?|attempts?|tries|mistakes?|equations?)\b"
)
GOES_ON = re.compile(r"\band\b|,\s(?:which|who|so|but)\b")
UNIT = re.compile(
    r"(?:\s+(?!(?:left|back|in|at|and|per|of|on|for|to|each|every|from|with|by|a|an|the|as|is|are|was|digits?|total|more|altogether|all|that|which|"
    r"together|remaining|away|long|tall|wide|high|old|times?|such|different|possible|whose|who|between|less|greater|than|positive|negative|distinct|divided|multiplied|plus|minus|squared|cubed|then|now|today|again|or|when|if|because|since|but|so|here|there|later|long|exactly|over|during|after|before|within|among|through|throughout|across|into|until|without|around|along|inside|outside|instead|already|even)\b)[a-z]+(?:/[a-z]+)?\b(?![\u00b7\u22c5\u00b2\u00b3\u207b^])){1,2}"
)
# What tells a result from a number that was given.
LEFT = re.compile(
    r"\b(?:left(?:\sover)?|remaining|in\stotal|in\sall|altogether|all\stogether|total)[.!]?$", re.IGNORECASE
)
META = re.compile(rf"^\s*(?:[a-z]+\s+)?{listed('meta')}\b", re.IGNORECASE)
RATE = re.compile(
    rf"\bper\s[a-z]+\sfor\s{M}|^\s*(?:[a-z]+\s+)?(?:at|for)\s+{M}\s+(?:[a-z]+\s+)?(?:each|apiece|per|an?\s)"
)
SHIFTED = re.compile(
    r"^\s*(?:[-+*/=^(]|(?:(?:[a-z]+|\u00b0[CF]?)\s+)*(?:below|above)\s+(?:zero|freezing|0)\b|(?:[a-z]+\s+)?(?:short|off|away|too|squared|cubed|times|hundred|plus|minus|modulo|mod|less|past|as\s+(?:an?|the)|to\s+(?:be|go|solve|check|find|show|prove|count|consider|examine|get|see)|left\s+to|more\s+(?:\w+\s+)?to|on\s+(?:the|both|each)\s+(?:\w+\s)?sides?|or\s+(?:more|less|so|fewer))\b)|\b(?:first|second|last)\s+\w+"
)
MORE_THAN = re.compile(rf"\b{listed('comparing')}\b(?:\s+\w+)?\s+than\b")
OF_DOING = re.compile(rf"\bof\s+[a-z]+ing\s+(?:[a-z]+\s+){{0,2}}{M}")
# No unit is multiplied behind these: "2 hours days", "3 dollars cents".
TIMED = frozenset(
    [
        "hour",
        "hours",
        "minute",
        "minutes",
        "day",
        "days",
        "week",
        "weeks",
        "dollar",
        "dollars",
        "degrees",
        "degree",
        "percent",
    ]
)
TIMES = r"(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?)"
# Verbs behind a noun that is counted: "26 seats were empty".
VERBS = re.compile(
    r"(?<=[a-z])\s(?:were|remain|remains|remained|will|can|must|had|have|fit|pass|passed|do|did|get|go|came|come)\b.*"
)
# "1/4 is left"
GONE = re.compile(r"\s(?:is|was|remains)\s(?:left|gone|missing|free|[a-z]+ed)\W*$")
SHARE = re.compile(r"\sof\s(?:them|(?:the|these|all|his|her|their|its)\s(?:[a-z]+\s){0,1}[a-z]+)\s[a-z]")
# "12.5% of the bulbs are faulty", "4 of the 9 boxes can be shipped"
PART = re.compile(r"\sof\s(?:the|these|all|his|her|their)\s[a-z]+\s(?:are|were|is|was)\s[a-z]+[.!]?$")
# "so 21 are broken": what is said of a count, not of a number.
COUNTED = re.compile(
    r"\s(?:are|were)\s(?!even\b|odd\b|prime\b|composite\b|excluded\b|positive\b|negative\b|equal\b)[a-z]+[.!]?$"
)


SHARED = re.compile(r"[/%]|frac")


SAID_OF_IT = re.compile(
    rf"^\s{TIMES}\s+to\s|^\stimes(?=\W*$|\s(?:a|per|each)\s)|\sas\s(?:the|our)\s(?:total|answer|result|final|sum)\b"
)


# "57.6 liters in a day"
IN_A_TIME = re.compile(r"\sin\s(?:an?|one)\s(?:hour|minute|day|week|month|year)(?=[.!]?$)")
A_TIME = re.compile(r"\ban?\s(?:hour|minute|second|day|week|month|year)\b")


IS_SAID = re.compile(r"\s*(?:[a-z]+\s+){0,3}(?:is|are|was|were|has|divides)\b")


GOES_FURTHER = re.compile(r",\s|;")


def is_fine(value: str, after: str, role: str, *, concludes: bool) -> bool:
    """Whether what stands behind a value says nothing against it."""
    share = SHARED.search(value) is not None and (SHARE.match(after) or GONE.match(after)) is not None
    if SHARED.search(value):
        after = re.sub(r"^\s+of\s+(?:the|a|an|his|her|their|its|it|all|them)\b", "", after)
    after = SAID_OF_IT.sub(" ", after)
    if role == "object" or value.endswith("%"):
        after = re.sub(r"^(?P<unit>\s[a-z]+)?\sto\s(?:spend|sell|eat|give\saway)(?=\W*$)", r"\g<unit>", after)
        after = re.sub(r"^\s(?:more|fewer|less)\s[a-z-]+\s(?:[a-z]+\s){0,2}than\b", "", after)
        after = re.sub(rf"^\s{TIMES}\s(?:longer|shorter|later|earlier|older|younger|more|less)\sthan\s[^,]*", "", after)
        after = re.sub(
            rf"^(?P<unit>\s{TIMES})?\sto\s(?:fill|empty|drain|finish|get|reach|walk|drive|do|read|paint|build|complete|travel|cover|fly|run|cook|bake|cut|mow)\s[^,]*",
            r"\g<unit>",
            after,
        )
    if concludes and role in ("subject", "object"):
        after = re.sub(rf"^\s(?:out\s)?of\s(?:the|these|all|his|her|their)\s{M}(?=\s[a-z])", "", after)
    if (
        SHIFTED.match(after)
        or META.match(after)
        or RATE.search(after)
        or MORE_THAN.search(after)
        or NOT_BEHIND.search(after)
    ):
        return False
    if role != "subject" and not share and not COUNTED.match(after) and IS_SAID.match(after):
        return False
    if A_TIME.search(IN_A_TIME.sub("", after) if concludes else after):
        return False
    further = OF_DOING.sub("", TELLS_WHAT.sub("", REMARK.sub("", after)))
    return M not in further and not GOES_ON.search(further) and not GOES_FURTHER.search(further)


def unit_removed(after: str) -> str:
    """What stands behind a value and its unit, if that is a known one."""
    match = re.match(r"\s(?P<unit>[A-Za-z\u00b0/^\d]+)\b", after)
    return after[match.end() :] if match and match["unit"] in UNITS else after


# "80 sq in"
SQUARE = re.compile(r"\ssq\.?\s(?P<unit>in|ft|cm|m|km|mi|yd)\b")
UNIT_BEHIND = re.compile(
    r"\s(?P<unit>[A-Za-z\u00b0\u00b2\u00b3\u00b9\u00b7\u207b\u22c5\u03a9\u00b5\u03bc\u00c5/^\d]+(?:(?<=/)\([A-Za-z\u00b7\u22c5\s^\d\u00b2\u00b3\u03a9]+\))?(?:-hours?)?)"
)
# "kg·m/s", "kN", "kilowatt-hours": what no word is like
SLASHED = re.compile(r"[a-z]+/[a-z]+[\u00b2\u00b3]?|[a-z]*watt-hours?")
COMPOSED = re.compile(
    r"(?=.*[/\u00b7\u22c5^\u00b2\u00b3\u207b]).+|[kMGm\u00b5\u03bc]?[A-Z\u03a9\u00c5][a-z]?|[\u00b5\u03bc][A-Za-z]{1,3}"
)


RELATION = re.compile(r"[<>\u2264\u2265\u2208]")


EXPRESSION = re.compile(r"\s(?:in|out\sof)\s|[A-Za-z]\s*=|\d[A-Za-z]|[A-Za-z]\s[+-]")
CHANCE = re.compile(r"\s(?:chance|probability)\b")


# "square metres per second"
AREA = re.compile(r"\s(?:square|cubic)\s(?P<unit>[a-z]+)\b(?:\sper\s[a-z]+\b)?")
# "newton metres", "kg m/s"
FURTHER = re.compile(
    r"\s(?P<unit>[a-z]{4,}|[a-z]{1,2}(?:\^?2|\u00b2)?/[a-z]{1,2}(?:\^?[23]|[\u00b2\u00b3])?|[a-z]{1,2}\u207b?[\u00b9\u00b2\u00b3])(?![\w/])"
)


def _times(first: str, after: str) -> re.Match[str] | None:
    """A second unit that the first one is multiplied by."""
    match = FURTHER.match(after)
    return match if match and composition(first) and composition(match["unit"]) and first not in TIMED else None


# "12 cells per litre", "12 cells/L"
THINGS_PER = re.compile(r"\s[a-z]{3,}(?:\sper\s[a-z\u00b5\u00c5]+|/[A-Za-z\u00b5\u00c5]{1,3})(?![\w^/])")


def unit(after: str, value: str) -> str:
    """The words behind a value that may be its unit."""
    if square := SQUARE.match(after):
        return f" {square['unit']}^2"
    if (area := AREA.match(after)) and area["unit"] in UNITS:
        return area[0]
    if (product := PRODUCT_BEHIND.match(after)) and composition(product["unit"]):
        return product["unit"]
    match = UNIT_BEHIND.match(after)
    if (
        match
        and not ("=" in value and re.search(r"(?<![A-Za-z])\d*[a-z](?![A-Za-z])", value.rpartition("=")[2]))
        and (
            (match["unit"] in UNITS and not re.match(r"in\s", after[1:]))
            or SLASHED.fullmatch(match["unit"])
            or (COMPOSED.fullmatch(match["unit"]) and composition(match["unit"]))
        )
    ):
        per = re.match(
            r"\sper\s(?:(?:square|cubic)\s)?[a-z]+(?:\s(?:squared|cubed)\b)?|\s(?:Celsius|Fahrenheit|Kelvin)\b",
            after[match.end() :],
        ) or _times(match["unit"], after[match.end() :])
        return " " + match["unit"] + (per[0] if per else "")
    if (counted := THINGS_PER.match(after)) and counted_per(counted[0]):
        return counted[0]
    if RELATION.search(value):
        return ""
    if EXPRESSION.search(value):  # a chance, an equation, an expression
        return ""
    found = UNIT.match(VERBS.sub("", after))
    if (
        found is None
        or found[0].endswith("ordered pairs")
        or CHANCE.match(found[0])
        or not re.search(r"\d$|^[$\u20ac\u00a3]?[\d.,/ ]+$", value)
    ):
        return ""
    return found[0]
