"""Values of a function that is asked for, in inequalities and in lists of them: "P(0) < 0 or P(0) = 1"."""

from __future__ import annotations

import re

from cgd_recipes.grading.question.asked_name import targets

CALL = re.compile(r"(?P<head>[A-Za-z])\((?P<inside>-?\d{1,4})\)")
SET = re.compile(r"[<>\u2264\u2265(\[]|\\(?:le|ge|in|cup)(?![A-Za-z])")


def values_of_call(answer: str, gold: str, question: str) -> str:
    """An answer with a plain name for the one value of a function that is asked for, where the gold answer is a set; else ""."""
    asked = targets(question)
    call = CALL.fullmatch(asked[0]) if len(asked) == 1 else None
    if call is None or not SET.search(gold) or CALL.search(gold) or not SET.search(CALL.sub("", answer)):
        return ""
    written = re.compile(rf"(?<![A-Za-z\\]){call['head']}\s*\(\s*{re.escape(call['inside'])}\s*\)")
    found = written.sub(" x ", answer)
    return (
        found
        if found != answer and not re.search(r"(?<![A-Za-z\\])[a-zA-Z](?![A-Za-z])", written.sub("", answer))
        else ""
    )
