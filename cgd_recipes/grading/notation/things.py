"""Things and their values: "12 chickens and 8 cows", "radius 5, center (2, -3)", "Sam: 16, Tia: 12"."""

from __future__ import annotations

import re
from functools import lru_cache

from cgd_recipes.grading.notation.clean import AND
from cgd_recipes.grading.notation.structure import split_top
from cgd_recipes.grading.notation.text import said

# "radius r = 5", "center (h, k) = (2, -3)", "6 chickens", "cows: 4"
BEFORE = re.compile(
    r"(?:the\s+)?(?P<noun>(?:[xy]-)?[A-Za-z]{3,}|[A-Z][a-z])(?:\s+(?:is|has|gets|had)\s+(?:at\s+)?|\s*[:=]\s*(?:at\s+)?|\s+at\s+|\s+)(?:(?:[a-z]|\([a-z],\s*[a-z]\))\s*=\s*)?(?P<value>(?:[-+(\\\d$]|[b-z](?![A-Za-z])).*)",
    re.IGNORECASE,
)
# "longer piece: 45 cm", "quotient: x + 2"
LABELLED = re.compile(
    r"(?:the\s+)?(?P<noun>[A-Za-z][A-Za-z' -]+?)\s*:\s*(?:[a-z]\s*=\s*)?(?P<value>\S.*)", re.IGNORECASE
)
# "Ann is a knight", "Ann: knight"
IS_A = re.compile(r"(?P<noun>[A-Z][A-Za-z]*)(?:\s*:\s*|\s+is\s+)(?:an?\s+|the\s+)?(?P<value>[a-z][a-z -]+)")
BEHIND = re.compile(r"(?P<value>[-+]?[\d.]+)\s+(?P<noun>[A-Za-z]{3,})")
LETTERED = re.compile(r"(?P<name>[a-z])\s*=\s*(?P<value>[^=]+)")


@lru_cache(maxsize=64)  # a gold answer is asked for it several times
def things_of(gold: str) -> dict[str, str]:
    """The things that a gold answer names, each with its value: of "Sam: 16, Tia: 12", of "12 chickens and 8 cows"."""
    plain = said(gold)
    lettered = [LETTERED.fullmatch(part.strip()) for part in parts_of(plain)]
    if (
        len(lettered) > 1
        and all(lettered)
        and len(names := {match["name"]: match["value"] for match in lettered if match}) > 1
    ):
        return names if len(names) == len(lettered) else {}
    return things_in(plain)


def things_in(text: str) -> dict[str, str]:
    """Noun -> value; empty where a part has no noun, or two have the same."""
    parts = parts_of(text)
    found = [
        BEHIND.fullmatch(part) or IS_A.fullmatch(part) or LABELLED.fullmatch(part) or BEFORE.fullmatch(part)
        for part in parts
    ]
    things = {_noun(match["noun"]): match["value"].strip() for match in found if match}
    return things if len(things) == len(parts) > 1 else {}


def parts_of(text: str) -> list[str]:
    """The things of an answer, each with its value: between commas, semicolons and "and"."""
    return split_top(re.sub(rf",?\s*(?:{AND}|\band\b)\s*", ",", text).replace(";", ","))


def _noun(noun: str) -> str:
    small = noun.casefold()
    return {"centre": "center"}.get(small, small)
