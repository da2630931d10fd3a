r"""Points that an answer excludes and at which it has no value anyway: `\frac{1}{x-1}, x \ne 1`. Used by `conditions`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from cgd_recipes.grading.notation.clean import AND, OR, clean, tidy
from cgd_recipes.grading.notation.structure import expand, split_top
from cgd_recipes.grading.notation.text import said
from cgd_recipes.grading.readings.spellings import Pairs

MAX_VALUES, MAX_POINTS = 60, 4
EXCLUDED = re.compile(
    r"\s*,?\s*(?P<open>\(\s*)?(?:(?:valid|defined|where|with|for|if|when|and|provided|assuming|as\s+long\s+as|that|all|any)\s+)*"
    rf"{AND}?\s*(?<![\d+*/^_-])(?<![\d+*/^_-]\s)(?P<name>\\?[A-Za-z]+(?:_\{{?\w\}}?)?)\s*(?:\\ne(?![A-Za-z])|\s+other\s+than)\s*"
    rf"(?P<values>(?:[^\\=<>()]|\\(?!ne(?![A-Za-z]))){{1,{MAX_VALUES}}})\s*(?(open)\))$"
)
# What else may stand behind the value
BEHIND = re.compile(r",\s|\s(?:for|where|if|when|with|provided)\s")
UNEQUAL = re.compile(r"\\neq?(?![A-Za-z])|\u2260|!=")


class Excluded(NamedTuple):
    """An answer apart from the points that it excludes.

    Args:
        main: the answer without them.
        name: what has not these values.
        points: these values.
    """

    main: str
    name: str
    points: tuple[str, ...]


def apart(answer: str) -> Excluded | None:
    """An answer apart from the points that it excludes last; None where it excludes none."""
    if not ("ne" in answer or "\u2260" in answer or "!=" in answer or "other than" in answer):
        return None
    read = UNEQUAL.sub(r"\\ne ", said(tidy(answer)))
    match = EXCLUDED.search(read)
    main = read[: match.start()].strip(" ,;" + AND) if match else ""
    if match is None or not main or OR in match["values"]:
        return None
    values = expand([part for each in split_top(match["values"].strip(" ,;"), AND) for part in split_top(each)])
    points = tuple(value.strip() for value in islice(values, MAX_POINTS + 1))
    return Excluded(main, match["name"], points) if len(points) <= MAX_POINTS else None


def without_poles(gold: str, answer: str) -> Iterator[Pairs]:
    """An answer without points that it excludes behind its value, and at which that has none."""
    if UNEQUAL.search(gold) or (excluded := apart(answer)) is None:
        return
    from cgd_recipes.grading.values.symbolic import has_pole

    points, main = [(excluded.name, point) for point in excluded.points], excluded.main
    while (more := apart(main)) and len(points) <= MAX_POINTS:  # `x \\ne 1, x \\ne 3`
        points, main = [*points, *((more.name, point) for point in more.points)], more.main
    value = clean(BEHIND.split(main.rpartition("=")[2], maxsplit=1)[0])
    if all(has_pole(value, name, clean(point)) for name, point in points):
        yield [(gold, main)]
