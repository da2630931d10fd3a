r"""Ratios of two things by their names: `\frac{a_{\text{Ann}}}{a_{\text{Bo}}} = \frac34`, `girls : boys = 3:4`, `[PQR] = \frac23 [STU]`."""

from __future__ import annotations

import re

from cgd_recipes.grading.notation.clean import clean
from cgd_recipes.grading.notation.number import as_number
from cgd_recipes.grading.notation.tex import closing_brace
from cgd_recipes.grading.question.asked_unit import asking

RATIO = re.compile(r"\bratio\b", re.IGNORECASE)
# Only what sets a name
SETS = re.compile(
    r"\\(?:left|right|displaystyle|overline|mathrm|mathbf|operatorname|triangle|quad|big[lr]?)(?![A-Za-z])|\\[,;:! ]|[$\[\]]"
)
IN_TEXT = re.compile(r"\\(?:text|mathrm|textbf)\s*\{([^{}]*)\}")
WORD = re.compile(r"[A-Za-z]{2,}")
NAME = re.compile(r"[A-Z]{1,8}|\\?[A-Za-z]+(?:_\w+)?")
FRACTION = re.compile(r"\\[dt]?frac\s*(?=\{)")
# `[PQR] = \frac{2}{3} [STU]`
MULTIPLE = re.compile(
    r"(?P<one>[^=\d]+)=\s*(?P<value>\\[dt]?frac\s*(?:\{\s*\d+\s*\}\s*\{\s*\d+\s*\}|\d\d)|\d+(?:[./]\d+)?)\s*(?:\\cdot|\\times|\\,|\*)?\s*(?P<other>(?!\\[dt]?frac)[^=\d\s\\][^=]*|\\(?:text|mathrm|triangle|left)[^=]+)"
)
# `\frac{6T}{2T} = 3`, whatever T is
CANCELLED = re.compile(
    r"\\[dt]?frac\s*\{\s*(?P<above>\d{0,9})\s*(?P<name>[A-Za-z](?:\^\d)?)\s*\}\s*\{\s*(?P<below>\d{0,9})\s*(?P=name)\s*\}\s*=\s*(?P<value>[^=,]{1,40})"
    r"|(?P<over>\d{0,9})\s*(?P<one>[A-Za-z](?:\^\d)?)\s*/\s*(?:\(\s*(?P<under>\d{0,9})\s*(?P=one)\s*\)|(?P=one))\s*=\s*(?P<is>[^=,]{1,40})"
)
# Between two things
SIGNS = (r"\frac{}{}", "{}/{}", "{}:{}")
MAX_SIDE = 60


def is_turned_over(left: str, question: str) -> bool:
    r"""Whether a left side is a ratio that the question asks for in signs, the other way round: `\frac{AC}{AB}` for AB : AC."""
    one, other = (_name(side) for side in _sides(left) or ("", ""))
    if not (one and other and NAME.fullmatch(one) and NAME.fullmatch(other)):
        return False
    asked = _name(asking(question))
    stands, turned = ([sign.format(*pair) in asked for sign in SIGNS] for pair in ((one, other), (other, one)))
    return any(turned) and not any(stands)


def is_cancelled(text: str) -> bool:
    """Whether a text is a quotient of two multiples of one name, with its value."""
    return _cancelled(text) != ""


def _cancelled(text: str) -> str:
    match = CANCELLED.fullmatch(text.strip("$ ")) if "=" in text else None
    if match is None:
        return ""
    written = match["value"] or match["is"]
    value = as_number(clean(written))
    above, below = (int(each or 1) for each in (match["above"] or match["over"], match["below"] or match["under"]))
    return written.strip() if value and below and value.value * below == above else ""


def value_of_ratio(answer: str, gold: str, question: str) -> str:
    """The value of the ratio that is asked for, behind the names of its two things in words or beside these; else ""."""
    if "=" in gold or "=" not in answer:
        return ""
    plain = answer.strip("$ .")
    if value := _cancelled(plain):
        return value
    left, _, value = plain.partition("=")
    sides = _sides(left) if r"\text" in left or r"\mathrm" in left else None
    if sides is None and (match := MULTIPLE.fullmatch(plain)):
        sides, value = (match["one"], match["other"]), match["value"]
    places = _places(sides, question)
    return value.strip() if places is not None and places[0] < places[1] else ""


def _name(text: str) -> str:
    """A name, or a text, without what only sets it."""
    return re.sub(r"[\s{}]", "", SETS.sub("", text)).replace("dfrac", "frac").replace("tfrac", "frac")


def _sides(left: str) -> tuple[str, str] | None:
    """What stands above and below, or on both sides of a colon; None for no ratio of two things."""
    left = left.strip("$ ")
    if match := FRACTION.match(left):
        middle = closing_brace(left, match.end())
        if middle < 0 or left[middle + 1 : middle + 2] != "{" or closing_brace(left, middle + 1) != len(left) - 1:
            return None
        return left[match.end() + 1 : middle], left[middle + 2 : -1]
    parts = re.split("[:/]", left)
    return (parts[0], parts[1]) if len(parts) == 2 else None


def _places(sides: tuple[str, str] | None, question: str) -> tuple[int, int] | None:
    """Where the asking sentence has the two things of a ratio behind that word; None where it has not both."""
    if sides is None or max(map(len, sides)) > MAX_SIDE:
        return None
    asked = asking(question)
    ratios = [*RATIO.finditer(asked)]
    if not ratios:
        return None
    texts = [" ".join(IN_TEXT.findall(side)) for side in sides]
    words = [WORD.findall(text) for text in texts]
    found = []
    for own, others, side in ((words[0], words[1], sides[0]), (words[1], words[0], sides[1])):
        telling = [word for word in own if word not in others]
        name = _name(IN_TEXT.sub("", side))
        pattern = (
            "|".join(rf"(?<![A-Za-z]){re.escape(word.removesuffix('s'))}s?(?![A-Za-z])" for word in telling)
            if telling
            else r"(?<![A-Za-z\\])" + r"[\s${}]*".join(map(re.escape, name)) + r"(?![A-Za-z\d])"
            if NAME.fullmatch(name)
            else None
        )
        match = re.compile(pattern).search(asked, ratios[-1].end()) if pattern else None
        if match is None:
            return None
        found.append(match.start())
    return found[0], found[1]
