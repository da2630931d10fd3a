r"""Several values of a sentence that are one: two ways to write it, hours and minutes, a ratio, a list."""

from __future__ import annotations

import re
from collections.abc import Callable

from cgd_recipes.grading.notation.words import UNITS, WORDS
from cgd_recipes.grading.prose.masked import M, Masked, S

ABOUT = r"(?:about|roughly|approximately|around|\u2248|approx\.?)"
WORDS_BEHIND = r"(?P<unit>(?:\s[A-Za-z/^\d\u00b2\u00b3]+){0,3}?)"
# "12π cubic inches, or roughly 37.7 cubic inches", "√61, which is about 7.81"
ROUNDED = re.compile(
    rf"{M}(?P<unit>(?:\s[A-Za-z]+){{0,2}}?),?\s*(?:\bor\b|\bwhich\s+is\b|\(|\bthat\s+is\b,?|,)?\s*{ABOUT}\s+{M}(?:\s[A-Za-z]+){{0,2}}\)?"
)
# "360 minutes, that is 6 hours"
SAME = re.compile(
    rf"{M}{WORDS_BEHIND},?\s+(?P<by>or|that\s+is|i\.e\.|which\s+(?:is|equals|is\s+the\s+same\s+as|is\s+equal\s+to|simplifies\s+to|reduces\s+to)),?\s+(?:just\s+)?{M}(?P<behind>(?:\s[a-z]+){{0,2}})"
)
AFTER_SAME = re.compile(rf"{M},(?=\s+(?:is|are|was|were|possible|different|of|in|for|on)\b)")
NAMELY = re.compile(rf"{M}(?:\s[a-z]+){{1,3}},?\s+namely:?\s+{M}")
# "has two solutions, 5 and -3"
COUNTED = re.compile(
    rf"\bha(?:s|ve)\s+(?:exactly\s+|only\s+|just\s+)?{M}(?:\s[a-z]+){{1,3}}[,:]\s+(?:namely,?\s+)?{M}(?:(?:,|,?\s+and|,?\s+or)\s+{M})*(?=[.!]?$)"
)
RATIO = re.compile(rf"(?<=\b)(?P<lead>(?:ratio|proportion|scale)\b[^{M}]*){M}\sto\s{M}", re.IGNORECASE)
CHANCE = re.compile(rf"{M}\s(?P<by>in|out\s+of)\s{M}(?!\s(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?)\b)")
COMPOUND = re.compile(rf"{M}\s(?P<large>[a-z]+)(?:\s+and|,)?\s+{M}\s(?P<small>[a-z]+)\b")
COMPOUNDS = {tuple(pair) for pair in WORDS["compounds"]}
# "some numbers greater than 3" and "positive numbers less than 3" are not all of them.
NOT_ALL = "".join(
    rf"(?<!\b{kind}\s)"
    for kind in ("some", "few", "many", "positive", "negative", "rational", "natural", "whole", "even", "odd", "prime")
)
COMPARED = re.compile(
    rf"(?:(?:{NOT_ALL}\breal\s+|{NOT_ALL}(?<!\breal\s))\b(?:numbers?|values?)\s+(?:of\s+)?(?:(?P<name>{S})\s+)?|(?<=\ball\s){S}\s+|(?<=\bevery\s){S}\s+)(?:that\s+(?:is|are)\s+)?(?P<than>greater\s+than|larger\s+than|less\s+than|smaller\s+than)(?P<equal>\s+or\s+equal\s+to)?\s+{M}"
)
# "the square root of 10", "twelve squared", "four degrees below zero", "one in four"
ROOT = re.compile(rf"(?:\bthe\s+)?\b(?P<kind>square|cube)\s+root\s+of\s+{M}")
TIMES_ROOT = re.compile(rf"{M}\s+times\s+{M}")
PERCENT = re.compile(rf"(?<!\$){M}\s+(?:percent|per\s+cent)\b")
POWER = re.compile(rf"{M}\s+(?P<kind>squared|cubed)\b")
BELOW_ZERO = re.compile(
    rf"{M}(?P<unit>\s+degrees?(?:\s+(?:Celsius|Fahrenheit))?)?\s+below\s+(?:zero|freezing|0)\b(?P<scale>\s+(?:Celsius|Fahrenheit)\b)?|{M}(?P<unit2>\s+degrees?(?:\s+(?:Celsius|Fahrenheit))?)?\s+below\s+{M}"
)
ONE_IN = re.compile(rf"\b(?:one|1)\s+(?:in|out\s+of)\s+{M}", re.IGNORECASE)
# "half of 32, which is 16": the value behind.
ARITHMETIC = re.compile(
    rf"{M}\s+(?:divided\s+by|times|multiplied\s+by|plus|minus|over)\s+{M},?\s+(?:which\s+(?:is|equals|makes|gives)|that\s+is,?|i\.e\.,?|or|giving)\s+{M}"
)
PART_OF = re.compile(
    rf"(?:\b(?:half|twice|double|triple|thrice)\b|{M})\s+(?:of\s+)?(?:the\s+)?{M},?\s+(?:which\s+(?:is|equals|makes|gives)|that\s+is,?|i\.e\.,?|so|or|giving)\s+{M}"
)
COORDINATES = re.compile(
    rf"(?:\bwith\s+(?:an?\s+|the\s+)?)?\bx-coordinate\s+(?:of\s+)?{M},?\s+and\s+(?:an?\s+|the\s+)?y-coordinate\s+(?:of\s+)?{M}"
)
NUMBERS = rf"(?:\b(?:real\s+|all\s+|the\s+)*(?:numbers?|values?|reals?)|{S})"
# One of these words is in all of them.
SPOKEN = re.compile(
    r"\b(?:interval|coordinate|plus|root|percent|per|squared|cubed|below|one|1|half|twice|double|triple|thrice|above|under|over|between|where|times|divided|multiplied|plus|minus|least|most|than|of)\b",
    re.IGNORECASE,
)
# "the closed interval from -5 to 5", "the interval from 3 to infinity, that is (3, ∞)"
INTERVAL = re.compile(
    rf"\b(?:(?P<kind>closed|open)\s+)?interval\s+(?:from\s+{M}\s+(?:up\s+)?to|between\s+{M}\s+and)\s+{M}(?P<again>,?\s+(?:i\.e\.|that\s+is|or),?\s+{M})?(?P<closed>,?\s+\(?(?:inclusive|both\s+(?:ends\s+)?included|with\s+both\s+ends)\)?)?"
)
PLUS_MINUS = re.compile(rf"\bplus\s+(?:or|and)\s+(?:minus\s+)?{M}")
BETWEEN = re.compile(
    rf"{NUMBERS}(?:\s+(?:lies?|lying|is|are|strictly|that|which|with|x|from))*\s+between\s+{M}\s+and\s+{M}(?P<closed>,?\s+\(?(?:inclusive|included|both\s+included|with\s+both\s+ends))?"
)
AT_LEAST = re.compile(
    rf"(?P<name>{S})\s+(?:is|must\s+be|has\s+to\s+be)\s+(?P<than>at\s+least|at\s+most|greater\s+than(?:\s+or\s+equal\s+to)?|larger\s+than|less\s+than(?:\s+or\s+equal\s+to)?|smaller\s+than|not\s+less\s+than)\s+{M}"
)
WHERE = re.compile(rf"\bwhere\s+{S}\s+(?:is|=|equals)\s+{M}\s+and\s+{S}\s+(?:is|=|equals)\s+{M}")
EVERY = re.compile(rf"\b(?:every|all|any|each)\s+(?:real\s+)?(?:{S}|numbers?)\s+(?P<than>below|above|under|over)\s+{M}")
WHERE_BOTH = re.compile(rf"\bwhere\s+{M}\s+and\s+{M}")
ITEM = rf"[{M}{S}]"
LIST = re.compile(
    rf"(?P<left>{ITEM})(?P<by>,\s+(?:and\s+|or\s+|then\s+)?|\s+and\s+(?:the\s+)?|\s+or\s+|\s*&\s*)(?P<right>{ITEM})(?!\s+(?:more|others?)\b)"
)
EQUATIONS = re.compile(rf"{M}\s+and\s+(?:the\s+)?(?:[a-z]+\s+){{1,2}}{M}")

