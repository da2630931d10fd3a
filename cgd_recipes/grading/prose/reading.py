"""A last sentence as it is read for the gold answer: with its values in figures; those in words only where it is not among them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from cgd_recipes.grading.prose.formulas import with_formulas
from cgd_recipes.grading.prose.joining import with_symbols
from cgd_recipes.grading.prose.lexer import lexed
from cgd_recipes.grading.prose.masked import M, Masked
from cgd_recipes.grading.prose.quantities import with_quantities
from cgd_recipes.grading.prose.told import Same, Told, told_in
from cgd_recipes.grading.prose.values import with_units

# "day 8"
NUMBERED = re.compile(r"(?P<kind>[a-z]{3,})\s+\d{1,4}", re.IGNORECASE)


@lru_cache(maxsize=8)  # a sentence is read for what it says and for what speaks against it
def read(
    sentence: str, asking: str, question: str, parts: tuple[str, ...], same: Same
) -> tuple[Masked, tuple[Told, ...]] | None:
    """A sentence with its values masked, and its clauses; None where a value cannot be told from what is beside it.

    Args:
        sentence: in full.
        asking: the sentence that asks.
        question: as in `told_in`, like the parts and what is the same.
    """
    first = None
    kind = NUMBERED.fullmatch(parts[0].strip()) if parts else None
    for number, whole in enumerate(_forms(sentence, asking)):
        if whole and kind:
            whole = _with_kind(whole, kind["kind"])
        told = told_in(whole, parts, same, question) if whole else ()
        if whole and has_all(whole, told, parts, same):
            return whole, told
        if whole and number == 0:
            first = whole, told
    return first


def _with_kind(whole: Masked, kind: str) -> Masked:
    """A sentence in which "day 8" is one value."""
    while match := re.search(rf"\b{kind}\s{M}", whole.text, re.IGNORECASE):
        whole = whole.replaced(*match.span(), whole.said(*match.span()).casefold())
    return whole


def has_all(whole: Masked, told: Sequence[Told], parts: tuple[str, ...], same: Same) -> bool:
    """Whether a sentence has all values of the gold answer."""
    return any("gold" in each.kinds for each in told) and all(
        any(same(part, *each) for each in with_units(whole)) for part in parts
    )


def _forms(sentence: str, asking: str) -> Iterator[Masked | None]:
    """A sentence as it stands, with its quantities and formulas in symbols, and with values joined to one."""
    first = lexed(sentence)
    yield first
    in_symbols = with_formulas(with_quantities(sentence, asking), asking)
    if in_symbols != sentence:
        yield lexed(in_symbols)
    if (whole := lexed(in_symbols)) and (joined := with_symbols(whole)) != whole:
        yield joined
