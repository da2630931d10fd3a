r"""Points that an answer excludes and at which it has no value anyway, or which the question excludes: `\frac{1}{x-1}, x \ne 1`."""

from __future__ import annotations

import re
from itertools import islice

from cgd_recipes.grading.notation.clean import AND, OR, clean, tidy
from cgd_recipes.grading.notation.structure import expand, split_top
from cgd_recipes.grading.notation.text import said
from cgd_recipes.grading.question.superlatives import without_layout
from cgd_recipes.grading.values.symbolic import has_pole

MAX_VALUES, MAX_POINTS = 60, 4
EXCLUDED = re.compile(
    r"\s*,?\s*(?P<open>\(\s*)?(?:(?:valid|defined|where|with|for|if|when|and|provided|assuming|that|all|any)\s+)*"
    rf"{AND}?\s*(?<![\d+*/^_-])(?<![\d+*/^_-]\s)(?P<name>\\?[A-Za-z]+(?:_\{{?\w\}}?)?)\s*(?:\\ne(?![A-Za-z])|\s+other\s+than)\s*"
    rf"(?P<values>(?:[^\\=<>()]|\\(?!ne(?![A-Za-z]))){{1,{MAX_VALUES}}})\s*(?(open)\))$"
)
# What else may stand behind the value
BEHIND = re.compile(r",\s|\s(?:for|where|if|when|with|provided)\s")
UNEQUAL = re.compile(r"\\neq?(?![A-Za-z])|\u2260|!=")


def without_excluded(answer: str, gold: str, question: str) -> str:
    """An answer without points that it excludes behind its value, and at which that has none, or which the question excludes; else ""."""
    if not ("ne" in answer or "\u2260" in answer or "!=" in answer or "other than" in answer) or UNEQUAL.search(gold):
        return ""
    read = UNEQUAL.sub(r"\\ne ", said(tidy(answer)))
    match = EXCLUDED.search(read)
    main = read[: match.start()].strip(" ,;" + AND) if match else ""
    if match is None or not main or OR in match["values"]:
        return ""
    name = match["name"]
    values = expand([part for each in split_top(match["values"].strip(" ,;"), AND) for part in split_top(each)])
    points = [value.strip() for value in islice(values, MAX_POINTS + 1)]
    if len(points) > MAX_POINTS:
        return ""
    asked = without_layout(UNEQUAL.sub("!=", question))
    stated = [rf"{re.escape(f'{without_layout(name)}!={without_layout(value)}')}(?!\.?\d|[/^])" for value in points]
    known = all(re.search(each, asked) for each in stated)
    value = clean(BEHIND.split(main.rpartition("=")[2], maxsplit=1)[0])
    return main if known or all(has_pole(value, name, clean(point)) for point in points) else ""
