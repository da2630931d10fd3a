"""Answers of several parts, and of none, as a last sentence states them: "Tia is 12 and Sam is 16", "there is no such limit"."""

from __future__ import annotations

import itertools
import re
from fractions import Fraction
from functools import lru_cache

from cgd_recipes.grading.notation.clean import clean
from cgd_recipes.grading.notation.number import as_number
from cgd_recipes.grading.notation.things import things_of
from cgd_recipes.grading.prose.lexer import lexed
from cgd_recipes.grading.prose.masked import M
from cgd_recipes.grading.prose.prepared import with_previous
from cgd_recipes.grading.prose.told import ASSIGNED, last_of
from cgd_recipes.grading.prose.values import with_units
from cgd_recipes.grading.prose.wording import is_doubtful
from cgd_recipes.grading.prose.written_out import in_full

CLAUSE = re.compile(r"[;,:]\s+(?:(?:and|while|so|but)\s+)?|\s+(?:and|while|whereas|whose|with)\s+")
BOTH = re.compile(r"\bboth\s+(?P<one>\w+)\s+and\s+(?P<other>\w+)\s+(?P<told>(?:are|equal|have|get|were)\b[^,;.]*)")
SIZES = re.compile(r"(?P<one>\d+(?:\.\d+)?)[^\d]*?(?:\bby\b|\u00d7|\\times)\s*(?P<other>\d+(?:\.\d+)?)[^\d]*")
# "six metres wide", "its length is 11 m"
SIZE = rf"(?:{M}(?:\s[a-z.]+)?\s(?:wide|long|tall|high|deep|across)\b|\b(?:width|length|height)\s+(?:is|of|equals|=|:)\s+{M})"
# "the column vector with entries 3 and 8", "the matrix with rows (1, 5) and (0, 1)"
MATRIX = re.compile(
    r"\\begin\s*\{[a-z]*matrix\}|\[\s*\[|\((?:[^(),]+,){2,}[^(),]+\)$|\([^()]*\)\s*\^\s*\{?(?:T|\\top)\}?$"
)
IN_ORDER = re.compile(
    r"\b(?:(?:column|vector)\s+(?:vector\s+)?with\s+(?:the\s+)?(?:entries|components)|(?:with|has)\s+(?:the\s+)?(?:first\s+)?rows?)\b"
)
NUMBER = re.compile(r"-?\\frac\s*\{\d+\}\s*\{\d+\}|-?\d+(?:/\d+|\.\d+)?")
ROWS_AND_COLUMNS = re.compile(rf"{M}\srows?\s+and\s+{M}\scolumns?\b")
TWO_SIZES = re.compile(rf"{SIZE}[^{M}]*{SIZE}[^{M}]*$")
PAIR = re.compile(r"\((?P<x>[^(),]+),\s*(?P<y>[^(),]+)\)")
XY = re.compile(
    r"\bx(?:-coordinate)?\s*(?:=|is|equals|(?<=coordinate)\s)\s*(?P<x>[^\s,;]+),?\s+(?:and|with|while|together\s+with)\s+(?:the\s+)?y(?:-coordinate)?\s*(?:=|is|equals|(?<=coordinate)\s)\s*(?P<y>[^\s,;]+?)[.!,;]?(?=\s|$)"
)
DENIED = re.compile(r"\b(?:not|never|no|neither|cannot|except)\b|n['\u2019]t\b")
NO_SUCH = re.compile(
    r"\bthere\s+(?:is|are|exists?)\s+no\s+(?:(?:such|real|integer|positive)\s+)*(?:values?|numbers?|solutions?|limits?|integers?|roots?|pairs?|points?)\b(?!\s+(?:other|but|except|besides))"
    r"|\b(?:does(?:n['\u2019]t|\s+not)|do(?:n['\u2019]t|\s+not))\s+have\s+(?:any|a)\s+(?:(?:real|integer)\s+)?(?:solutions?|roots?)\b(?!\s+(?:other|but|except|besides))"
)
ALLOWED = frozenset(
    [
        "first",
        "second",
        "tells",
        "only",
        "unique",
        "solution",
        "then",
        "no",
        "not",
        "now",
        "one",
        "two",
        "three",
        "four",
        "five",
        "both",
        "remaining",
        "old",
        "other",
        "while",
    ]
)