# "3.5 + 3.5, that is, 7", "2³ to 3³"
UNREDUCED = re.compile(r"^[\d.\s()]+[+\u00d7*\u00b7][\d.\s()+\u00d7*\u00b7]*$|\d[\u00b2\u00b3]:\d")

Merge = Callable[[str, re.Match[str], str], str]


def restated(main: Masked) -> Masked:
    """A sentence in which two ways to write one value, a compound quantity, a ratio and a chance are one value."""
    main = _compounds(with_symbols(main))
    for pattern, merge in (
        (ROUNDED, lambda left, match, right: left + known_unit(match["unit"])),
        (CHANCE, lambda left, match, right: f"{left} {match['by']} {right}"),
        (NAMELY, lambda left, match, right: right),
        (SAME, _same),
    ):
        main = _merged(main, pattern, merge)
    if match := COUNTED.search(main.text):
        count, *items = main.part(*match.span()).values
        if count == str(len(items)):
            main = main.replaced(*match.span(), ", ".join(items))
            main = main._replace(text=f"{main.text[: match.start()]}is {main.text[match.start() :]}")
    while match := AFTER_SAME.search(main.text):  # "half a liter, or 500 milliliters, is left"
        if " or " not in main.part(*match.span()).values[0]:
            break
        main = main._replace(text=main.text[: match.end() - 1] + main.text[match.end() :])
    while match := RATIO.search(main.text):
        start = match.end("lead")
        left, right = main.part(start, match.end()).values
        main = main.replaced(start, match.end(), f"{left}:{right}")
    while match := COMPARED.search(main.text):
        sign = "<" if match["than"].startswith(("less", "smaller")) else ">"
        value = main.part(*match.span()).values[0]
        main = main.replaced(*match.span(), f"x {sign}{'=' * bool(match['equal'])} {value}")
    return main


