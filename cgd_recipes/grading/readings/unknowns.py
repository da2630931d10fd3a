r"""Unknowns with their values, and the tuples that these make: "x = 1, y = 2; x = 3, y = 4", "n = 2 gives m = 5 or m = 7", a table."""

from __future__ import annotations

import re
from itertools import product

from cgd_recipes.grading.notation.clean import AND, CLOSE_SET, OPEN_SET, OR, ROW
from cgd_recipes.grading.notation.structure import COORDINATES, LETTER_NAME, signs, split_top
from cgd_recipes.grading.notation.text import said

IS_NAME = re.compile(LETTER_NAME)
EQUAL = re.compile(rf"^(?P<name>{LETTER_NAME})\s*=\s*(?P<value>[^=]+)$")
MEMBER = re.compile(rf"^(?P<name>{LETTER_NAME})\s*\\in\s*{OPEN_SET}(?P<values>[^=]+){CLOSE_SET}$")
# "x = 1 or 3"
BARE = re.compile(r"-?\d+(?:/\d+)?")
# "n = 2 gives m = 5", "if n = 2, then m = 5", "m = 5 for n = 2"
GIVES = re.compile(
    rf"\s*,?\s*(?:(?<![A-Za-z])(?:gives?|yields?|then|when|if|for|with)(?![A-Za-z])|\\(?:Rightarrow|implies|to)(?![A-Za-z])|:)\s*(?={LETTER_NAME}\s*=)"
)
TABLE = re.compile(
    r"^\\begin\s*\{(?:array|[pb]?matrix)\}(?:\s*\{[clr| ]*\})?(?P<body>.*)\\end\s*\{(?:array|[pb]?matrix)\}$"
)
# `2-1` could be a score.
MINUS = re.compile(r"(?<=\d)-(?=\d)")
MAX_SOLUTIONS = 16
Row = dict[str, str]


def tuples_of(answer: str, order: str = "") -> list[str]:
    """The tuples that the values of several unknowns make; none for anything else.

    Args:
        answer: a tidied text.
        order: the names in the order of the tuple; "" for x and y, a and b, and their like, in the order of the alphabet.
    """
    rows = rows_of(answer)
    names = [*order] or sorted(rows[0] if rows else ())
    if len(names) < 2 or not (order or "".join(names) in COORDINATES) or len(rows) > MAX_SOLUTIONS:
        return []
    if any({*row} != {*names} for row in rows):
        return []
    return [f"({', '.join(row[name] for name in names)})" for row in rows]


def rows_of(answer: str) -> list[Row]:
    """The values of several unknowns, one dict for each solution; none for anything else."""
    if table := TABLE.match(answer):
        return _of_table(table["body"])
    text = said(answer)
    rows: list[Row] = []
    for segment in split_top(text, ";"):
        found = _product(segment) or _repeated(segment)
        if not found:
            return []
        rows += found
    return rows


def _of_table(body: str) -> list[Row]:
    """The columns of a table whose first column has names, or the rows of one whose first row has."""
    lines = [line.split("&") for line in re.sub(r"\\hline(?![A-Za-z])", " ", body).split(ROW) if line.strip()]
    cells = [[cell.strip() for cell in line] for line in lines]
    if len({len(line) for line in cells}) != 1:
        return []
    if all(IS_NAME.fullmatch(line[0]) for line in cells):
        cells = [list(column) for column in zip(*cells, strict=True)]
    names, *values = cells
    if (
        not all(map(IS_NAME.fullmatch, names))
        or len({*names}) < len(names)
        or any(IS_NAME.fullmatch(cell) for line in values for cell in line)
    ):
        return []
    return [dict(zip(names, line, strict=True)) for line in values]


def _product(text: str) -> list[Row]:
    """All choices of one value for each of several unknowns, every one of which is said once."""
    values: dict[str, list[str]] = {}
    for part in _parts(GIVES.sub(", ", text)):
        found = _values(part)
        if found is None or found[0] in values:
            return []
        values[found[0]] = found[1]
    return [dict(zip(values, each, strict=True)) for each in product(*values.values())]


def _repeated(text: str) -> list[Row]:
    """Solutions one behind the other, each of which says the same unknowns in the same order."""
    rows: list[Row] = []
    for said_one in (each for part in _parts(GIVES.sub(", ", text)) for each in split_top(part, OR)):
        match = EQUAL.match(said_one)
        if match is None:
            return []
        if not rows or match["name"] in rows[-1]:
            rows.append({})
        rows[-1][match["name"]] = MINUS.sub(" - ", match["value"].strip())
    return (
        rows
        if len({tuple(row) for row in rows}) == 1 and not any(r"\pm" in v for row in rows for v in row.values())
        else []
    )


def _parts(text: str) -> list[str]:
    return [part for each in split_top(text, AND) for part in split_top(each)]


def _values(part: str) -> tuple[str, list[str]] | None:
    """The name of an unknown and its values."""
    if member := MEMBER.match(part):
        return member["name"], split_top(member["values"])
    first, *others = split_top(part, OR) or [""]
    name = EQUAL.match(first)
    if name is None:
        return None
    each = [EQUAL.match(f"{name['name']} = {value}" if BARE.fullmatch(value) else value) for value in (first, *others)]
    found = [(match["name"], match["value"].strip()) for match in each if match]
    if len(found) < len(each) or len({called for called, _ in found}) > 1:
        return None
    return found[0][0], [MINUS.sub(" - ", value) for _, written in found for value in signs(written)]
