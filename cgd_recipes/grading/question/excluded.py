r"""Points that an answer excludes as its question does, and those behind the domain that this gives: `x + 2, x \ne 2`."""

from __future__ import annotations

import re

from cgd_recipes.grading.question.domains import without_domain
from cgd_recipes.grading.question.superlatives import without_layout
from cgd_recipes.grading.readings.excluded import UNEQUAL, apart


def without_excluded(answer: str, gold: str, question: str) -> str:
    """An answer without points that it excludes behind its value and the question too, or without the domain before them; else ""."""
    if (excluded := apart(answer)) is None or UNEQUAL.search(gold):
        return ""
    asked, name = without_layout(UNEQUAL.sub("!=", question)), excluded.name
    stated = [
        rf"{re.escape(f'{without_layout(name)}!={without_layout(value)}')}(?!\.?\d|[/^])" for value in excluded.points
    ]
    if all(re.search(each, asked) for each in stated):
        return excluded.main
    main = without_domain(excluded.main, gold, question)
    return rf"{main}, {name} \ne {', '.join(excluded.points)}" if main else ""
