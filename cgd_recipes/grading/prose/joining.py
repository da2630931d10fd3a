r"""Several values of a sentence that are one: two ways to write it, hours and minutes, a ratio, a list."""

from __future__ import annotations

import re
from collections.abc import Callable

from cgd_recipes.grading.prose.lexer import M, Masked, S
from cgd_recipes.grading.prose.words import UNITS, WORDS

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
NAMELY = re.compile(rf"{M}(?:\s[a-z]+){{1,3}},?\s+namely:?\s+{M}")
RATIO = re.compile(rf"(?<=\b)(?P<lead>(?:ratio|proportion|scale)\b[^{M}]*){M}\sto\s{M}", re.IGNORECASE)
CHANCE = re.compile(rf"{M}\s(?P<by>in|out\s+of)\s{M}")
COMPOUND = re.compile(rf"{M}\s(?P<large>[a-z]+)(?:\s+and|,)?\s+{M}\s(?P<small>[a-z]+)\b")
COMPOUNDS = {tuple(pair) for pair in WORDS["compounds"]}
COMPARED = re.compile(
    rf"(?:\breal\s+)?\b(?:numbers?|values?)\s+(?:of\s+)?(?:(?P<name>{S})\s+)?(?:that\s+(?:is|are)\s+)?(?P<than>greater\s+than|larger\s+than|less\s+than|smaller\s+than)(?P<equal>\s+or\s+equal\s+to)?\s+{M}"
)
ITEM = rf"[{M}{S}]"
LIST = re.compile(
    rf"(?P<left>{ITEM})(?P<by>,\s+(?:and\s+|or\s+|then\s+)?|\s+and\s+(?:the\s+)?|\s+or\s+|\s*&\s*)(?P<right>{ITEM})"
)
EQUATIONS = re.compile(rf"{M}\s+and\s+(?:the\s+)?(?:[a-z]+\s+){{1,2}}{M}")

Merge = Callable[[str, re.Match[str], str], str]


def restated(main: Masked) -> Masked:
    """A sentence in which two ways to write one value, a compound quantity, a ratio and a chance are one value."""
    main = _compounds(main)
    for pattern, merge in (
        (ROUNDED, lambda left, match, right: left + known_unit(match["unit"])),
        (CHANCE, lambda left, match, right: f"{left} {match['by']} {right}"),
        (NAMELY, lambda left, match, right: right),
        (SAME, _same),
    ):
        main = _merged(main, pattern, merge)
    while match := RATIO.search(main.text):
        start = match.end("lead")
        left, right = main.part(start, match.end()).values
        main = _replaced(main, start, match.end(), f"{left}:{right}")
    while match := COMPARED.search(main.text):
        sign = "<" if match["than"].startswith(("less", "smaller")) else ">"
        value = main.part(*match.span()).values[0]
        main = _replaced(main, *match.span(), f"x {sign}{'=' * bool(match['equal'])} {value}")
    return main


def _same(left: str, match: re.Match[str], right: str) -> str:
    unit = known_unit(match["unit"])
    if (
        unit
        and match["by"].startswith(("that", "i.e", "which"))
        and (known_unit(match["behind"]) not in ("", unit) or right.startswith(("$", "\u20ac", "\u00a3")))
    ):
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
        main = _replaced(main, start, end, main.said(start, start + 1) + joint + main.said(end - 1, end))
    for match in EQUATIONS.finditer(main.text):
        left, right = main.part(*match.span()).values
        if "=" in left and left.split("=")[0].strip() == right.split("=")[0].strip():
            return _replaced(main, *match.span(), f"{left}, {right}")
    return main


def _compounds(main: Masked) -> Masked:
    """Hours and minutes, dollars and cents as one quantity."""
    for start in (match.start() for match in re.finditer(M, main.text)):
        match = COMPOUND.match(main.text, start)
        if match is None or (match["large"].rstrip("s"), match["small"].rstrip("s")) not in COMPOUNDS:
            continue
        place = main.text.count(M, 0, start)
        left, right = main.values[place : place + 2]
        whole = f"{left} {match['large']} {right} {match['small']}"
        if match["small"].startswith("cent") and left.isdigit() and right.isdigit():
            whole = f"${left}.{right:0>2}"
        return _replaced(main, start, match.end(), whole)
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
        main = _replaced(main, match.start(), match.end(), merge(left, match, right))
    return main


def known_unit(words: str) -> str:
    """The words that are a known unit, without those behind it; empty where they are none."""
    parts = words.split()
    return next(
        (f" {' '.join(parts[:count])}" for count in range(len(parts), 0, -1) if " ".join(parts[:count]) in UNITS), ""
    )


def _replaced(main: Masked, start: int, end: int, said: str) -> Masked:
    """A sentence in which the values of a span are one, said in these words."""
    values, symbols = main.text.count(M, 0, start), main.text.count(S, 0, start)
    inner = main.text[start:end]
    return Masked(
        main.text[:start] + M + main.text[end:],
        (*main.values[:values], said, *main.values[values + inner.count(M) :]),
        (*main.symbols[:symbols], *main.symbols[symbols + inner.count(S) :]),
    )
