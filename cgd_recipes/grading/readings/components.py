r"""Components that are said one by one: `8e_1 + 2e_3`, `-7i + 16j + 5k`, `y = 2, x = 1 \text{ or } x = 3`. Used by `readings`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

from cgd_recipes.grading.notation.clean import AND, CLOSE_SET, OPEN_SET, OR, UNIT_VECTORS
from cgd_recipes.grading.notation.structure import COORDINATES, enclosed, matrix_of, signs, split_top
from cgd_recipes.grading.readings.spellings import Pairs

UNIT = re.compile(r"(?<![A-Za-z\\])([ijk])(?![A-Za-z_({^])")
BASIS = re.compile(
    r"(?P<sign>[+-]?)\s*(?P<factor>(?:\d+(?:\.\d+)?|\\frac\s*\{[^{}]*\}\s*\{[^{}]*\}|\([^()]*\))?)\s*(?:\\cdot)?\s*"
    r"(?:\\(?:text|vec|hat)\s*\{\s*e\s*\}|e)\s*_\s*\{?\s*(?P<number>\d)\s*\}?\s*"
)
NAME = r"[A-Za-z](?:_\{?\w\}?)?"
EQUAL = re.compile(rf"^(?P<name>{NAME})\s*=\s*(?P<value>[^=]+)$")
MEMBER = re.compile(rf"^(?P<name>{NAME})\s*\\in\s*{OPEN_SET}(?P<values>[^=]+){CLOSE_SET}$")
# `2-1` could be a score.
MINUS = re.compile(r"(?<=\d)-(?=\d)")
MAX_SOLUTIONS = 16


def _size(gold: str) -> int:
    """How many components a gold answer has that is a tuple, a list or a column; 0 for others."""
    whole = enclosed(gold)
    if whole and whole[0] in ("()", "[]"):
        return len(split_top(whole[1]))
    column = matrix_of(gold)
    return len(column.items) if column and not any("&" in row for row in column.items) else 0


def unit_vectors(gold: str, answer: str) -> Iterator[Pairs]:
    """The letters i, j and k as unit vectors, where the gold answer has two or three components."""
    last = answer.rpartition("=")[2].strip()
    if _size(gold) in (2, 3) and {"j", "k"} & {*UNIT.findall(last)} and "," not in last:
        yield [(gold, UNIT.sub(lambda match: UNIT_VECTORS["ijk".index(match[1])], last))]


def basis(gold: str, answer: str) -> Iterator[Pairs]:
    """A sum of multiples of e_1, e_2, ... as the tuple of its components."""
    size, bare = _size(gold), answer.rpartition("=")[2].strip()
    terms = [*BASIS.finditer(bare)]
    if not size or not terms or "".join(term[0] for term in terms) != bare:
        return
    components = dict.fromkeys(range(1, size + 1), "0")
    for term in terms:
        number = int(term["number"])
        if components.get(number) != "0":
            return
        components[number] = term["sign"] + (term["factor"] or "1")
    yield [
        (
            gold if gold.startswith("(") else gold.replace("[", "(").replace("]", ")"),
            f"({', '.join(components.values())})",
        )
    ]


def solutions(gold: str, answer: str) -> Iterator[Pairs]:
    r"""Unknowns with their values, one or several of each, as the tuples that they make: `x = 1 \text{ or } x = 3, y = 2`."""
    if gold.startswith("(") and len(tuples := tuples_of(answer)) > 1:
        yield [(gold, ", ".join(tuples))]


def tuples_of(answer: str) -> list[str]:
    """The tuples that the values of several unknowns make, in the order of their names; none for anything else."""
    parts = [part for each in split_top(answer, AND) for part in split_top(each)]
    values: dict[str, list[str]] = {}
    for part in parts:
        found = _values(part)
        if found is None or found[0] in values:
            return []
        values[found[0]] = found[1]
    names = sorted(values)
    if len(names) < 2 or "".join(names) not in COORDINATES:
        return []
    tuples = [f"({', '.join(each)})" for each in product(*(values[name] for name in names))]
    return tuples if len(tuples) <= MAX_SOLUTIONS else []


def _values(part: str) -> tuple[str, list[str]] | None:
    """The name of an unknown and its values."""
    if member := MEMBER.match(part):
        return member["name"], split_top(member["values"])
    each = [EQUAL.match(value) for value in split_top(part, OR)]
    found = [(match["name"], match["value"].strip()) for match in each if match]
    if not found or len(found) < len(each) or len({name for name, _ in found}) > 1:
        return None
    return found[0][0], [MINUS.sub(" - ", value) for _, written in found for value in signs(written)]


READINGS = (unit_vectors, basis, solutions)
