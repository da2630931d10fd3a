r"""Answers that call a value something: `S \cap T = \{2, 3\}`, "second quadrant", "radius 5, center (2, -3)". Used by `readings`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cgd_recipes.grading.notation.clean import AND, OR
from cgd_recipes.grading.notation.spelled import ORDINALS
from cgd_recipes.grading.notation.structure import enclosed, split_top
from cgd_recipes.grading.notation.text import RULED_OUT, said
from cgd_recipes.grading.notation.things import LABELLED, parts_of, things_in
from cgd_recipes.grading.notation.words import UNITS
from cgd_recipes.grading.readings.spellings import Pairs

SET = r"[A-Z](?:'|\s*\^\s*\{?\s*(?:c|C|\\complement|')\s*\}?)?"
# `A \cup B`, `|A \setminus B|`, `\|v\|`
CALLED = re.compile(
    rf"^(?:(?P<size>\|?)\s*{SET}(?:\s*(?:\\(?:cup|cap|setminus|backslash|times|triangle|oplus)(?![A-Za-z])|[-\u222a\u2229\u2216])\s*{SET})+\s*(?P=size)"
    r"|\\\|[^|=]{1,40}\\\|)\s*=\s*(?=\S)"
)
ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8, "IX": 9, "X": 10}
NUMBERED = re.compile(r"(?:the\s+)?(?P<noun>[A-Za-z]{3,})\s+(?:no\.?\s+|number\s+)?(?P<number>\d{1,3}|[IVX]{1,4})")
IN_ORDER = re.compile(
    r"(?:(?:in|on)\s+)?(?:the\s+)?(?P<number>\d{1,3}(?=st|nd|rd|th)|[a-z]+)(?:st|nd|rd|th)?\s+(?P<noun>[A-Za-z]{3,})",
    re.IGNORECASE,
)
ARROW = re.compile(r"\s*(?:\\(?:to|rightarrow|longrightarrow|Rightarrow)(?![A-Za-z])|[\u2192\u21d2>]|->)\s*")
NAMES = re.compile(r"[A-Za-z][A-Za-z' -]*(?:,\s*[A-Za-z][A-Za-z' -]*)+")
ZERO = re.compile(r"^(?P<value>\d.*\S)\s+(?P<side>above|below)\s+(?:zero|freezing|0)$", re.IGNORECASE)
INVERSE = re.compile(r"^[a-z]\s*\^\s*\{?\s*-\s*1\s*\}?\s*\(\s*[a-z]\s*\)\s*=\s*")
CHAIN = re.compile(r"(?:[a-z]\s*=\s*){2,3}(?P<value>[^=,;]+)")
ELL = re.compile(r"(?<=\d)(?:\s|\\[,;: ])*\\ell(?=\s*(?:=|$))")
NONE = re.compile(r"(?:there\s+(?:is|are)\s+)?no\s[a-z\s-]+\((?P<number>zero|0)\)", re.IGNORECASE)
SMALL_OPTION = re.compile(r"\((?P<letter>[a-j])\)\s*(?P<text>\S.*)", re.DOTALL)
# Another letter, or a second thought, behind the letter of an option
OTHERWISE = re.compile(
    rf"\([a-j]\)|^[a-j]$|^\W*(?:and|or|not|also|both|{AND}|{OR})|{OR}|\b(?:or|not|maybe|perhaps|possibly|probably|wait|but|neither|either|guess)\b|{RULED_OUT}",
    re.IGNORECASE,
)


def litres(gold: str, answer: str) -> Iterator[Pairs]:
    r"""`1200\ \ell`, litres behind a number."""
    if (plain := ELL.sub(r"\\text{ L}", answer)) != answer:
        yield [(gold, plain)]


def turned(gold: str, answer: str) -> Iterator[Pairs]:
    r"""An angle in radians and in degrees: `\pi/2 = 90°`."""
    left, equals, right = answer.partition("=")
    if equals and "=" not in right and sum("°" in side for side in (left, right)) == 1 and r"\pi" in answer:
        yield [(gold, left.strip()), (left.strip(), right.strip())]


def inverses(gold: str, answer: str) -> Iterator[Pairs]:
    r"""The inverse of a function by its name, as y, or alone: `f^{-1}(x) = 2x + 1`, `y = 2x + 1`, `2x + 1`."""
    left, right = INVERSE.match(gold), INVERSE.match(answer)
    if left and (right or not re.match(r"[A-Za-z]\s*\([a-z]\)\s*=", answer)):
        value = answer[right.end() :] if right else re.sub(r"^y\s*=\s*", "", answer)
        yield [(gold[left.end() :], value)]


def chains(gold: str, answer: str) -> Iterator[Pairs]:
    """Names that all have one value, for the tuple of it: `a = b = 2`, (2, 2)."""
    chain = CHAIN.fullmatch(answer.strip())
    listed = enclosed(gold)
    values = split_top(listed[1]) if listed and listed[0] == "()" else []
    if chain and len(values) == chain[0].count("=") > 1:
        yield [(value, chain["value"]) for value in values]


def left_sides(gold: str, answer: str) -> Iterator[Pairs]:
    r"""A value behind what it is the value of: `A \cap B = \{3, 4\}`, `|A \cup B| = 6`, `\|v\| = 13`."""
    if (value := CALLED.sub("", answer)) != answer and "=" not in value:
        yield [(gold, value)]


def ordinals(gold: str, answer: str) -> Iterator[Pairs]:
    """The same thing counted: "Quadrant II", "quadrant 2", "the second quadrant"."""
    both = [_numbered(said(text)) for text in (gold, answer)]
    if gold in ROMAN and both[1] and both[1][0] == "quadrant":
        both[0] = ("quadrant", ROMAN[gold])
    if both[0] and both[0] == both[1]:
        yield []


def _numbered(text: str) -> tuple[str, int] | None:
    if match := NUMBERED.fullmatch(text):
        number = ROMAN.get(match["number"]) or (int(match["number"]) if match["number"].isdigit() else None)
        return (match["noun"].casefold(), number) if number else None
    if match := IN_ORDER.fullmatch(text):
        number = int(match["number"]) if match["number"].isdigit() else ORDINALS.get(match["number"].casefold())
        return (match["noun"].casefold(), number) if number else None
    return None


def arrows(gold: str, answer: str) -> Iterator[Pairs]:
    """Names in their order: "Amy, Ben, Cal" and "Amy -> Ben -> Cal"."""
    plain = said(answer)
    if NAMES.fullmatch(said(gold)) and "," not in plain:
        names = [name.strip().casefold() for name in said(gold).split(",")]
        yield from [[]] if [name.casefold() for name in ARROW.split(plain)] == names else []


def degrees(gold: str, answer: str) -> Iterator[Pairs]:
    """Degrees above or below zero."""
    if (match := ZERO.match(said(answer))) and not ZERO.match(said(gold)):
        yield [(gold, ("-" if match["side"].casefold() == "below" else "") + match["value"])]


def things(gold: str, answer: str) -> Iterator[Pairs]:
    """Several things, each with its value, in any order: "6 chickens and 4 cows", "cows: 4, chickens: 6"."""
    left, right = things_in(said(gold)), things_in(said(answer))
    if left and not right and {*left} == {"quotient", "remainder"}:
        right = things_in(re.sub(r"\bq\s*=", "quotient ", re.sub(r"\br\s*=", "remainder ", said(answer))))
    if left and not right and {*left} == {"center", "radius"}:
        right = things_in(RADIUS.sub("radius ", CENTER.sub("center ", said(answer))))
    if left and right and left.keys() == right.keys():
        yield [(value, right[noun]) for noun, value in left.items()]
    elif {*right} == {"length", "width"} and (sizes := re.fullmatch(r"(?P<one>.+?)\s+by\s+(?P<other>.+)", said(gold))):
        yield [(sizes["one"], right["length"]), (sizes["other"], right["width"])]
    elif (
        right
        and all(LABELLED.fullmatch(part) for part in parts_of(said(answer)))
        and not ({*WORD.findall(said(gold))} - UNITS)
    ):
        yield [(gold, ", ".join(right.values()))]


# A noun or a name, no unit.
WORD = re.compile(r"(?<![\\\w])[A-Za-z]{3,}")
RADIUS, CENTER = re.compile(r"\br\s*=\s*"), re.compile(r"\bC\s*=?\s*(?=\()")
SIDES = re.compile(
    r"(?:\\frac\s*\{\s*[A-Z]\s*[A-Z]\s*\}\s*\{\s*[A-Z]\s*[A-Z]\s*\}|[A-Z]{2}\s*/\s*[A-Z]{2})\s*=\s*(?P<value>(?:[^=A-Za-z]|\\[dt]?frac(?![a-z])|\\sqrt(?![a-z]))*\d[^=A-Z]*)$"
)
COORDINATES = re.compile(
    r"(?:the\s+)?x-coordinate\s*(?:is|=|:)?\s*(?P<x>[^,;=]+?)(?:,\s*(?:and\s+)?|\s+and\s+|\s*\u2a53\s*)(?:the\s+)?y-coordinate\s*(?:is|=|:)?\s*(?P<y>[^,;=]+)",
    re.IGNORECASE,
)
PAIR = re.compile(r"\(?\s*x\s*=\s*(?P<x>[^,;=]+),\s*y\s*=\s*(?P<y>[^,;=]+?)\s*\)?")
CONDITION = re.compile(
    r"(?P<main>.*\S)\s*(?:,\s*|\()(?:attained|achieved|reached)\s+(?:at|when|for|by|if)\b[^()]*(?:\([^()]*\)[^()]*)?\)?$"
    r"|(?P<value>.*\S)\s*\(\s*(?:for|where|with)\s+[a-z]\s*(?:\u2260|\\neq?(?![a-z]))\s*[^(),]+\)$",
    re.IGNORECASE,
)
MEASURED = re.compile(r"(?P<name>[A-Za-z][a-z]+(?:\s[A-Za-z]+)?)\s*\(\s*\$?\d[\d.,]*\s*(?:[A-Za-z/]+|%)\s*\)")
BUILDER = re.compile(
    r"\u2983\s*[a-z]\s*\\in\s*\\mathbb\s*\{?\s*R\s*\}?\s*(?::|\||\\mid(?![a-z]))\s*(?P<said>[^\u2983\u2984]+)\u2984"
)


def sides(gold: str, answer: str) -> Iterator[Pairs]:
    r"""A ratio of two sides and its value: `\frac{AC}{AB} = \frac{5}{13}`."""
    if "=" not in gold and (match := SIDES.match(answer.strip())):
        yield [(gold, match["value"])]


def coordinates(gold: str, answer: str) -> Iterator[Pairs]:
    """A point by its coordinates: "x-coordinate 1, y-coordinate 2"; pairs by theirs: "x = 5, y = 1; or x = 1, y = 5"."""
    plain = said(answer)
    if match := COORDINATES.fullmatch(plain):
        yield [(gold, f"({match['x'].strip()}, {match['y'].strip()})")]
    parts = [
        PAIR.fullmatch(part.strip(" ,;"))
        for part in re.split(rf";\s*(?:{OR}|or\b|and\b)?|{OR}|\bor\b", plain)
        if part.strip(" ,;")
    ]
    if len(parts) > 1 and all(parts):
        yield [(gold, ", ".join(f"({part['x'].strip()}, {part['y'].strip()})" for part in parts if part))]


def conditions(gold: str, answer: str) -> Iterator[Pairs]:
    """A value with where it is attained or holds: "12 (attained when x = 2)"; a name with a measure: "Earth (6371 km)"."""
    plain = said(answer)
    if match := CONDITION.fullmatch(plain):
        yield [(gold, match["main"] or match["value"])]
    if re.fullmatch(r"[A-Za-z ]+", said(gold)) and (match := MEASURED.fullmatch(plain)):
        yield [(gold, match["name"])]


def builders(gold: str, answer: str) -> Iterator[Pairs]:
    r"""A set of real numbers by its condition: `\{x \in \mathbb{R} : -3 < x < 3\}`."""
    if match := BUILDER.fullmatch(answer.strip()):
        yield [(gold, match["said"])]


def none(gold: str, answer: str) -> Iterator[Pairs]:
    """None, and its number: "no real roots (zero)"."""
    if NONE.fullmatch(said(answer)):
        yield [(gold, "0")]


def small_options(gold: str, answer: str) -> Iterator[Pairs]:
    """The small letter of an option with its text, for a gold answer that is that letter: "(b) 540 degrees"."""
    if (
        re.fullmatch(r"\(?[a-j]\)?", gold)
        and (match := SMALL_OPTION.match(said(answer)))
        and not OTHERWISE.search(match["text"])
    ):
        yield [(gold.strip("()"), match["letter"])]


READINGS = (
    litres,
    left_sides,
    ordinals,
    arrows,
    degrees,
    things,
    none,
    small_options,
    sides,
    coordinates,
    conditions,
    builders,
    turned,
    inverses,
    chains,
)
