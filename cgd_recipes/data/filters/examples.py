"""Filters of examples, after they are rendered and measured.

They see the examples of a row with all methods of `data.match_methods`, so that these methods keep the same rows.
"""

from __future__ import annotations

from typing import NamedTuple
from unicodedata import normalize

from cgd_recipes.data.counts import Change
from cgd_recipes.data.examples import Example
from cgd_recipes.data.filters.protocol import Drop, drop
from cgd_recipes.data.measure import Measure
from cgd_recipes.data.rejections import Reason
from cgd_recipes.files.blank import VISIBLE, is_blank
from cgd_recipes.recipe.plan import Plan


class Candidate(NamedTuple):
    """An example that may be written.

    Attributes:
        examples: the plan's own, then those of the other methods of `data.match_methods`.
        tokens: their lengths.
    """

    examples: tuple[Example, ...]
    tokens: tuple[int, ...]


class Blank:
    """Drops rows of which a method renders an empty message, or one of which nothing shows."""

    reads: frozenset[str] = frozenset()

    def __init__(self, plan: Plan, measure: Measure):
        pass

    def __call__(self, candidate: Candidate, /) -> Drop | None:
        """Whether any message is empty."""
        texts = (text for example in candidate.examples for text in example.texts.values())
        return drop(Reason.RENDERS_NOTHING) if any(map(is_blank, texts)) else None


class JoinedControlTokens:
    """Drops rows whose fields make a control token only together, where `data.control_tokens` is `reject`."""

    reads: frozenset[str] = frozenset()

    def __init__(self, plan: Plan, measure: Measure):
        self._rejects = plan.recipe.data["control_tokens"] == "reject"

    def __call__(self, candidate: Candidate, /) -> Drop | None:
        """Whether anything was neutralised."""
        found = any(Change.NEUTRALISED in example.changes for example in candidate.examples)
        return drop(Reason.CONTROL_TOKEN) if self._rejects and found else None


class Marks:
    """Drops rows whose answer holds what a chat template, a tokenizer or another turn left in it."""

    reads: frozenset[str] = frozenset()

    def __init__(self, plan: Plan, measure: Measure):
        pass

    def __call__(self, candidate: Candidate, /) -> Drop | None:
        """The first mark."""
        marks = [mark for example in candidate.examples for mark in example.marks]
        return Drop(marks[0]) if marks else None


class Thinking:
    """Drops rows whose answer is all thinking, has thinking left in it, or has none where that is to be trained."""

    reads: frozenset[str] = frozenset()

    def __init__(self, plan: Plan, measure: Measure):
        pass

    def __call__(self, candidate: Candidate, /) -> Drop | None:
        """What was found when the examples were rendered."""
        found = [example.thinking_fault for example in candidate.examples if example.thinking_fault]
        return Drop(found[0]) if found else None


class SameAnswers:
    """Drops preference pairs whose chosen and rejected answers differ in nothing that can be seen."""

    reads: frozenset[str] = frozenset()

    def __init__(self, plan: Plan, measure: Measure):
        pass

    def __call__(self, candidate: Candidate, /) -> Drop | None:
        """Whether a pair teaches nothing."""
        for example in candidate.examples:
            answers = example.answers
            if len(answers) > 1 and len({_seen(answer) for answer in answers}) < len(answers):
                return drop(Reason.SAME_ANSWERS)
        return None


def _seen(text: str) -> str:
    """What can be seen of a text: neither white space, nor what has no width, nor the ways to write an accent."""
    return "".join(VISIBLE.findall(normalize("NFC", text)))


class Overlong:
    """Drops rows whose example is longer than the trainer takes."""

    reads: frozenset[str] = frozenset()

    def __init__(self, plan: Plan, measure: Measure):
        self._rejects = measure.rejects

    def __call__(self, candidate: Candidate, /) -> Drop | None:
        """Whether an example is too long, its own or that of another method."""
        worst = max(candidate.tokens)
        if not self._rejects(worst):
            return None
        own = self._rejects(candidate.tokens[0])
        return drop(Reason.TOO_LONG if own else Reason.TOO_LONG_ELSEWHERE, tokens=worst)
