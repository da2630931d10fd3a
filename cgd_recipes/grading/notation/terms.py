r"""Sums and products in another order: `3 + 2m` and `2m + 3`, `4ba` and `4ab`. What needs more than that is for `equal`."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from cgd_recipes.grading.notation.clean import clean

MAX_LENGTH = 80
FACTOR = re.compile(
    r"(?:\d+(?:\.\d+)?|\\(?:pi|sqrt\s*\{[^{}]*\}|(?:ln|log|sin|cos|tan)\s*(?:[a-z](?![a-z])|\d*[a-z]?(?=$)|\([^()]*\)))|[A-Za-z](?![A-Za-z]*\())"
    r"(?:\^(?:\{[^{}]*\}|\w))?"
)
SIGNS = re.compile(r"\s+|\\cdot(?![A-Za-z])|\*")
# `x^{2}` is `x^2`
BRACED = re.compile(r"\^\{(\w)\}")
# `\sin(x)` is `\sin x`
OF_NAME = re.compile(r"(?P<function>\\(?:ln|log|sin|cos|tan))\((?P<name>[a-z])\)(?![A-Za-z])")
# `2(x + 1)(x - 3)^2`
PRODUCT = re.compile(r"(?P<first>[\dA-Za-z^]*)(?P<rest>(?:\([^()]+\)(?:\^\d)?){1,6})")
BRACKET = re.compile(r"\((?P<inside>[^()]+)\)(?:\^(?P<power>\d))?")
# `\frac{1}{1+x^2}`, `(x+1)/(x-2)`, `3/(x+1)`, but not `1+x/2`
QUOTIENT = re.compile(
    r"\\frac\{(?P<above1>[^{}]+)\}\{(?P<below1>[^{}]+)\}|(?:\((?P<above2>[^()]+)\)|(?P<above3>[^()+/{}-]+))"
    r"/(?:\((?P<below2>[^()]+)\)|(?P<below3>\d+|[a-z](?:\^\d)?))"
)
NAME = re.compile(r"[A-Za-z]|\\sqrt|\u221a")


def same_terms(one: str, other: str) -> bool:
    """Whether two texts have the same terms, each of the same factors, in any order."""
    left = terms(one) if NAME.search(one) and NAME.search(other) else None
    return bool(left) and left == terms(other)


@lru_cache(maxsize=256)
def terms(text: str) -> Counter[tuple[str, ...]] | None:
    """The terms of a sum, each as its sign and its factors in order; None where it is no plain sum with a name or a root in it."""
    plain = _plain(text) if len(text) <= MAX_LENGTH else ""
    plain = OF_NAME.sub(r"\g<function>\g<name>", plain)
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


def _plain(text: str) -> str:
    """A cleaned text without blanks, signs of multiplication and braces around an exponent of one character."""
    return BRACED.sub(r"^\1", SIGNS.sub("", clean(text)))


def same_factors(one: str, other: str) -> bool:
    """Whether two texts are products of the same sums in brackets, in any order."""
    left = factors(one) if ")" in one and ")" in other else None
    return bool(left) and left == factors(other)


def factors(text: str) -> Counter[tuple[frozenset[tuple[tuple[str, ...], int]], str]] | None:
    """The sums in brackets that a text multiplies, each with its power, and what stands before them; None where it is no such product."""
    plain = _plain(text) if len(text) <= MAX_LENGTH else ""
    match = PRODUCT.fullmatch(plain)
    if match is None:
        return None
    found: Counter[tuple[frozenset[tuple[tuple[str, ...], int]], str]] = Counter({(frozenset(), match["first"]): 1})
    for bracket in BRACKET.finditer(match["rest"]):
        inside = terms(bracket["inside"])
        if inside is None:
            return None
        found[frozenset(inside.items()), bracket["power"] or "1"] += 1
    return found


def same_quotient(one: str, other: str) -> bool:
    r"""Whether two texts are quotients of the same sums, each in any order: `\frac{1}{1+x^2}` and `1/(x^2 + 1)`."""
    if len(one) + len(other) > MAX_LENGTH or not all("/" in text or "frac" in text for text in (one, other)):
        return False
    found = [QUOTIENT.fullmatch(_plain(text)) for text in (one, other)]
    left, right = ([match[name] for name in match.groupdict() if match[name]] if match else [] for match in found)
    return bool(left and right) and all(
        first == second or same_terms(first, second) for first, second in zip(left, right, strict=True)
    )
