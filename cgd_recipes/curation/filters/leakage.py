"""Leakage: critiques that state the final answer, so that the student only has to copy it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import ClassVar

from cgd_recipes.curation.golds import FIELDS, gold_answer
from cgd_recipes.curation.protocol import Entry, Filter, Share, because
from cgd_recipes.curation.values import numbers_in, values_of
from cgd_recipes.data.filters.protocol import Drop
from cgd_recipes.data.measure import Measure
from cgd_recipes.recipe.plan import Plan

MASK = "[hidden]"
"""Stands for the answer in a critique that is masked."""
SHARES = (
    Share("leakage", "critiques that state the final answer", {"leaks": ["yes", "no"]}, {"leaks": ["yes"]}, False),
    Share(
        "leakage_wrong", "critiques of wrong answers that state the final answer",
        {"leaks": ["yes", "no"], "verdict": ["wrong"]}, {"leaks": ["yes"]}, False,
    ),
    Share(
        "leakage_right", "critiques of right answers that state the final answer",
        {"leaks": ["yes", "no"], "verdict": ["right"]}, {"leaks": ["yes"]}, False,
    ),
)  # fmt: skip
# Answers of a word that any text may hold: they are stated only where they are called the answer.
_COMMON = re.compile(r"(?:yes|no|true|false|none|\(?[A-Za-z]\)?)\Z", re.IGNORECASE)
_CALLED = re.compile(r"(?:\\boxed\s*\{|\b(?:answer|result|solution|option|choice)\b[^\n.;]{0,30})\Z", re.IGNORECASE)
_LONGEST = 200  # characters of an answer that is looked for as text


class Leakage(Filter):
    """Finds critiques that state the answer; drops or masks them by `curate.leakage`."""

    reads = frozenset([*FIELDS, "question", "critique", "verdict"])
    shares: ClassVar[tuple[Share, ...]] = SHARES

    def __init__(self, plan: Plan, measure: Measure):
        section = plan.recipe.curate
        self._rules, self._how = section["answers_like"], section["leakage"]
        self.drops = self._how == "drop"

    def examine(self, entries: Sequence[Entry]) -> None:
        """Look for the gold answer in the critique."""
        for entry in entries:
            fields = entry.row.fields
            gold = gold_answer(fields, self._rules) if "critique" in fields else None
            if gold is None:
                continue
            places = list(stating(fields["critique"], gold.text, fields["question"]))
            entry.facts["leaks"] = "yes" if places else "no"
            if places:
                entry.notes["leaks"] = [fields["critique"][start:end] for start, end in places]
                entry.notes["leak_places"] = places

    def apply(self, entry: Entry) -> Drop | None:
        """Drop the row, or hide the answer in its critique."""
        if entry.facts.get("leaks") != "yes":
            return None
        if self._how == "drop":
            return because("curate.leakage: the critique states the final answer")
        if self._how == "mask":
            entry.row.fields["critique"] = masked(entry.row.fields["critique"], entry.notes["leak_places"])
            entry.facts |= {"leaks": "no", "changed": "masked"}
        return None


def masked(text: str, places: Sequence[tuple[int, int]]) -> str:
    """A text with `MASK` in some places, which are in order and do not overlap."""
    for start, end in reversed(places):
        text = text[:start] + MASK + text[end:]
    return text


def stating(critique: str, gold: str, question: str) -> Iterator[tuple[int, int]]:
    """Where a critique states a gold answer, by value; start and end of each place, in order.

    A value that occurs in the question is stated only where it is called the answer. A single digit, which may count anything,
    is stated only where it stands as a result: behind an equals sign, or words such as "is" and "gives".
    """
    values = values_of(gold)
    if not values:
        yield from _text_places(critique, gold, question)
        return
    found = list(numbers_in(critique, values))
    asked = bool(found) and any(numbers_in(question, values))
    for number in found:
        if number.is_answer or (not asked and (number.is_result or not number.is_small)):
            yield number.start, number.end


def _text_places(critique: str, gold: str, question: str) -> Iterator[tuple[int, int]]:
    pattern = _as_pattern(gold)
    if pattern is None:
        return
    common = _COMMON.match(gold.strip()) is not None or pattern.search(question) is not None
    for match in pattern.finditer(critique):
        if not common or _CALLED.search(critique, max(0, match.start() - 60), match.start()):
            yield match.span()


@lru_cache(maxsize=1024)
def _as_pattern(gold: str) -> re.Pattern[str] | None:
    r"""An answer that is no number, however it is spaced, and with any of `\frac`, `\dfrac` and `\tfrac`."""
    text = re.sub(r"\\[dt]frac", r"\\frac", re.sub(r"\\(?:left|right|!|,|;|\s)|[\s$]", "", gold))
    text = re.sub(r"\\text\{([^{}]*)\}", r"\1", text)
    if not text or len(text) > _LONGEST:
        return None
    parts = re.findall(r"\\frac|.", text)
    spaced = r"[\s$]*(?:\\(?:left|right|!|,|;)\s*)*".join(
        r"\\[dt]?frac" if part == r"\frac" else re.escape(part) for part in parts
    )
    return re.compile(rf"(?<![A-Za-z0-9]){spaced}(?![A-Za-z0-9])", re.IGNORECASE)
