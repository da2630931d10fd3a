"""The gold answer of a row: what its answers are graded against, and what a critique should not state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cgd_recipes.errors import RecipeError
from cgd_recipes.grading import Gold, extract_answer
from cgd_recipes.grading.benchmark_golds import checked, gold_of, plain_text

FIELDS = ("answer", "reference")
_MARK = "####"  # of GSM8K and its kin


def gold_answer(fields: Mapping[str, Any], answers_like: str | None) -> Gold | None:
    """The gold answer of a row: its `answer`, else the final answer that its `reference` states; None where there is neither.

    An `answer` that is a mapping, several values, or a number that is none is no gold answer: every response to it would be wrong.

    Args:
        fields: row fields.
        answers_like: the benchmark whose rules read it (tolerances, kinds); None for a generic one.
    """
    answer = fields.get("answer")
    if answer is None or not str(answer).strip():
        text, fault = extract_answer(str(fields.get("reference", "")))
        if fault:
            return None
    else:
        try:
            text = checked("data", "answer", plain_text("data", "answer", answer, listed=False, joined=False))
        except RecipeError:
            return None
    text = text.partition(_MARK)[2].strip() or text
    if answers_like is None:
        return Gold(text)
    try:
        return gold_of(answers_like, {"answer": text})
    except RecipeError:  # it holds no answer
        return None
