"""Answers of the student to one question that say the same: the first of them is used."""

from __future__ import annotations

from cgd_recipes.data.rows import RowFields


class Repeats:
    """Rows of one question follow each other; they must be looked at in their order.

    Args:
        samples: how many rows a question has.
    """

    def __init__(self, samples: int):
        self._samples, self._question = samples, -1
        self._seen: set[str] = set()

    def find(self, number: int, row: RowFields) -> str:
        """Why a row repeats an earlier one of its question; empty where it does not."""
        question, answer = number // self._samples, row.get("student_response")
        if question != self._question:
            self._question, self._seen = question, set()
        if self._samples == 1 or answer is None:
            return ""
        if answer in self._seen:
            return "the student gave this answer to the question before"
        self._seen.add(answer)
        return ""
