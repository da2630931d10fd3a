"""A sentence in which each value is one character."""

from __future__ import annotations

import re
from typing import NamedTuple

from cgd_recipes.grading.prose.figures import MASK, SYMBOL_MASK

M, S = MASK, SYMBOL_MASK


class Masked(NamedTuple):
    """A sentence in which each value is one character.

    Args:
        text: the sentence, with `MASK` for a value and `SYMBOL_MASK` for a name such as `x`.
        values: what the masks of values stand for, in order.
        symbols: what those of names stand for.
    """

    text: str
    values: tuple[str, ...]
    symbols: tuple[str, ...] = ()

    def part(self, start: int, end: int | None = None) -> Masked:
        """The text between two places with its values."""
        end = len(self.text) if end is None else end
        inner = self.text[start:end]
        values, symbols = self.text.count(M, 0, start), self.text.count(S, 0, start)
        return Masked(
            inner, self.values[values : values + inner.count(M)], self.symbols[symbols : symbols + inner.count(S)]
        )

    def replaced(self, start: int, end: int, said: str | None = None) -> Masked:
        """The text with one value in place of what stands between two places; with nothing there where no value is given."""
        before, behind = self.part(0, start), self.part(end)
        mask, values = ("", ()) if said is None else (M, (said,))
        return Masked(
            before.text + mask + behind.text,
            (*before.values, *values, *behind.values),
            before.symbols + behind.symbols,
        )

    def said(self, start: int, end: int | None = None) -> str:
        """The text between two places as it was written."""
        part = self.part(start, end)
        values, symbols = iter(part.values), iter(part.symbols)
        return re.sub(f"[{M}{S}]", lambda match: next(values if match[0] == M else symbols), part.text)