def with_symbols(main: Masked) -> Masked:
    """A sentence in which roots, powers, negative degrees, chances, bounds and points in words are one value."""
    if not SPOKEN.search(main.text):
        return main
    for pattern, said in (
        (ROOT, lambda match, values: ("\\sqrt" if match["kind"] == "square" else "\\sqrt[3]") + f"{{{values[0]}}}"),
        (PERCENT, lambda match, values: values[0] + "%"),
        (POWER, lambda match, values: values[0] + ("\u00b2" if match["kind"] == "squared" else "\u00b3")),
        (
            BELOW_ZERO,
            lambda match, values: (
                "-" + values[0] + (match["unit"] or match["unit2"] or "") + (match["scale"] or "")
                if values[1:] in ((), ("0",))
                else None
            ),
        ),
        (ONE_IN, lambda match, values: f"1/{values[-1]}"),
        (COORDINATES, lambda match, values: f"({values[0]}, {values[1]})"),
        (WHERE, lambda match, values: f"({values[0]}, {values[1]})"),
        (INTERVAL, _interval),
        (
            PLUS_MINUS,
            lambda match, values: (
                "\u00b1" + values[0].lstrip("-") if "minus" in match[0] or values[0][0] == "-" else None
            ),
        ),
        (
            BETWEEN,
            lambda match, values: (
                f"{values[0]} \u2264 x \u2264 {values[1]}" if match["closed"] else f"{values[0]} < x < {values[1]}"
            ),
        ),
        (AT_LEAST, _bound),
        (EVERY, lambda match, values: f"x {'<' if match['than'] in ('below', 'under') else '>'} {values[0]}"),
        (WHERE_BOTH, lambda match, values: ", ".join(values) if all("=" in value for value in values) else None),
        (ARITHMETIC, lambda match, values: values[-1]),
        (PART_OF, lambda match, values: values[-1]),
        (TIMES_ROOT, lambda match, values: f"{values[0]}{values[1]}" if values[1].startswith("\\sqrt") else None),
    ):
        start = 0
        while match := pattern.search(main.text, start):
            counted = pattern is BETWEEN and re.search(rf"{M}\s(?:[a-z-]+\s)*$", main.text[: match.start()])
            written = None if counted else said(match, main.part(*match.span()).values)
            start = match.start() + 1
            if written is not None:
                main = main.replaced(*match.span(), written)
    return main


