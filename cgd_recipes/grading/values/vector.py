r"""Vectors and matrices in other dress: `2\mathbf{i} + 3\mathbf{j}`, `\frac{1}{3}(1, 2)`, `(1, 2)^T`."""

from __future__ import annotations

import re

from cgd_recipes.grading.notation.clean import UNIT_VECTORS
from cgd_recipes.grading.notation.structure import MATRIX_ROWS, Group, enclosed, matrix_of, split_top

TRANSPOSED = re.compile(
    r"^(?P<base>.+?)\s*\^\s*\{?\s*(?:T|\\top|\\intercal|\\mathsf\s+T|\\text\s*\{\s*T\s*\})\s*\}?\s*$"
)
FACTOR = re.compile(
    r"^(?P<factor>[-+]?[^()\[\]⦃⦄&]*?)\s*(?:\\cdot|\\times|\*)?\s*(?P<vector>\(.*\)|[(\[]?\s*\\begin.*)$"
)
FACTOR_NAMES = re.compile(r"\\(?:frac|sqrt|pi|cdot|times)(?![A-Za-z])")
LETTER = re.compile(r"[A-Za-z]")


def vector_of(text: str) -> Group | None:
    """The components of a cleaned vector, as those of a tuple; None where it is no vector in one of these dresses."""
    return _of_unit_vectors(text) or transposed(text) or _scaled(text) or _column(text)


def _of_unit_vectors(text: str) -> Group | None:
    if not any(unit in text for unit in UNIT_VECTORS[1:]):
        return None
    components = dict.fromkeys(UNIT_VECTORS, "0")
    for term in _terms(text):
        found = [unit for unit in UNIT_VECTORS if unit in term]
        if len(found) != 1 or not term.endswith(found[0]) or components[found[0]] != "0":
            return None
        factor = term.removesuffix(found[0]).strip().removesuffix(r"\cdot").strip()
        components[found[0]] = factor + "1" if factor in ("", "+", "-") else factor
    return Group("()", tuple(components.values()))


def _terms(text: str) -> list[str]:
    """The terms of a sum, with their signs."""
    terms, depth, start = [], 0, 0
    for place, char in enumerate(text):
        depth += (char in "({[") - (char in ")}]")
        if depth == 0 and char in "+-" and text[start:place].strip():
            terms.append(text[start:place].strip())
            start = place
    return [*terms, text[start:].strip()]


def transposed(text: str) -> Group | None:
    """A cleaned transposed tuple or matrix, turned; None for anything else."""
    match = TRANSPOSED.match(text)
    if match is None:
        return None
    base = match["base"].strip()
    whole = enclosed(base)
    if whole and whole[0] in ("()", "[]") and len(items := split_top(whole[1])) > 1:
        return Group("()", tuple(items))
    matrix = matrix_of(base)
    if matrix is None:
        return None
    rows = [row.split("&") for row in matrix.items]
    if len({len(row) for row in rows}) != 1:
        return None
    columns = tuple(" & ".join(cell.strip() for cell in column) for column in zip(*rows, strict=True))
    return _as_tuple(Group(MATRIX_ROWS, columns)) or Group(MATRIX_ROWS, columns)


def _scaled(text: str) -> Group | None:
    match = FACTOR.match(text)
    if match is None or not match["factor"].strip() or LETTER.search(FACTOR_NAMES.sub("", match["factor"])):
        return None
    column = _column(match["vector"])
    whole = None if column else enclosed(match["vector"])
    items = column.items if column else split_top(whole[1]) if whole else ()
    factor = match["factor"].strip()
    factor = factor + "1" if factor in ("-", "+") else factor
    return Group("()", tuple(f"({factor})({item})" for item in items)) if len(items) > 1 else None


def _column(text: str) -> Group | None:
    matrix = matrix_of(text)
    return _as_tuple(matrix) if matrix else None


def _as_tuple(matrix: Group) -> Group | None:
    """A column as a tuple."""
    return Group("()", matrix.items) if len(matrix.items) > 1 and not any("&" in row for row in matrix.items) else None


def padded(gold: Group, answer: Group) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The components of two vectors, a third of zero left out where one has two."""
    left, right = gold.items, answer.items
    if len(left) == 2 and len(right) == 3 and right[2] == "0":
        right = right[:2]
    if len(right) == 2 and len(left) == 3 and left[2] == "0":
        left = left[:2]
    return left, right
