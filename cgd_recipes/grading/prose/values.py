"""The values of a sentence and of a question: their places, units and numbers."""

from __future__ import annotations

import re
from functools import lru_cache

from cgd_recipes.grading.prose import spoken
from cgd_recipes.grading.prose.behind import unit
from cgd_recipes.grading.prose.figures import in_figures
from cgd_recipes.grading.prose.masked import M, Masked

NUMBER = re.compile(r"(?<![\w)])-?\d+(?:[.,/]\d+)*|\d+(?:[.,/]\d+)*")


@lru_cache(maxsize=64)
def numbers_of(question: str) -> frozenset[str]:
    """The numbers of a question, in figures or in words."""
    return frozenset(numbers_in(f"{in_figures(spoken.in_figures(question)) or ''} {question}"))


def numbers_in(text: str) -> set[str]:
    """The figures of a text."""
    return {number.replace(",", "") for number in NUMBER.findall(text)}


def places(text: str) -> list[int]:
    """Where the values of a clause stand."""
    return [place for place, char in enumerate(text) if char == M]


@lru_cache(maxsize=64)
def with_units(clause: Masked) -> list[tuple[str, str]]:
    """The values of a clause, each with the words behind it that may be its unit."""
    return [
        (value, unit(clause.text[place + 1 :], value))
        for place, value in zip(places(clause.text), clause.values, strict=True)
    ]
