"""Mathematics that a sentence says in words, in symbols: "12 times the square of x", "a quarter of F", "with components 0.6 and 0.8"."""

from __future__ import annotations

import re

from cgd_recipes.grading.notation.spelled import PARTS, TENS, UNITS, spelled
from cgd_recipes.grading.notation.words import any_of

NAME = r"(?<![A-Za-z\\$])(?P<name>[B-HJ-Zb-hj-z])(?![A-Za-z'\u2019])"
SMALL = any_of(word for word, number in UNITS.items() if number > 1)
WORDS = rf"(?:(?:{any_of(TENS)}[\s-])?{SMALL}|{any_of(TENS)})"
NO_SCALE = r"(?![\s-](?:hundred|thousand|million|point|and\s+a|thirds?|quarters?|hal))"
POWER = re.compile(rf"\bthe\s+(?P<power>square|cube)\s+of\s+{NAME}", re.IGNORECASE)
ROOT = re.compile(
    rf"(?:\bthe\s+)?\bsquare\s+root\s+of\s+(?P<of>\d+\b(?![./^]\d)|{WORDS}\b{NO_SCALE}|(?<![A-Za-z])[a-z]\b(?!\s?[-+*/^]))"
)
TIMES = re.compile(
    rf"(?<![\w.^/-])(?<!hundred\s)(?<!hundred\sand\s)(?<!thousand\s)(?<!point\s)(?P<count>\d+|{WORDS})\s+times\s+(?=[b-zB-Z]\^|\u221a|[xyztnr]\b)"
)
# "sin x", "one over x"
OF_NAME = re.compile(r"(?<![A-Za-z\\])(?P<function>sin|cos|tan|ln)\s+(?P<name>[a-z])(?![A-Za-z'\u2019])")
OVER = re.compile(rf"\b(?P<above>\d+|one|{WORDS})\s+over\s+(?P<below>[a-z])(?=\W*$|[,;]\s)", re.IGNORECASE)
FUNCTION = re.compile(r"\b(?P<what>(?:co)?sine|tangent)\s+of\s+(?=[a-z]\b)", re.IGNORECASE)
FUNCTIONS = {"sine": "sin", "cosine": "cos", "tangent": "tan"}
# "the reciprocal of x² + 1"
TERM = r"(?:\d*[a-z]?(?:[\u00b2\u00b3]|\^\d)?)"
RECIPROCAL = re.compile(
    rf"\bthe\s+reciprocal\s+of\s+(?P<of>(?=[\w]){TERM}(?:\s?[-+]\s?{TERM}){{0,4}})(?=\W*$)", re.IGNORECASE
)
NTHS = any_of([*PARTS, *(f"{part}s" for part in PARTS)])
ABOVE = [word for word, number in UNITS.items() if 0 < number < 10]
SHARE = re.compile(
    rf"(?<!and\s)(?<!plus\s)(?<![\w-])(?:(?P<above>an?|{any_of(ABOVE)})[\s-](?P<below>{NTHS})|(?<!a\s)half)\s+of\s+{NAME}(?!\s?[-+*/^=(])",
    re.IGNORECASE,
)
EXPRESSION = r"[^\s,;.]+(?:\s[-+\u2212]\s[^\s,;.]+){0,3}"
PRODUCT = re.compile(
    rf"\bthe\s+product\s+of\s+\(?(?P<one>{EXPRESSION})\)?\s+and\s+\(?(?P<other>{EXPRESSION})\)?(?=[.,;](?:\s|$)|$)"
)
LINE = re.compile(
    r"\b(?:the\s+)?(?P<kind>open|closed)\s+(?:half-?\s?line|ray|interval)\s+from\s+(?P<low>-?[\d./]+)\s+(?:up\s+)?to\s+(?:positive\s+|plus\s+)?infinity\b(?:,\s+(?P=low)\s+itself\s+(?:excluded|not\s+included))?",
    re.IGNORECASE,
)
# "minus F/4", "minus 2x^2"
MINUS = re.compile(r"\b(?:minus|negative)\s+(?=\d*[A-Za-z]?/\d|\d*[a-z]\^|\d*\u221a|(?:sin|cos|tan|ln)\()")
NUMBER = r"\$?[-\u2212]?\d+(?:[./]\d+)?\$?"
# "with x = 4 and y = 2", "x = 3, where of course y = 0", "abscissa 2 and ordinate -16"
PAIRS = tuple(
    re.compile(rf"{first}(?P<first>{NUMBER}){between}(?P<second>{NUMBER})(?![\w^*/+(]|\s?[-+*/^(]|\.\d)", re.IGNORECASE)
    for first, between in (
        (
            r"(?:(?<=point\s)with\s+)?\$?(?<![A-Za-z\d)])x\s?=\s?",
            r",?\s+(?:and\s+|where\s+(?:of\s+course\s+)?|with\s+)?\$?y\s?=\s?",
        ),
        (
            r"(?:,?\s+with\s+)?\babscissa\s+(?:of\s+|is\s+)?",
            r",?\s+and\s+(?:(?:an?|its)\s+)?ordinate\s+(?:of\s+|is\s+)?",
        ),
        (r"(?<=components\s)", r"\s+and\s+"),
        (r"(?<=coordinates\s)", r"\s+and\s+"),
    )
)


def with_formulas(sentence: str, asking: str) -> str:
    """A sentence with such mathematics in symbols.

    Args:
        sentence: with its quantities in figures.
        asking: the sentence that asks; a reciprocal or a product of which it speaks may be another one.
    """
    if " of " in sentence:
        sentence = ROOT.sub(lambda match: f"\u221a{_digits(match['of'])}", POWER.sub(_power, sentence))
        sentence = TIMES.sub(lambda match: _digits(match["count"]), sentence)
        sentence = SHARE.sub(_share, FUNCTION.sub(lambda match: f"{FUNCTIONS[match['what'].casefold()]} ", sentence))
        if "reciprocal" not in asking:
            sentence = RECIPROCAL.sub(r"1/(\g<of>)", sentence)
        if "actor" in asking:
            sentence = PRODUCT.sub(r"(\g<one>)(\g<other>)", sentence)
    if " over " in sentence:
        sentence = OVER.sub(lambda match: f"{_digits(match['above'])}/{match['below']}", sentence)
    if "constant" in sentence or "+ C" in sentence:
        sentence = OF_NAME.sub(r"\g<function>(\g<name>)", sentence)
    if "infinity" in sentence:
        sentence = LINE.sub(
            lambda match: f"{'[' if match['kind'].casefold() == 'closed' else '('}{match['low']}, \u221e)", sentence
        )
    if "minus" in sentence or "negative" in sentence:
        sentence = MINUS.sub("-", sentence)
    for pair in PAIRS:
        sentence = pair.sub(_pair, sentence)
    return sentence


def _digits(count: str) -> str:
    found = spelled(count)
    return str(found[0]) if found else count


def _power(match: re.Match[str]) -> str:
    return f"{match['name']}^{2 if match['power'].casefold() == 'square' else 3}"


def _share(match: re.Match[str]) -> str:
    below, above = (match["below"] or "half").casefold(), (match["above"] or "a").casefold()
    count = UNITS.get(above, 1)
    return f"{count if count > 1 else ''}{match['name']}/{PARTS.get(below) or PARTS[below.removesuffix('s')]}"


def _pair(match: re.Match[str]) -> str:
    led = " at " if match[0].lstrip().startswith(("with", ",")) and "abscissa" in match[0] else ""
    return f"{led}({match['first'].strip('$')}, {match['second'].strip('$')})"
