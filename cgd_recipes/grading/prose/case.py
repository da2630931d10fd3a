"""The gold answer in a sentence: the clauses that have it, and what stands around them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from cgd_recipes.grading.notation.words import UNITS, WORDS, listed
from cgd_recipes.grading.prose.echo import KINDS, stems
from cgd_recipes.grading.prose.told import Told, text_of
from cgd_recipes.grading.prose.values import numbers_in, numbers_of, places

CONCLUDES = re.compile(
    rf"^\W*(?:(?:and|or|but)\s+)?(?:{listed('concluding', 'asserting')}\b[,:]?\s*)+|\b(?:therefore|thus|hence)\b",
    re.IGNORECASE,
)
# A value that says the same once more, or why: "or about 3 months", "i.e. half", "because 3 * 4 = 12".
RESTATES = re.compile(rf"^\W*{listed('restating')}(?!\w)", re.IGNORECASE)
# "divisible by all three", "satisfies both 2 conditions"
ALL_OF = re.compile(r"\b(?:all|both|these|those)\s+(?:the\s+)?([2-9])\b(?![.,]\d)")
# Words that say nothing.
SILENT = frozenset(stems(" ".join(WORDS["silent"]))) | KINDS | {stem for name in UNITS for stem in stems(name)}


class Case(NamedTuple):
    """Where the gold answer stands in a sentence.

    Args:
        main: the clauses that have it, with those that they go on.
        before: what is before them.
        behind: what is behind them.
        asking: the sentence that asks.
        question: all of the question.
        several: whether the gold answer has several values.
        strict: whether the clauses must share a word with the question or conclude: what would be, and what is not the gold answer.
        alone: whether it is the only value of the sentence that the question does not have.
        computed: whether the working before the sentence ends in it.
    """

    main: tuple[Told, ...]
    before: tuple[Told, ...]
    behind: tuple[Told, ...]
    asking: str
    question: str
    several: bool
    strict: bool
    alone: bool = False
    computed: bool = False

    @property
    def core(self) -> str:
        """The clauses that have the gold answer, without those that they go on."""
        return "".join(each.clause.text for each in self.main if "gold" in each.kinds)

    @property
    def concludes(self) -> bool:
        """Whether a word, or what is before it, makes it a conclusion."""
        return bool(self.before) or CONCLUDES.search(text_of(self.main)) is not None


def is_alone(told: Sequence[Told], question: str) -> bool:
    """Whether the gold answer is the only value of a sentence that its question does not have."""
    given, gold, rest = numbers_of(question), set[str](), set[str]()
    for each in told:
        for value, kind in zip(each.clause.values, each.kinds, strict=True):
            (gold if kind == "gold" else rest).update(numbers_in(value))
        rest.difference_update(ALL_OF.findall(each.clause.said(0)))
    return not any("new" in each.kinds for each in told) and rest <= given and bool(gold - given)


def gold_places(told: Told) -> list[int]:
    """Where the values of the gold answer stand in a clause."""
    return [place for place, kind in zip(places(told.clause.text), told.kinds, strict=True) if kind == "gold"]
