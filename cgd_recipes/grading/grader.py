"""One response, one grade: which grader does it."""

from __future__ import annotations

from collections.abc import Callable

from cgd_recipes.errors import did_you_mean
from cgd_recipes.grading.compat import grade_compat
from cgd_recipes.grading.gold import GRADERS, Gold, Grade
from cgd_recipes.grading.math_verify_as_is import grade_as_is
from cgd_recipes.grading.strict import grade_strict

GRADE: dict[str, Callable[[Gold, str], Grade]] = {
    "strict": grade_strict,
    "compat": grade_compat,
    "math-verify": grade_as_is,
}


def known_grader(name: str) -> str:
    """The name of a grader.

    Raises:
        ValueError: there is none of that name; says which there are.
    """
    if name not in GRADE:
        hint = did_you_mean(name, GRADERS) or f"; there are: {', '.join(GRADERS)}"
        raise ValueError(f"unknown grader '{name}'{hint}")
    return name


def grade(gold: Gold, response: str, grader: str = "strict", question: str = "") -> Grade:
    """Grade one response in this process, without a time limit: an answer such as 10^{10^{10}} may take forever.

    Args:
        gold: the dataset's answer.
        response: the whole text of the model.
        grader: one of GRADERS.
        question: that the response answers, if it is at hand: the unit that it asks for counts where the gold answer has none. Only
            the strict grader looks at it.

    Raises:
        ModuleNotFoundError: math-verify is not installed and the answer needs it.
        ValueError: unknown grader.
    """
    if known_grader(grader) == "strict":
        return grade_strict(gold, response, question)
    return GRADE[grader](gold, response)
