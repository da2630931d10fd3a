"""Sets of real numbers in words: "all real numbers except 3", "every real number smaller than 2"."""

from __future__ import annotations

import re

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
    if match := BOUND.search(sentence):
        sign = ">" if match["than"] in ("greater", "larger", "bigger") else "<"
        return f"x {sign}{'=' * bool(match['equal'])} {match['number']}"
    return None
