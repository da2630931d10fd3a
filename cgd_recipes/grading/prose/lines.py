r"""Last lines that are no sentences: a row of a total, a label with its value, an equation."""

from __future__ import annotations

import re

from cgd_recipes.grading.notation.words import listed
from cgd_recipes.grading.prose.behind import unit
from cgd_recipes.grading.prose.doubts import HEDGE, PARTIAL, STARTS
from cgd_recipes.grading.prose.lexer import lexed
from cgd_recipes.grading.prose.masked import M

TOTAL = (
    r"(?:grand\s+|sub)?(?:total(?:\s+(?:number|amount|cost|price)(?:\s+of\s+[a-z]+)?)?|sum|altogether|in\s+all|in\s+total|all\s+together|overall|result|answer"
    r"|number\s+of\s+[a-z\s]+(?:altogether|left|remaining|in\s+total|in\s+all))(?:\s+(?!of\b)[a-z]+){0,3}"
)
# "Total       $840", "| **Total** | **3** |", "- Altogether: 8 laps"
ROW = re.compile(
    rf"^(?:[-+|]\s*)?(?:the\s+)?(?P<name>{TOTAL})\s*(?:\s{{2,}}|:|\||\t|=)\s*(?P<said>[^:|]+?)\s*\|?\.?$", re.IGNORECASE
)
# "| contents (answer) | 500 g |"
ANSWER_ROW = re.compile(
    r"^\|\s*(?P<name>[^|]*\((?:the\s+|final\s+)*answer\)|(?:the\s+|final\s+)*answer)\s*\|\s*(?P<said>[^|]+?)\s*\|?$",
    re.IGNORECASE,
)
NAMING = re.compile(
    r"(?:d/d[a-z]\s?[^=]*|\\?[A-Za-z\u0391-\u03c9]+(?:_\{?\w+\}?)?'*(?:\^\{-1\})?(?:\([^()]*\))?|\|[^|]+\|"
    r"|(?!.*\b(?:is|are|was|were|gives?|get|have|has|of"
    r"|try|tried|test|check|take|pick|guess|choose|put|use|plug|need|want)\b)[A-Z][A-Za-z' ]+"
    r"|\\(?:angle|log|sin|cos|tan|ln)[^=+*-]*|(?:log|sin|cos|tan|ln)_?\d*\s?\(?[^=+*-]*\)?)"
)


# Words behind a value that may be its unit.
A_UNIT = re.compile(
    r"\s*(?!(?:fails?|gives?|leads?|violates?|contradicts?|exceeds?|yields?|breaks?|does|would)\b)"
    r"(?:[A-Za-z/.^\u00b2\u00b3\u00b5\u00b7\u00b9\u00c5\u03a9\u207b]+\s?){0,3}"
)
EMPHASIS = re.compile(r"[*`]")


def total_row(line: str) -> str | None:
    """The value of a last line that is the row of a total."""
    plain = EMPHASIS.sub("", line).strip()
    match = ANSWER_ROW.match(plain) or ROW.match(plain)
    if (
        match is None
        or HEDGE.search(match[0])
        or PARTIAL.search(match["name"])
        or re.search("sub", match["name"], re.IGNORECASE)
    ):
        return None
    whole = lexed(match["said"])
    if whole is None or whole.text.count(M) != 1 or len(re.findall(r"[A-Za-z]+", whole.text)) > 3:
        return None
    return match["said"]


SO = re.compile(
    rf"\*\*|^\W*(?:{listed('concluding')}|we\s+have)[,:]?\s+(?!that\b)|^(?:divid|multipl|subtract|add|solv|simplif|tak|squar|substitut|combin|expand|evaluat|comput|calculat)\w*\b[^:=]*:\s+(?=[A-Za-z]\s*=)",
    re.IGNORECASE,
)


NO_EQUATION = re.compile(r"[<>?;:]|,\s|\b(?:and|or)\b")


PARENTHESES = re.compile(r"\([^()]*\)")


def equation(line: str) -> str | None:
    """The equation that a last line is, with words only at its left side and a unit at its right one."""
    plain = SO.sub("", line.strip())
    sides = [side.strip() for side in plain.rstrip(".").split("=")]
    if (
        len(sides) < 2
        or len(plain) > 300
        or HEDGE.search(plain)
        or PARTIAL.search(plain)
        or STARTS.match(plain)
        or NO_EQUATION.search(PARENTHESES.sub("", plain))
    ):
        return None
    first, last = sides[0], sides[-1]
    whole = lexed(last)
    if whole is None or not whole.text.startswith(M) or whole.text.count(M) != 1 or not NAMING.fullmatch(first):
        return None
    if not A_UNIT.fullmatch(whole.text[1:]):
        return None
    return numeric(" = ".join([*sides[:-1], whole.values[0] + unit(whole.text[1:], whole.values[0])]))


# What is worked out before the last side of a chain: a derivative, an integral, a matrix, quantities with units.
WORKED = re.compile(r"\\(?:int|sum|prod|lim|det|binom)(?![a-z])|[\u222b\u2211]|\bd/d[a-z]|\\frac\s*\{d")
MATRIX = re.compile(r"\\begin\{(?:[bpvBV]?matrix|array)")
OPERATED = re.compile(rf"{WORKED.pattern}|\)\(.*\\mathrm|\\begin")
SEVERAL = re.compile(r"(?<!\\)[,;]|\b(?:or|and)\b")


THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")


def numeric(chain: str) -> str:
    """A chain of equations with a name first and a number last, without the sides that hold words or other names."""
    if "=" in chain:
        chain = THOUSANDS.sub("", chain)
    if SEVERAL.search(PARENTHESES.sub("", chain)):
        return chain
    sides = [side.strip() for side in chain.split("=")]
    if (
        len(sides) > 1
        and (any(map(OPERATED.search, sides[:-1])) or MATRIX.search(sides[-1]))
        and not WORKED.search(sides[-1])
    ):
        return sides[-1].removesuffix("$").strip()
    if len(sides) < 3 or _has_names(sides[-1]) or not NAMING.fullmatch(sides[0]):
        return chain
    return (
        " = ".join(side for side in sides[1:-1] if not _has_names(side))
        + (" = " if any(not _has_names(side) for side in sides[1:-1]) else "")
        + sides[-1]
    )


def _has_names(side: str) -> bool:
    plain = re.sub(r"\\[A-Za-z]+|sqrt|pi|ln|log|sin|cos|tan|exp|\d\s*(?:[A-Za-z]{1,2}(?:/[a-z]+)?\s*$)", "", side)
    return (
        re.search(
            r"[A-Za-z\u0391-\u03bf\u03c1-\u03c9]",
            re.sub(r"(?<=\d)\s+[a-z/\u00b2 ]+$|(?<![A-Za-z])[ei](?![A-Za-z])", "", plain),
        )
        is not None
    )