def named_values(gold: str, response: str) -> str:
    """The values of things that the gold answer names, or of x and y for a pair, where the last sentence gives each one; else ""."""
    pair, sizes, entries, names = (
        PAIR.fullmatch(gold.strip("$ ")),
        SIZES.fullmatch(gold),
        _entries(gold),
        {*things_of(gold)},
    )
    if not (pair or sizes or entries or names):
        return ""
    said = last_of(response)
    sentence = in_full(said.replace("**", ""))
    if not sentence or "?" in sentence:
        return ""
    if pair:
        return _point(sentence)
    if sizes:
        return _sizes(sentence, larger_first=float(sizes["one"]) >= float(sizes["other"]))
    if entries:
        return gold if _has_entries(sentence, entries) else ""
    for text in (sentence, in_full(with_previous(response, said).replace("**", ""))) if names else ():
        if {*(found := by_clause(names, text))} == names:
            return ", ".join(f"{name}{' =' if len(name) == 1 else ':'} {value}" for name, value in found.items())
    return ""


@lru_cache(maxsize=64)
def _entries(gold: str) -> list[str]:
    """The numbers of a matrix row by row, or of a column; none where the gold answer is neither."""
    if not MATRIX.match(gold.strip("$ ")):
        return []
    bare = re.sub(r"\\(?:begin|end)\s*\{[a-z]*matrix\}|\^T$|\^\{?\\?top\}?$|[$\[\]()]", "", gold)
    entries = [entry.strip() for entry in re.split(r"&|\\\\|,", bare)]
    return entries if all(as_number(clean(entry)) for entry in entries) else []


def _value(text: str) -> Fraction | None:
    number = as_number(clean(text))
    return number.value if number else None


def _has_entries(sentence: str, entries: list[str]) -> bool:
    """Whether a sentence states the entries of a matrix or vector, and no further number, in their order."""
    masked = lexed(sentence)
    if masked is None or not IN_ORDER.search(masked.text) or is_doubtful(masked.text, ALLOWED):
        return False
    given = [number for value in masked.values for number in NUMBER.findall(clean(value))]
    return [_value(each) for each in given] == [_value(each) for each in entries]


def _point(sentence: str) -> str:
    """The point whose coordinates a sentence states; "" where it states none, or denies something."""
    match = XY.search(sentence)
    if match is None or DENIED.search(sentence) or is_doubtful(sentence[: match.start()], ALLOWED):
        return ""
    return f"({match['x']}, {match['y']})"


def _sizes(sentence: str, *, larger_first: bool) -> str:
    """The two sizes that a sentence states as "11 by 6"; "" where it does not."""
    masked = lexed(sentence)
    if masked and (match := ROWS_AND_COLUMNS.search(masked.text)) and not is_doubtful(masked.text, ALLOWED):
        return "\u00d7".join(masked.part(*match.span()).values)
    if masked is None or not TWO_SIZES.search(masked.text) or is_doubtful(masked.text, ALLOWED):
        return ""
    sizes = [
        (size, value + its_unit.removesuffix(" units"))
        for value, its_unit in with_units(masked)[-2:]
        if (size := _value(value)) is not None
    ]
    return " by ".join(size for _, size in sorted(sizes, reverse=larger_first)) if len(sizes) == 2 else ""


def by_clause(names: set[str], sentence: str) -> dict[str, str]:
    """Name -> the one value of the clause that has it, for the clauses of a sentence; empty where one has several, or is doubt."""
    masked = lexed(BOTH.sub(r"\g<one> \g<told> and \g<other> \g<told>", sentence))
    found: dict[str, str] = {}
    if masked is None:
        return {}
    places = [0, *(match.end() for match in CLAUSE.finditer(masked.text)), len(masked.text)]
    for clause in (masked.part(*pair) for pair in itertools.pairwise(places)):
        told = clause.said(0)
        named = [
            name for name in names if re.search(rf"(?<![\w\\]){re.escape(name)}(?:s|ed)?(?!\w)", told, re.IGNORECASE)
        ]
        if not named or not clause.values:
            continue
        if len(named) > 1 or len(clause.values) != 1 or is_doubtful(told, ALLOWED):
            return {}
        value, its_unit = with_units(clause)[0]
        value = ASSIGNED.sub("", value).strip() + its_unit
        if found.setdefault(named[0], value) != value:
            return {}
    return found


def none_such(sentence: str) -> bool:
    """Whether a sentence says that there is none of what was asked for."""
    match = NO_SUCH.search(sentence)
    return match is not None and not re.search(
        r"\b(?:but|except|unless|if|so\s+the|other\s+than)\b|\?", sentence[match.start() :]
    )
