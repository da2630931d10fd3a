"""Truth: the answers of student and teacher, graded with the evaluation's grader, and the verdict held against the grade."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from typing import Any, ClassVar

from cgd_recipes.curation.golds import FIELDS, gold_answer
from cgd_recipes.curation.protocol import Entry, Filter, Share, because
from cgd_recipes.data.filters.protocol import Drop
from cgd_recipes.data.measure import Measure
from cgd_recipes.errors import RecipeError
from cgd_recipes.grading import GRADERS, Grade, GradingPool
from cgd_recipes.recipe.plan import Plan

ANSWERS = {"student": "student_response", "teacher": "teacher_response", "refined": "refined_response"}
"""Fact -> the field that is graded for it. Its values are `right`, `wrong`, and `unanswered` for no final answer."""
_GRADED = ("right", "wrong", "unanswered")
_NOT_RIGHT = ("wrong", "unanswered")

SHARES = (
    Share("student_accuracy", "student answers that are right", {"student": _GRADED}, {"student": ["right"]}, True),
    Share("student_answered", "student answers with a final answer", {"student": _GRADED}, {"student": ["right", "wrong"]}, True),
    Share("teacher_accuracy", "teacher answers that are right", {"teacher": _GRADED}, {"teacher": ["right"]}, True),
    Share("refined_accuracy", "refined answers that are right", {"refined": _GRADED}, {"refined": ["right"]}, True),
    Share("refined_answered", "refined answers with a final answer", {"refined": _GRADED}, {"refined": ["right", "wrong"]}, True),
    Share("verdict_accuracy", "verdicts that are true", {"verdict_is": ["true", "false"]}, {"verdict_is": ["true"]}, True),
    Share(
        "wrong_to_right", "answers of the student that were not right and are, refined",
        {"student": _NOT_RIGHT, "refined": _GRADED}, {"refined": ["right"]}, True,
    ),
    Share(
        "right_to_wrong", "right answers of the student that are not right any more, refined",
        {"student": ["right"], "refined": _GRADED}, {"refined": _NOT_RIGHT}, False,
    ),
    Share("label_agreement", "labels student_correct that the grade agrees with", {"label": ["same", "other"]}, {"label": ["same"]}, True),
)  # fmt: skip
_INSTALL = "grading the rows' answers needs the package 'math-verify'; run: pip install 'cgd-recipes[eval]', or set curate.truth: false"


class Truth(Filter):
    """Grades answers; drops by `curate.refined_right`, `verdict_true` and `student_wrong`."""

    reads = frozenset([*FIELDS, *ANSWERS.values(), "question", "critique", "verdict", "student_correct"])
    shares: ClassVar[tuple[Share, ...]] = SHARES

    def __init__(self, plan: Plan, measure: Measure):
        section = plan.recipe.curate
        self._recipe, self._rules = plan.recipe, section["answers_like"]
        self._checks = {key: check for key, check in _CHECKS.items() if section[key]}  # type: ignore[literal-required]
        self._is_on = section["truth"]
        self.drops = bool(self._checks)
        self._pool = GradingPool()

    def examine(self, entries: Sequence[Entry]) -> None:
        """Grade the answers of the rows that have a gold answer."""
        if not self._is_on:
            return
        asked = []
        for entry in entries:
            gold = gold_answer(entry.row.fields, self._rules)
            if gold is None:
                continue
            entry.facts["gold"] = "answer" if "answer" in entry.row.fields else "reference"
            entry.notes["gold"] = gold.text
            question = str(entry.row.fields.get("question", ""))
            texts = {fact: entry.row.fields.get(field) for fact, field in ANSWERS.items()}
            asked += [(entry, fact, (gold, text, question)) for fact, text in texts.items() if text]
        try:
            grades = self._pool.grade_many([item for _, _, item in asked])
        except ModuleNotFoundError:
            raise RecipeError([self._recipe.problem(("curate", "truth"), _INSTALL)]) from None
        for (entry, fact, _), grade in zip(asked, grades, strict=True):
            entry.facts[fact] = _in_a_word(grade)
            entry.notes[f"{fact}_answer"] = grade.answer
        for entry in entries:
            _set_verdict(entry)

    def apply(self, entry: Entry) -> Drop | None:
        """What the row is not that it must be."""
        for check in self._checks.values():
            if fault := check(entry.facts):
                return because(fault)
        return None

    def inputs(self) -> dict[str, Any]:
        """The grader, and the version of the library that reads formulas."""
        found: dict[str, Any] = {"grader": GRADERS[0]} if self._is_on else {}
        with suppress(PackageNotFoundError):  # plain numbers are graded without it
            found |= {"math-verify": version("math-verify")} if found else {}
        return found

    def close(self) -> None:
        """End the workers."""
        self._pool.close()


def _in_a_word(grade: Grade) -> str:
    return "right" if grade.correct else "wrong" if grade.answered else "unanswered"


def _set_verdict(entry: Entry) -> None:
    """Whether the verdict is true. `wrong` is true of a missing final answer; whether `right` is cannot be told."""
    verdict, student, label = (
        entry.facts.get("verdict"),
        entry.facts.get("student"),
        entry.row.fields.get("student_correct"),
    )
    if student is None:
        return
    # Without a critique the verdict is but the label's.
    has_verdict = verdict in ("right", "wrong") and "critique" in entry.row.fields
    if has_verdict and (verdict, student) != ("right", "unanswered"):
        entry.facts["verdict_is"] = "true" if (verdict == "right") == (student == "right") else "false"
    if isinstance(label, bool) and student != "unanswered":
        entry.facts["label"] = "same" if label == (student == "right") else "other"


def _refined_fault(facts: dict[str, str]) -> str:
    found = facts.get("refined")
    if found == "right":
        return ""
    why = {
        "wrong": "its final answer is wrong",
        "unanswered": "it has no final answer",
        None: "there is nothing to grade",
    }
    return f"curate.refined_right: {why[found]}"


def _verdict_fault(facts: dict[str, str]) -> str:
    found = facts.get("verdict_is")
    if found == "true":
        return ""
    return f"curate.verdict_true: {'the verdict is false' if found else 'whether the verdict is true cannot be told'}"


def _student_fault(facts: dict[str, str]) -> str:
    found = facts.get("student")
    if found in _NOT_RIGHT:
        return ""
    return f"curate.student_wrong: {'the student is right' if found else 'there is nothing to grade'}"


_CHECKS = {"refined_right": _refined_fault, "verdict_true": _verdict_fault, "student_wrong": _student_fault}
"""Key of `curate` -> why a row with these facts is dropped by it; empty keeps it."""