def _interval(match: re.Match[str], values: tuple[str, ...]) -> str | None:
    """An interval in words; None where nothing says if its ends belong to it."""
    if match["again"]:
        return values[-1]
    kind = "closed" if match["closed"] else match["kind"]
    left, right = ("[", "]") if kind == "closed" else ("(", ")")
    return f"{left}{values[0]}, {values[1]}{right}" if kind else None


def _bound(match: re.Match[str], values: tuple[str, ...]) -> str:
    sign = "<" if re.match(r"(?:less|smaller|at\s+most)", match["than"]) else ">"
    return f"x {sign}{'=' * ('equal' in match['than'] or 'at ' in match['than'] or 'not' in match['than'])} {values[0]}"


def _same(left: str, match: re.Match[str], right: str) -> str:
    left, right = (re.sub(r"(?<!\\)\$(?=\d[\d.,]*$)", r"\\$", value) for value in (left, right))
    unit = known_unit(match["unit"])
    if left == right or (not unit and (match["by"].startswith(("which simpl", "which red")) or UNREDUCED.search(left))):
        return right + match["behind"]
    if right.startswith(r"\$"):
        return right + match["behind"]
    if re.search(r"[!^*/(\u00d7\u00b7]|\\[dt]?frac", left) and "=" not in left + right and not unit:
        return f"{left} = {right}{match['behind']}"
    if not unit and match["unit"]:
        unit = match["unit"]
    return f"{left}{unit} or {right}{match['behind']}"


def listed_together(main: Masked) -> Masked:
    """A clause in which the items of a list are one value."""
    while match := LIST.search(main.text):
        start, end = match.span()
        if main.text[start:end].count(S) == 2 and "and" not in match["by"] and "or" not in match["by"]:
            break
        joint = " or " if "or" in match["by"] else ", "
        main = main.replaced(start, end, main.said(start, start + 1) + joint + main.said(end - 1, end))
    for match in EQUATIONS.finditer(main.text):
        left, right = main.part(*match.span()).values
        if "=" in left and left.split("=")[0].strip() == right.split("=")[0].strip():
            return main.replaced(*match.span(), f"{left}, {right}")
    return main


APPROXIMATE = re.compile(rf"{ABOUT}\s+(?={M})")


def rounded(main: Masked) -> Masked:
    """A clause without the "about" before a value that has two decimals or more: it is rounded, not guessed."""
    for match in reversed([*APPROXIMATE.finditer(main.text)]):
        if re.search(r"\.\d\d", main.values[main.text.count(M, 0, match.start())]):
            main = main._replace(text=main.text[: match.start()] + main.text[match.end() :])
    return main


def _compounds(main: Masked) -> Masked:
    """Hours and minutes, dollars and cents as one quantity."""
    for start in [place for place, char in enumerate(main.text) if char == M]:
        match = COMPOUND.match(main.text, start)
        if match is None or (match["large"].rstrip("s"), match["small"].rstrip("s")) not in COMPOUNDS:
            continue
        place = main.text.count(M, 0, start)
        left, right = main.values[place : place + 2]
        whole = f"{left} {match['large']} {right} {match['small']}"
        if match["small"].startswith("cent") and left.isdigit() and right.isdigit():
            whole = f"${left}.{right:0>2}"
        return main.replaced(start, match.end(), whole)
    return main


def _merged(main: Masked, pattern: re.Pattern[str], merge: Merge) -> Masked:
    """A sentence in which each pair of values that a pattern finds is one; of words behind them a known unit belongs to it."""
    while match := pattern.search(main.text):
        behind = match.groupdict().get("behind") or ""
        if behind != known_unit(behind):
            end = match.start("behind") + len(known_unit(behind))
            match = pattern.search(main.text[:end], match.start())
            if match is None:
                break
        place = main.text.count(M, 0, match.start())
        left, right = main.values[place : place + 2]
        main = main.replaced(match.start(), match.end(), merge(left, match, right))
    return main


def known_unit(words: str) -> str:
    """The words that are a known unit, without those behind it; empty where they are none."""
    parts = words.split()
    if parts[:1] == ["in"] and len(parts) > 1:  # "95 minutes in total"
        return ""
    return next(
        (f" {' '.join(parts[:count])}" for count in range(len(parts), 0, -1) if " ".join(parts[:count]) in UNITS), ""
    )
