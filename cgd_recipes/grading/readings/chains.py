r"""Chains of equals signs, and conclusions: `(4/2, 10/2) = (2, 5)`, `8:12 = 2:3`, `2x = 10 \iff x = 5`. Used by `readings`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cgd_recipes.grading.notation.structure import signs, split_top
from cgd_recipes.grading.notation.text import CONCLUDES
from cgd_recipes.grading.readings.premises import follows
from cgd_recipes.grading.readings.spellings import Pairs
from cgd_recipes.grading.values.single import LETTER, QUANTITY, chain, is_name

MAX_PARTS = 6
SIGNS, PLUS = re.compile(r"\\(?:pm|mp)(?![A-Za-z])"), re.compile(r"(?<=[({|])\+")
# A left side with letters: `(x,y)`, `a:b`, `M`
NAMED = re.compile(r"(?<![A-Za-z\\])[A-Za-z]|\\(?:text|mathrm)(?![A-Za-z])")
# What no plain chain of single values has: a tuple, a ratio
BEYOND_VALUES = re.compile(r"[(\[\u2983][^()\[\]]*,|:")
# A ratio of two constants
TWO_PARTS = re.compile(
    r"((?:[\d.{}\s]|\\(?:sqrt|frac|pi)(?![A-Za-z]))+):((?:[\d.{}\s]|\\(?:sqrt|frac|pi)(?![A-Za-z]))+)"
)
RELATION = re.compile(r"[<>=\u2264\u2265]|\\(?:le|ge)(?![A-Za-z])")
SO = r"[,;]?\s*(?:\\q?quad\s*)?\\text\s*\{\s*[,;]?\s*(?:so|hence|thus|therefore)(?:\s+that)?,?\s*\}"
CONCLUDED = re.compile(rf"{SO}|{CONCLUDES.pattern}")
ONE_WAY = re.compile(SO + r"|\\(?:implies|Rightarrow|Longrightarrow)(?![A-Za-z])|[\u21d2\u27f9]")
# \frac{a_{\text{Lea}}}{a_{\text{Tom}}}
NAME = r"(?:[A-Za-z](?:_(?:\w|\{(?:\w{1,12}|\\text\s*\{[A-Za-z ]{1,40}\})\}))?|\\text\s*\{[A-Za-z ]{1,40}\}|\[[A-Z]{3,8}\])"
RATIO_OF_NAMES = re.compile(rf"\\[dt]?frac\s*\{{\s*{NAME}\s*\}}\s*\{{\s*{NAME}\s*\}}\s*=(?P<value>[^=]+)")
TWICE = re.compile(
    r"(?:\\text\s*\{\s*)?(?P<times>twice|double|triple|three times|half(?: of)?|one half of)\s*\}?\s*(?P<of>[a-z])",
    re.IGNORECASE,
)
# An angle in a chain, of which the last part is in degrees; `\\sin^{-1}` is an inverse.
INVERSE = re.compile(r"\\(?:arc(?:sin|cos|tan|cot)(?![A-Za-z])|(?:sin|cos|tan|cot)\s*\^\s*\{?\s*-\s*1\s*\}?)")
POWER_OF = re.compile(r"\\(sin|cos|tan|cot)\s*\^\s*\{?\s*-\s*1\s*\}?")
TIMES = {"twice": "2", "double": "2", "triple": "3", "three times": "3"}


def equal_parts(gold: str, answer: str) -> Iterator[Pairs]:
    """Every part of a chain of tuples or ratios, with the names of their items before it."""
    names, parts = _parts(gold, answer)
    if parts and (len(parts) > 1 or not names) and all(BEYOND_VALUES.search(part) for part in parts):
        yield [(gold, names + part) for part in parts]


def equal_ratios(gold: str, answer: str) -> Iterator[Pairs]:
    """The last ratio of a chain in which all have one value."""
    names, parts = _parts(gold, answer)
    ratios = [TWO_PARTS.fullmatch(part.strip()) for part in parts]
    values = [rf"\frac{{{each[1].strip()}}}{{{each[2].strip()}}}" for each in ratios if each]
    if len(values) == len(ratios) > 1:
        yield [(gold, names + parts[-1]), *((values[-1], each) for each in values[:-1])]


def _parts(gold: str, answer: str) -> tuple[str, list[str]]:
    """The left side of a chain of tuples or ratios, if it has letters, and its other parts."""
    if "=" in gold or "=" not in answer or not BEYOND_VALUES.search(answer):
        return "", []
    first, *rest = split_top(answer, "=")
    if not 0 < len(rest) <= MAX_PARTS or first.count(":") not in (0, rest[0].count(":")):
        return "", []
    if QUANTITY.fullmatch(first):  # S_3(L)
        return "", rest
    if is_name(first) and len(rest) > 1 and is_name(rest[0]):  # S_0 = S_6 = (1, 2)
        return "", rest[1:]
    return (f"{first}=", rest) if NAMED.search(first) else ("", [first, *rest])


def ratios_of_names(gold: str, answer: str) -> Iterator[Pairs]:
    """The value of a ratio of two names."""
    if match := RATIO_OF_NAMES.fullmatch(answer):
        yield [(gold, match["value"].strip())]


def conclusions(gold: str, answer: str) -> Iterator[Pairs]:
    """What follows from other statements of its name, or says the same."""
    *before, last = CONCLUDED.split(answer)
    names = {*LETTER.findall(RELATION.split(last)[0])} if before and RELATION.search(last) else set()
    if (
        names
        and ("=" in last or not ONE_WAY.search(answer))
        and not CONCLUDED.search(gold)
        and all(RELATION.search(each) for each in before)
        and (ONE_WAY.search(answer) or all(names & {*LETTER.findall(each)} for each in before))
        and not _says_otherwise(before, last)
    ):
        said_again = [(each.strip(), last.strip()) for each in before]
        if ONE_WAY.search(answer):
            said_again = []
            if not follows(before, last):
                return
        yield [(gold, last.strip()), *said_again]


def _says_otherwise(before: list[str], last: str) -> bool:
    """Whether statements give the name that the last one gives a value another one."""
    name, _, value = last.partition("=")
    given = [each.partition("=") for each in before]
    return any(one.strip() == name.strip() and other.strip(" ,;") != value.strip(" ,;") for one, _, other in given)


# `105 + 112 + \\ldots + 196 = 2107`
SUM = re.compile(
    r"(?P<terms>\d{1,9}(?:\s*\+\s*\d{1,9})+)\s*\+\s*\\ldots\s*\+\s*(?P<last>\d{1,9})\s*=(?P<value>[^=]+(?:=[^=]+){0,3})"
)


def sums(gold: str, answer: str) -> Iterator[Pairs]:
    """The value of a sum with dots whose terms have one difference."""
    match = SUM.fullmatch(answer.strip()) if "ldots" in answer else None
    if match is None:
        return
    first, *rest = (int(term) for term in match["terms"].split("+"))
    last, step = int(match["last"]), rest[0] - first
    steps = range(first, last + step, step) if step and (last - first) // step > 0 else range(0)
    if last in steps and [first, *rest] == [*steps[: len(rest) + 1]]:
        yield [(gold, match["value"].strip()), (gold, str((first + last) * len(steps) // 2))]


def multiples(gold: str, answer: str) -> Iterator[Pairs]:
    r"""`\text{twice } k`."""
    if match := TWICE.fullmatch(answer.strip()):
        factor = TIMES.get(match["times"].casefold(), r"\frac{1}{2}")
        yield [(gold, f"{factor} {match['of']}")]


def angles(gold: str, answer: str) -> Iterator[Pairs]:
    r"""An angle of a chain, `\arcsin\frac12 = 30°`, whose parts are all the same, in radians or in degrees."""
    if "°" not in answer or not INVERSE.search(answer) or len(parts := chain(answer)) > MAX_PARTS:
        return
    while len(parts) > 1 and is_name(parts[0][1]) and not INVERSE.search(parts[0][1]):
        parts = parts[1:]
    values = [POWER_OF.sub(r"\\arc\1 ", value) for _, value in parts]
    plain = [value for value in values if not INVERSE.search(value)]
    if len(plain) == len(values) or any(LETTER.search(value) or r"\text" in value for value in values):
        return
    turned = [value.rstrip("°") if value.endswith("°") else rf"\frac{{180}}{{\pi}} ({value})" for value in values]
    same = [
        (left, f"{left} {sign} {right}") for left, (sign, _), right in zip(turned, parts[1:], turned[1:], strict=False)
    ]
    yield from ([(gold, value), *same] for value in plain)


def both_signs(gold: str, answer: str) -> Iterator[Pairs]:
    r"""A chain with `\pm` before its last part, which must hold with the upper and with the lower signs: `(\pm 3)^2 = 9`."""
    if (
        r"\pm" not in answer
        or SIGNS.search(gold)
        or len(parts := split_top(answer, "=")) < 2
        or SIGNS.search(parts[-1])
    ):
        return
    if not any(symbol in answer for symbol in ",<>") and answer.count("\\pm") <= MAX_PARTS:
        yield [(gold, PLUS.sub("", each)) for each in signs(answer)]


READINGS = (both_signs, equal_parts, equal_ratios, ratios_of_names, conclusions, sums, multiples, angles)
