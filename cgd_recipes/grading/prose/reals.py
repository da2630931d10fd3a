"""Sets of real numbers in words: "all real numbers except 3", "x is less than -2 or greater than 1"."""

from __future__ import annotations

import re

from cgd_recipes.grading.prose.echo import DENIES, concluding

NUMBER = r"(?:[a-z]\s*=\s*)?[-\u2212]?\d[\d./]*(?<!\.)"
ALL_BUT = re.compile(
    rf"\b(?:is|are|be|equals|consists\s+of|contains)\s+(?:the\s+set\s+of\s+)?(?P<said>(?:all|any|every)\s+(?:the\s+)?real\s+numbers?(?:\s+[a-z]\b)?"
    rf"\s+(?:except|other\s+than|but|excluding)\s+(?:for\s+)?{NUMBER}(?:(?:,|,?\s+and)\s+{NUMBER})*)[.!]?$"
)
BOUND = re.compile(
    r"\b(?:every|all|any)\s+(?:real\s+)?numbers?\s+(?:[a-z]\s+)?(?:that\s+(?:is|are)\s+)?(?P<than>greater|larger|bigger|less|smaller)\s+than\s+(?P<equal>or\s+equal\s+to\s+)?"
    r"(?P<number>[-\u2212]?\d[\d./]*(?<!\.))\s+(?:works?|satisf(?:y|ies)\b[^,]*|(?:is|are)\s+(?:an?\s+)?solutions?)(?:,\s+and\s+no\s+others?\b.*)?[.!]?$"
)
HALF = re.compile(
    r"\b(?:is|are|equals|consists\s+of)\s+(?:the\s+set\s+of\s+)?(?P<said>all\s+(?:the\s+)?(?:positive|negative|non-?negative)\s+real\s+numbers)[.!]?$"
)
DOUBT = re.compile(
    r"\b(?:not|n't|cannot|only|some|if|maybe|perhaps|might|could|should|whether|or(?!\s+equal))\b|\?", re.IGNORECASE
)


def said_of_reals(sentence: str) -> str | None:
    """The set of real numbers that a sentence ends with, in words or as an inequality of x; None where it is none."""
    if "real" not in sentence or DOUBT.search(sentence):
        return None
    if match := ALL_BUT.search(sentence) or HALF.search(sentence):
        return match["said"]
    if EVERY.search(sentence):
        return "all real numbers"
    if match := BOUND.search(sentence):
        sign = ">" if match["than"] in ("greater", "larger", "bigger") else "<"
        return f"x {sign}{'=' * bool(match['equal'])} {match['number']}"
    return None


EVERY = re.compile(
    r"\b(?:every|any|all)\s+real\s+numbers?(?:\s+[a-z])?\s+(?:satisf(?:y|ies)\s+(?:it|this|the\s+equation)|works?|(?:is|are)\s+(?:an?\s+)?solutions?)"
    r"(?:[;,]\s+(?:so\s+)?there\s+are\s+infinitely\s+many\s+solutions)?[.!]?$",
    re.IGNORECASE,
)
NO_OTHERS = re.compile(r",?\s+and\s+no\s+others?\b(?:\s+[a-z]+)?(?=\W*$)", re.IGNORECASE)
AGAIN = re.compile(r",\s+(?:meaning\s+that|that\s+is,?|i\.e\.,?|in\s+other\s+words,?)\s+", re.IGNORECASE)
# "every x that does not exceed -4"
NOT_MORE = re.compile(
    r"\b(?:(?:do|does)(?:\s+not|n['\u2019]t)\s+exceed|not\s+exceeding|(?:is|are)\s+(?:not|no)\s+(?:greater|larger|more|bigger)\s+than)\b",
    re.IGNORECASE,
)
NOT_LESS = re.compile(r"\b(?:is|are)\s+(?:not|no)\s+(?:less|smaller)\s+than\b", re.IGNORECASE)
END = r"[-\u2212]?(?:\d+(?:\.\d+)?(?:/\d+)?|\u03c0|\u221a\d+)"
WITHIN = re.compile(
    rf"\b(?P<strictly>strictly\s+)?(?:between\s+(?P<low>{END})\s+and|from\s+(?P<start>{END})\s+(?:up\s+)?to)\s+(?P<high>{END})"
)
BEYOND = re.compile(
    rf"\b(?:(?P<more>greater|larger|bigger|more|higher)|less|smaller|lower)\s+than\s+(?P<equal>or\s+equal\s+to\s+)?(?P<end>{END})"
    rf"|\bat\s+(?:(?P<least>least)|most)\s+(?P<bound>{END})|\b(?:(?P<above>above)|below)\s+(?P<past>{END})"
)
CLOSED = re.compile(
    r"\binclusive\b|\b(?:both\s+)?(?:ends?|endpoints?)\s+(?:are\s+)?included\b|\bincluding\s+(?:both|the)\s+end",
    re.IGNORECASE,
)
OPEN_ENDS = re.compile(r"\bexclusive\b|\bexcluded\b|\bexcluding\b|\bnot\s+includ", re.IGNORECASE)
# What is said of numbers, not of things.
OF_NUMBERS = re.compile(
    r"(?<![A-Za-z])[a-z](?![A-Za-z'])|\b(?:numbers?|values?|lengths?|solutions?|inequality|domain|range|interval|function|defined|holds|everything|reals)\b"
)
DOUBTED = re.compile(
    r"\b(?:false|fails?|undefined|maybe|perhaps|might|could|should|whether|if|unless|except|but|some|only\s+some)\b|\?",
    re.IGNORECASE,
)


