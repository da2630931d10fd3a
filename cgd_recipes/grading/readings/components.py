r"""Components that are said one by one: `8e_1 + 2e_3`, `-7i + 16j + 5k`, `y = 2, x = 1 \text{ or } x = 3`. Used by `readings`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cgd_recipes.grading.notation.clean import ROW, UNIT_VECTORS
from cgd_recipes.grading.notation.structure import enclosed, matrix_of, split_top
from cgd_recipes.grading.readings.spellings import Pairs
from cgd_recipes.grading.readings.unknowns import tuples_of

UNIT = re.compile(r"(?<![A-Za-z\\])([ijk])(?![A-Za-z_({^])")
BASIS = re.compile(
    r"(?P<sign>[+-]?)\s*(?P<factor>(?:\d+(?:\.\d+)?|\\frac\s*\{[^{}]*\}\s*\{[^{}]*\}|\([^()]*\))?)\s*(?:\\cdot)?\s*"
    r"(?:\\(?:text|vec|hat)\s*\{\s*e\s*\}|e)\s*_\s*\{?\s*(?P<number>\d)\s*\}?\s*"
)
ONE_ROW = re.compile(
    rf"\\begin\s*\{{[pb]?matrix\}}(?P<cells>(?:[^&{ROW}\\{{}}]+&)+[^&{ROW}\\{{}}]+|(?:[^&{ROW}\\{{}}]+{ROW})+[^&{ROW}\\{{}}]+){ROW}?\s*\\end\s*\{{[pb]?matrix\}}"
)


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
    r"""Unknowns with their values as the tuples that they make: `x = 1 \text{ or } x = 3, y = 2`, "x = 1, y = 2; x = 3, y = 4"."""
    if gold.startswith("(") and len(tuples := tuples_of(answer)) > 1:
        yield [(gold, ", ".join(tuples))]


def one_rows(gold: str, answer: str) -> Iterator[Pairs]:
    r"""Several tuples as matrices of one row or column: `\begin{pmatrix} 1 & 2 \end{pmatrix}, \begin{pmatrix} 3 & 4 \end{pmatrix}`."""
    if gold.startswith("(") and answer.count(r"\begin") > 1 and all(enclosed(each) for each in split_top(gold)):
        read = ONE_ROW.sub(lambda match: f"({re.sub(f'&|{ROW}', ',', match['cells'])})", answer)
        if r"\begin" not in read:
            yield [(gold, read)]


READINGS = (unit_vectors, basis, solutions, one_rows)
