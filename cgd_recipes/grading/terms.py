r"""Sums and products in another order: `3 + 2m` and `2m + 3`, `4ba` and `4ab`. What needs more than that is for `equal`."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from cgd_recipes.grading.clean import clean

MAX_LENGTH = 80
FACTOR = re.compile(
    r"(?:\d+(?:\.\d+)?|\\(?:pi|sqrt\s*\{[^{}]*\}|(?:ln|log|sin|cos|tan)\s*(?:[a-z](?![a-z])|\d*[a-z]?(?=$)|\([^()]*\)))|[A-Za-z](?![A-Za-z]*\())"
    r"(?:\^(?:\{[^{}]*\}|\w))?"
)
NAME = re.compile(r"[A-Za-z]|\\sqrt|\u221a")


def same_terms(one: str, other: str) -> bool:
    """Whether two texts have the same terms, each of the same factors, in any order."""
    left = terms(one) if NAME.search(one) and NAME.search(other) else None
    return bool(left) and left == terms(other)


@lru_cache(maxsize=256)
def terms(text: str) -> Counter[tuple[str, ...]] | None:
    """The terms of a sum, each as its sign and its factors in order; None where it is no plain sum with a name or a root in it."""
    plain = re.sub(r"\s+|\\cdot(?![A-Za-z])|\*", "", clean(text)) if len(text) <= MAX_LENGTH else ""
    if not NAME.search(plain):
        return None
    found: Counter[tuple[str, ...]] = Counter()
    place = 0
    while place < len(plain):
        sign = plain[place] if plain[place] in "+-" else ""
        if place and not sign:
            return None
        place += len(sign)
        factors = []
        while match := FACTOR.match(plain, place):
            factors.append(match[0])
            place = match.end()
        if not factors:
            return None
        found[(sign.replace("+", ""), *sorted(factors))] += 1
    return found