def bounds_in(sentence: str, name: str = "x") -> str:
    """An inequality that a sentence concludes with in words; "" where it has none, or several that it does not join.

    Args:
        sentence: in full, with numbers in figures.
        name: what the inequality is for.
    """
    told = NO_OTHERS.sub("", AGAIN.split(concluding(sentence))[-1])
    told = NOT_LESS.sub("at least", NOT_MORE.sub("at most", told))
    within, beyond = [*WITHIN.finditer(told)], [*BEYOND.finditer(told)]
    closed = CLOSED.search(told) is not None
    if not OF_NUMBERS.search(told) or DOUBTED.search(told) or (DENIES.search(told) and not OPEN_ENDS.search(told)):
        return ""
    if len(within) == 1 and not beyond:
        match = within[0]
        if match["start"] and not closed:
            return ""
        sign = "<=" if closed and not match["strictly"] else "<"
        return f"{match['low'] or match['start']} {sign} {name} {sign} {match['high']}"
    if within or not 1 <= len(beyond) <= 2:
        return ""
    bounds = [_bound(match, name) for match in beyond]
    if len(bounds) == 1:
        return bounds[0]
    between = told[beyond[0].end() : beyond[1].start()]
    joint = re.search(r"\b(?:or|and)\b", between)
    return f"{bounds[0]} \\text{{ {joint[0]} }} {bounds[1]}" if joint and len(between.split()) <= MAX_BETWEEN else ""


MAX_BETWEEN = 6


def _bound(match: re.Match[str], name: str) -> str:
    above = match["more"] or match["least"] or match["above"]
    equal = "=" if match["equal"] or match["bound"] else ""
    return f"{name} {'>' if above else '<'}{equal} {match['end'] or match['bound'] or match['past']}"


# Behind a set: "with x \u2260 4"
EXCLUDES = re.compile(
    r"[\s$,]*(?:(?:with|where|and|but|for|except(?:\s+for)?)\s+(?:also\s+)?)?\$?[a-z]\$?\s*(?:\u2260|!=|\\neq?(?![a-z]))"
)
IS_SET = re.compile(r"[<>\u2264\u2265\u221e]|\\(?:[lg]eq?|infty|mathbb)(?![a-z])|[(\[][^()\[\]]*,")


def excludes_more(said: str, sentence: str) -> bool:
    """Whether a sentence excludes a number from the set that was read of it."""
    if ("\u2260" not in sentence and "!=" not in sentence and "\\ne" not in sentence) or not IS_SET.search(said):
        return False
    place = sentence.rfind(said)
    return place >= 0 and EXCLUDES.match(sentence, place + len(said)) is not None
