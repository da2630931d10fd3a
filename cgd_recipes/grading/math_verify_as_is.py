"""math-verify as it is, for comparison: its own extraction, its own comparison."""

from __future__ import annotations

from cgd_recipes.grading.gold import Gold, Grade, faulty, judged


def grade_as_is(gold: Gold, response: str) -> Grade:
    """Grade a response with math-verify's defaults; its timeouts are off, because they fail outside the main thread.

    Raises:
        ModuleNotFoundError: math-verify is not installed.
    """
    from cgd_recipes.grading.values.symbolic import libraries

    _, _, math_verify = libraries()
    answers = math_verify.parse(response, parsing_timeout=None)
    if not answers:
        return faulty("", "no answer")
    golds = math_verify.parse(f"${gold.text.strip('$')}$", parsing_timeout=None)
    return judged(str(answers[-1]), math_verify.verify(golds, answers, timeout_seconds=None))
