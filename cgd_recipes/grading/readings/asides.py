r"""Answers with a little beside their value: "16% decrease", `\frac{1}{6} \approx 16.67\%`, "90 degrees (a right angle)".

Used by `readings`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from cgd_recipes.grading.notation.clean import AND, OR
from cgd_recipes.grading.notation.months import WEEKDAY
from cgd_recipes.grading.notation.structure import split_top
from cgd_recipes.grading.notation.text import said
from cgd_recipes.grading.notation.things import things_of
from cgd_recipes.grading.prose.several import by_clause
from cgd_recipes.grading.readings.spellings import NAME_BEFORE, Pairs

PERCENT = r"(?P<value>\d[\d.]*\s*\\?%)"
FALL = r"(?:decreas(?:e|ed)|drop(?:ped)?|fall|fell|loss|reduction|decline[d]?|down)"
FALLS = re.compile(
    rf"^(?:an?\s+)?{PERCENT}\s+{FALL}$|^(?:an?\s+)?{FALL}\s+(?:of\s+|by\s+)?(?P<behind>\d[\d.]*\s*\\?%)$", re.IGNORECASE
)
OFF = re.compile(rf"^(?:an?\s+)?{PERCENT}\s+(?:off|discount)$", re.IGNORECASE)
ROUNDED = re.compile(
    r"^(?P<main>.*[^\s(])\s*(?:(?:\\approx|\u2248)|(?P<open>\((?:about|approx(?:imately|\.)?|roughly|\\approx|\u2248|=)))\s*(?P<value>\d[\d.]*)\s*\\?%(?(open)\))$"
)
# `\frac{\pi}{4} (45^\circ)`, of several
TURNED = re.compile(rf"(?P<radians>[^,()°{AND}{OR}]*\\pi[^,()°{AND}{OR}]*?)\s*\((?P<degrees>-?[\d.]+°)\)")
# A gloss of a unit: `90 \text{ degrees (a right angle)}`.
GLOSS = re.compile(
    r"\s*\((?:an?|the)\s+[a-z][a-z ]*\)(?=\s*\}?$)|\s*\((?:there\s+are\s+)?infinitely\s+many\s+solutions\)(?=\s*\}?$)"
)
# `0.75 kg (750 g) of flour`
OF_THING = re.compile(r"(?<=\))\s*of\s+(?!it\b|them\b)[a-z]{2,}$")
ALSO = re.compile(r",?\s+(?:also\s+written(?:\s+as)?|also|equivalently|or\s+equivalently)\s+(?=[\[(])", re.IGNORECASE)
WHICH_IS = re.compile(
    r"^(?P<one>\S+),?\s+(?:which\s+is|i\.e\.,?|that\s+is,?)\s+(?P<other>\S+)\s+(?:in\s+(?:lowest\s+terms|simplest\s+form)|of\s+(?:an?|the)\s+[a-z]+)$"
)


def falls(gold: str, answer: str) -> Iterator[Pairs]:
    """A fall by its word for a negative percentage; a discount for what it takes off."""
    plain = said(answer)
    if gold.lstrip().startswith("-") and (match := FALLS.match(plain)):
        yield [(gold, "-" + (match["value"] or match["behind"]))]
    if match := OFF.match(plain):
        yield [(gold, match["value"])]


def percentages(gold: str, answer: str) -> Iterator[Pairs]:
    r"""A number that is also given as a rounded percentage: `1/13 \approx 7.7\%`."""
    match = ROUNDED.match(answer)
    if match and "%" not in gold:
        rounded = Fraction(match["value"].rstrip(".")) / 100
        places = len(match["value"].rstrip(".").partition(".")[2]) + 2
        yield [
            (gold, match["main"]),
            (gold, rf"{match['main'].rpartition('=')[2]} \approx {float(rounded):.{places}f}"),
        ]


def turned(gold: str, answer: str) -> Iterator[Pairs]:
    r"""Several angles in radians, each with its degrees beside it: `\frac{\pi}{4} (45^\circ), \frac{\pi}{2} (90^\circ)`."""
    found = [*TURNED.finditer(answer)] if "°)" in answer else []
    if len(found) < 2 or TURNED.sub("", answer).strip(f", {AND}{OR}"):
        return
    radians = [NAME_BEFORE.sub("", match["radians"].strip()) for match in found]
    degrees = [match["degrees"] for match in found]
    for said_so in (radians, degrees):
        yield [*zip(degrees, radians, strict=True), (gold, ", ".join(said_so))]


def glossed(gold: str, answer: str) -> Iterator[Pairs]:
    """A value without the gloss of its unit, and one that is written twice."""
    if (plain := GLOSS.sub("", answer)) != answer:
        yield [(gold, plain)]
    if (plain := OF_THING.sub("", said(answer))) != said(answer):
        yield [(gold, plain)]
    both = ALSO.split(answer, maxsplit=1)
    if len(both) == 2:
        yield [(gold, both[0]), (gold, both[1])]
    if match := WHICH_IS.match(said(answer)):
        yield [(gold, match["one"]), (gold, match["other"])]


# "7 with a remainder of 5", "7 R 5"
DIVIDED = re.compile(
    r"(?:q\s*=\s*|quotient:?\s*)?(?P<quotient>-?\d+)(?:,?\s+(?:with\s+|and\s+|and\s+with\s+)?(?:an?\s+|the\s+)?(?:remainder|rem\.?)(?:\s+of|\s+is|\s*[:=])?\s+|\s*[Rr]\.?\s*|,?\s*(?:and\s+)?r\s*=\s*|,\s*remainder:\s*)(?P<rest>\d+)"
)
ENDS = re.compile(
    r",?\s*\(?\s*(?:with\s+|where\s+)?both\s+(?:end(?:point)?s)\s+(?:are\s+|being\s+)?(?P<said>in|ex)cluded\s*\)?$",
    re.IGNORECASE,
)
ON_WEEKDAY = re.compile(rf"\s*\((?:(?:on|it\s+is)\s+)?(?:an?\s+)?{WEEKDAY}\)$")
NEXT_DAY = re.compile(
    r",?\s*\(?\b(?:on\s+)?the\s+(?:next|following)\s+(?:day|morning)\)?$|\s*\(next\s+(?:day|morning)\)$|,?\s+next\s+(?:day|morning)$"
    r"|\s*\(?\+\s*1\s*day\s*\)?$",
    re.IGNORECASE,
)
COEFFICIENTS = re.compile(r"\s*,?\s+with\s+(?:[a-z]\s*=\s*-?[\d./]+(?:,\s*(?:and\s+)?|\s+and\s+)?)+$")
GREATER = re.compile(
    r"(?P<left>[^<>=]+?)\s*(?P<sign>[<>])\s*(?P<right>[^<>=,]+),\s*so\s+(?P<said>[^<>=,]+?)\s+is\s+(?:the\s+)?(?P<word>greater|larger|bigger|smaller|less)(?:\s+(?:one|number))?"
)
BY = re.compile(r"(?P<one>\S.*?)\s*(?P<sign>\bby\b|\u00d7|\\times(?![a-z]))\s*(?P<other>[^\u00d7]*\S)")
UNIT = re.compile(r"\s[A-Za-z]+\.?$")
ONCE_MORE = re.compile(r"(?P<one>[^()]+?)\s*\((?P<other>[^()]+)\)")
AFTER = re.compile(
    r"(?:only\s+)?(?:after|in)\s+(?P<time>\d[\d.]*\s+(?:second|minute|hour|day|week|month|year)s?)", re.IGNORECASE
)
WHOLE_NAME = r"(?:any\s+|all\s+|every\s+|some\s+)?"
INTEGER = re.compile(
    rf",?\s*\(?(?:where\s+|with\s+|for\s+{WHOLE_NAME})?(?:(?P<name>[a-z])\s+(?:is\s+)?(?:an?\s+|any\s+)integer|integers?\s+(?P<behind>[a-z]))\)?$"
)
INTEGERS = re.compile(
    r"^(?:[a-z]\s*\\in\s*)?\u2983\s*(?P<said>[^\u2983\u2984|:]+?)\s*(?::|\||\\mid(?![a-z]))\s*(?P<of>[a-z]\s*\\in\s*\\mathbb\s*\{?\s*Z\s*\}?)\s*\u2984$"
)


def divisions(gold: str, answer: str) -> Iterator[Pairs]:
    """A quotient with its remainder: "q = 7, r = 5", "7 R 5", "7 with a remainder of 5"."""
    left, right = DIVIDED.fullmatch(said(gold)), DIVIDED.fullmatch(said(answer))
    if left and right:
        yield [(left["quotient"], right["quotient"]), (left["rest"], right["rest"])]


def told_more(gold: str, answer: str) -> Iterator[Pairs]:
    """A value and what is plain from it: its ends, its weekday, the next day, its coefficients, that it is the greater one."""
    plain = said(answer)
    if match := ENDS.search(plain):
        shut = re.search(r"[\[\]\u2264\u2265]|\\(?:le|ge)", plain) is not None
        if shut == (match["said"].casefold() == "in"):
            yield [(gold, plain[: match.start()])]
    for remark in (ON_WEEKDAY, COEFFICIENTS):
        if (shorter := remark.sub("", plain)) != plain:
            yield [(gold, shorter)]
    wanted = NEXT_DAY.sub("", said(gold))
    if wanted != said(gold):
        yield [(wanted, NEXT_DAY.sub("", plain))]
    if (match := GREATER.fullmatch(plain)) and (match["sign"] == ">") == (
        match["word"] in ("greater", "larger", "bigger")
    ):
        yield [(match["left"], match["said"]), (gold, match["said"])]


def synonyms(gold: str, answer: str) -> Iterator[Pairs]:
    """Words for the same: "right-angled" for "right"; "+ constant" for C."""
    plain = said(answer)
    if (other := re.sub(r"\bright-angled\b", "right", plain)) != plain:
        yield [(gold, other)]
    if (other := re.sub(r"\+\s*(?:an?\s+(?:arbitrary\s+)?)?const(?:ant|\.)?$", "+ C", plain)) != plain:
        yield [(gold, other)]


def led(gold: str, answer: str) -> Iterator[Pairs]:
    """A time behind what leads to it, "after 10 years"; a point with a bar, "(2 | 5)"; a list in round brackets."""
    plain = said(answer)
    if match := AFTER.fullmatch(plain):
        yield [(gold, match["time"])]
    if (point := re.sub(r"\(([^()|]+)(?:\||\\mid(?![a-z]))([^()|]+)\)", r"(\1,\2)", plain)) != plain:
        yield [(gold, re.sub(r"^[A-Z]\s*(?=\()", "", point))]
    inside = re.fullmatch(r"\(([^()]*)\)", plain)
    if inside and len(split_top(gold)) == len(split_top(inside[1])) > 2 and not gold.startswith("("):
        yield list(zip(split_top(gold), split_top(inside[1]), strict=True))


def whole(gold: str, answer: str) -> Iterator[Pairs]:
    r"""All integers of a name in words, and as a set: "x = k\pi, k an integer", `\{k\pi : k \in \mathbb{Z}\}`."""
    pair = [_of_integers(text) for text in (gold, answer)]
    if pair != [gold, answer]:
        yield [(pair[0], pair[1])]


def _of_integers(text: str) -> str:
    if match := INTEGERS.match(text):
        return f"{match['said']}, {match['of']}"
    plain = said(text)
    match = INTEGER.search(plain)
    return (
        rf"{plain[: match.start()]}, {match['name'] or match['behind']} \in \mathbb{{Z}}"
        if match and match.start()
        else text
    )


def sizes(gold: str, answer: str) -> Iterator[Pairs]:
    r"""Two sizes: "11 m by 6 m", `11 \times 6`; in any order where they are lengths."""
    left, right = BY.fullmatch(said(gold)), BY.fullmatch(said(answer))
    if not left or not right or "by" not in left["sign"]:
        return
    unit = UNIT.search(right["other"])
    with_units = unit or UNIT.search(right["one"])
    first, second = (left[name] if with_units else UNIT.sub("", left[name]) for name in ("one", "other"))
    one = right["one"] + (unit[0] if unit and not UNIT.search(right["one"]) else "")
    yield [(first, one), (second, right["other"])]
    if UNIT.search(left["other"]):
        yield [(first, right["other"]), (second, one)]


def both_ways(gold: str, answer: str) -> Iterator[Pairs]:
    """Several values, each written once more in parentheses: "x = 30° (\u03c0/6) and x = 150° (5\u03c0/6)"."""
    found = [ONCE_MORE.fullmatch(part.strip()) for part in split_top(answer.replace(AND, ","))]
    if len(found) > 1 and all(found):
        pairs = [(match["one"].rpartition("=")[2], match["other"]) for match in found if match]
        for number in (0, 1):
            yield [(gold, ", ".join(pair[number] for pair in pairs)), *pairs]


def each_named(gold: str, answer: str) -> Iterator[Pairs]:
    """Several things with their values in a sentence: "Sam has 12 cards and Pat has 36"."""
    things = things_of(gold) if " " in said(answer) else {}
    if things and {*(found := by_clause({*things}, f"{said(answer).rstrip('.')}."))} == {*things}:
        yield [(value, found[name]) for name, value in things.items()]


EXISTS = re.compile(
    r"(?:there\s+(?:is|are|exists?)\s+(?:at\s+least\s+one|an?|some)|at\s+least\s+one|some)\s+(?P<noun>[a-z]+)\s+(?:(?:that|which|who)\s+)?"
    r"(?:is|are)(?:\s+not|n['\u2019]t)\s+(?P<what>[a-z]+)|not\s+(?:all|every)\s+(?P<nouns>[a-z]+)\s+(?:is|are)\s+(?P<whats>[a-z]+)",
    re.IGNORECASE,
)


def existing(text: str) -> str:
    """What a sentence says of some things, in one form: "not all swans are white" is "some swan is not white"; "" for any other."""
    match = EXISTS.fullmatch(said(text).strip(" .\"'"))
    if match is None:
        return ""
    noun, what = match["noun"] or match["nouns"], match["what"] or match["whats"]
    return f"some {noun.casefold().removesuffix('s')} is not {what.casefold()}"


def some_are_not(gold: str, answer: str) -> Iterator[Pairs]:
    """A denied general statement in another form."""
    if (wanted := existing(gold)) and wanted == existing(answer):
        yield [(gold, gold)]


YES = re.compile(r"^(?:\\text\s*\{\s*)?yes,\s+(?=(?:they|it|the|this|these)\b)", re.IGNORECASE)
NTH = re.compile(
    r"^(?:on\s+)?the\s+(?P<number>\d+)(?:st|nd|rd|th)\s+(?P<noun>day|week|month|year|term|floor|row)$", re.IGNORECASE
)


def yes_and_said(gold: str, answer: str) -> Iterator[Pairs]:
    """A sentence behind "Yes, " for a gold answer that is one; "the 10th day" for "day 10"."""
    plain = said(answer).rstrip(" .")
    if re.match(r"(?:they|it|the|this|these)\b", said(gold), re.IGNORECASE) and (found := YES.match(plain)):
        yield [(gold, plain[found.end() :])]
    if match := NTH.match(plain):
        yield [(gold, f"{match['noun']} {match['number']}")]


IN_ORDER = re.compile(
    r"\s*\(in\s+(?:the|that|this)\s+(?:same\s+)?order(?:\s+(?:asked|given|requested))?\)$|,\s+in\s+(?:that|this)\s+order$|,?\s+\(?respectively\)?$",
    re.IGNORECASE,
)


def in_order(gold: str, answer: str) -> Iterator[Pairs]:
    """Several values with the remark that they are in order: "1/3, 1 and 9 (in the order asked)"."""
    plain = said(answer)
    if "," not in gold or (shorter := IN_ORDER.sub("", plain)) == plain:
        return
    wanted, given = split_top(gold), split_top(shorter.replace(AND, ","))
    if len(wanted) == len(given) > 1:
        yield list(zip(wanted, given, strict=True))


READINGS = (
    falls,
    in_order,
    percentages,
    glossed,
    turned,
    divisions,
    told_more,
    synonyms,
    led,
    whole,
    sizes,
    both_ways,
    each_named,
    yes_and_said,
    some_are_not,
)
