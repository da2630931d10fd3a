"""What is graded against, and what comes out."""

from __future__ import annotations

from typing import Literal, NamedTuple, get_args

Kind = Literal[
    "auto", "numerical", "expression", "equation", "tuple", "interval", "boolean", "option", "text", "list"
]  # fmt: skip
Fault = Literal["", "no answer", "cut off", "timeout", "unparsed", "different"]
Grader = Literal["strict", "compat", "math-verify"]

KINDS: tuple[str, ...] = get_args(Kind)
# The first is the default; `compat` is for nothing but comparing with published numbers.
GRADERS: tuple[str, ...] = get_args(Grader)


# No answer is that long; a text that is would only cost time.
MAX_LENGTH = 5_000


class Gold(NamedTuple):
    r"""The answer that a dataset gives to a problem.

    Args:
        text: the answer as the dataset has it; may hold `$...$`, `\boxed{...}` and units.
        kind: what sort of answer it is; `auto` tells it from the text.
        multiple: several answers, comma separated, in any order (OlympiadBench's is_multiple_answer).
        tolerance: how far, in the gold's own unit, an answer may be off where one of the two is a decimal. Without one
            a decimal is taken as exact.
        unit: the dataset's unit, which may stand in the answer or be left out.
    """

    text: str
    kind: str = "auto"
    multiple: bool = False
    tolerance: float | None = None
    unit: str | None = None


class Grade(NamedTuple):
    """The verdict on one response.

    Args:
        correct: the final answer is the gold answer.
        answered: there is a final answer and it is whole.
        answer: the final answer as the response has it; empty where there is none.
        reason: why it is not correct; empty where it is.
    """

    correct: bool
    answered: bool
    answer: str
    reason: Fault


def faulty(answer: str, fault: Fault) -> Grade:
    """The grade of a response whose final answer is missing or was cut off."""
    return Grade(False, False, answer, fault)


def judged(answer: str, verdict: bool | None) -> Grade:
    """The grade of a whole final answer; a verdict of None says that the answer could not be read."""
    if verdict is None:
        return Grade(False, True, answer, "unparsed")
    return Grade(verdict, True, answer, "" if verdict else "different")
