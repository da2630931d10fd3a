r"""The least or greatest value that a question asks for, by its name and where it is attained: "min = 2, at x = y", "16, when a = b"."""

from __future__ import annotations

import re

from cgd_recipes.grading.notation.clean import AND, clean, tidy
from cgd_recipes.grading.notation.number import as_number
from cgd_recipes.grading.notation.text import said
from cgd_recipes.grading.question.asked_unit import asking
from cgd_recipes.grading.values.single import LETTER

MAX_LENGTH = 200
ROUND_SIGNS = re.compile(r"\\[()\[\]]")
# What only sets a formula
SETS_APART = re.compile(r"[\s{}]|\\(?:left|right)(?![A-Za-z])|\\[,;:! ]")
LEAST, MOST = r"least|smallest|minimum|minimal|lowest", r"greatest|largest|maximum|maximal|highest|biggest"
# The extreme is what is asked for itself, and not where it is attained, a sum with it or a count
ASKS_FOR_EXTREME = re.compile(
    rf"(?:\b(?:what(?:['\u2019]s|\s+(?:is|are|was|will\s+be))|find|determine|compute|calculate|evaluate|give|state|obtain|prove|show)\b"
    rf"\s+(?:(?:the|its|their|that\s+the)\s+)?(?:absolute\s+|global\s+|exact\s+)?|^\W*(?:the\s+)?)(?:{LEAST}|{MOST})\b",
    re.IGNORECASE,
)
# "the smallest value of x"
EXTREME_OF = re.compile(
    rf"\b(?:{LEAST}|{MOST})(?:\s+[a-z]{{2,20}}){{0,4}}?\s+\$?(?P<name>(?!a\s)[a-zA-Z])\$?(?![\w^({{'])(?!\s*[-+*/^(\\=])",
    re.IGNORECASE,
)
MOST_SUCH = re.compile(
    rf"(?:the\s+)?(?P<word>{LEAST}|{MOST})\s+(?:such\s+|possible\s+|value\s+of\s+|positive\s+|integer\s+)*\$?(?P<name>[a-zA-Z])\$?\s*(?::|=|is)\s*(?P<value>[^:=]+)",
    re.IGNORECASE,
)
# "min. value 2", "max = 1/3"
EXTREME = re.compile(
    rf"(?:the\s+)?(?:(?P<least>min\.?|{LEAST})|max\.?|{MOST})(?:\s+(?:possible\s+)?(?:value|(?P<noun>[a-z]{{3,}})))?\s*(?:(?:is|equals|of)\s+|[:=]\s*|\s)(?P<value>[-\u2212+\d\\\u221a].*)",
    re.IGNORECASE,
)
# "16, when a = b = c", "(x + y)(y + z) \\ge 2, with equality iff xz = 1"
ATTAINED = re.compile(
    r"(?P<main>[^,;]*?[^\s,;(])\s*[,;(\u2014\u2013]*\s*(?:(?P<equality>(?:with\s+)?equality)\s+(?:(?:holds|occurs|is\s+(?:attained|reached|achieved))\s+)?"
    rf"(?:(?:exactly\s+|only\s+)?when|at|for|if(?:\s*(?:\band\b|{AND})\s*only\s+if)?|iff)|(?:e\.g\.,?\s+|for\s+example,?\s+)?(?:when|at|for))\s+"
    rf"(?P<at>(?:[-+*/^=,.\s{{}}()\d\u2212\u221a\u00b0{AND}]|\\(?:d?frac|sqrt|pi|theta|alpha|beta|sin|cos|tan|cdot)(?![A-Za-z])|(?<![A-Za-z\\])(?:sin|cos|tan|(?!at|if|or|is|to|in|of|by|no|as)[a-z]{{1,2}}|[A-Z]|and)(?![A-Za-z])|[\u03b1-\u03c9])+?)\s*\)?"
)
BOUNDED = re.compile(
    r"(?P<left>[^<>=\u2264\u2265]+?)\s*(?:(?P<above>\\ge|\u2265)|\\le|\u2264)(?![A-Za-z])\s*(?P<value>[^<>=\u2264\u2265]+)"
)


def most_such(plain: str, gold: str, question: str) -> str:
    """A value behind the words of the question for it: "least such n: 34"."""
    match = MOST_SUCH.fullmatch(plain)
    if match is None or as_number(clean(gold)) is None:
        return ""
    words = LEAST if re.fullmatch(LEAST, match["word"], re.IGNORECASE) else MOST
    named = re.search(
        rf"\b(?:{words})\b[^.?]{{0,60}}?(?<![A-Za-z\\]){match['name']}(?![A-Za-z])", asking(question), re.IGNORECASE
    )
    return match["value"] if named else ""


def extreme(plain: str, _gold: str, question: str) -> str:
    """The least or greatest value that a question asks for, without its name and without where it is attained; "" for any other answer."""
    asked = asking(question)
    least, most = (re.search(rf"\b(?:{words})\b", asked, re.IGNORECASE) is not None for words in (LEAST, MOST))
    if least == most or not ASKS_FOR_EXTREME.search(asked):
        return ""
    named, value = EXTREME.fullmatch(plain), plain
    if named:
        if (named["least"] is not None) != least:
            return ""
        if named["noun"] and not re.search(
            rf"(?:{LEAST}|{MOST})\s+(?:possible\s+)?{named['noun']}\b", asked, re.IGNORECASE
        ):
            return ""
        value = named["value"]
    where = ATTAINED.fullmatch(value)
    if where and (of := EXTREME_OF.search(asked)) and of["name"] in LETTER.findall(where["at"]):
        return ""  # another value of what is asked for
    if where and all("=" in each for each in re.split(rf",|{AND}|\band\b", where["at"])):
        value = where["main"]
        bound = BOUNDED.fullmatch(value) if where["equality"] else None
        if bound and (bound["above"] is not None) == least and _shows(bound["left"], asked):
            value = bound["value"]
    return value.strip() if value != plain and as_number(clean(value)) is not None else ""


def extreme_named(line: str, question: str) -> str:
    """The least or greatest value that a question asks for, which a line gives by its name: "min = 2, e.g. at x = y"; else ""."""
    plain = said(tidy(line.replace("**", "").strip("*$ .")))
    return extreme(plain, "", question) if len(plain) <= MAX_LENGTH and EXTREME.match(plain) else ""


def _shows(formula: str, question: str) -> bool:
    """Whether a question has a formula, alone between the signs of a formula or behind an equals sign."""
    left, whole = (SETS_APART.sub("", ROUND_SIGNS.sub("$", text)) for text in (formula, question))
    place = whole.find(left)
    return (
        place >= 0
        and re.search(r"(?:^|[$=])$", whole[:place]) is not None
        and re.match(r"[$,.;?]|$", whole[place + len(left) :]) is not None
    )
