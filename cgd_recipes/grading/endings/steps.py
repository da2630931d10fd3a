r"""Boxes around what is no final answer: "The intermediate result is \\boxed{12}. Next, let us compute"."""

from __future__ import annotations

import re

MAX_BEFORE, MAX_BEHIND = 120, 1_000
CALLED_STEP = re.compile(
    r"\b(?:intermediate|auxiliary|preliminary|provisional)\s+(?:result|value|answer|quantity|parameter|variable|step|constant)\b[^.\n]*$",
    re.IGNORECASE,
)
ONE_CASE = re.compile(r"(?:^|\n)\W*case\s+(?:1|i|one|a)\b[^\n]*$", re.IGNORECASE)
OTHER_CASE = re.compile(r"\n\W*case\s+(?:2|ii|two|b)\b", re.IGNORECASE)
# What goes on behind a box, and comes to no end.
GOES_ON = re.compile(
    r"\b(?:we\s+(?:still|now)\s+(?:have|need)\s+to|it\s+(?:still\s+)?remains\s+to|what\s+remains\s+is\s+to"
    r"|(?:next|now|then),?\s+(?:let\s+us|let['\u2019]s|we(?:\s+(?:can|will|must|need\s+to|have\s+to))?)\s+(?:now\s+)?(?:compute|find|calculate|determine|evaluate|use|add|subtract|multiply|divide|plug|substitute|solve|turn|move|consider|look))\b",
    re.IGNORECASE,
)
STILL = re.compile(r"\bwe\s+(?:still\s+(?:have|need)\s+to|(?:have|need)\s+to\s+still)\b", re.IGNORECASE)
# "The book says \\boxed{12}, but", "\\boxed{12} would be correct if"
OTHERS_SAY = re.compile(
    r"\b(?:(?:book|textbook|key|solutions?|calculator|friend|student|classmate|teacher|website|internet)\s+(?:says|said|claims?|claimed|gives|gave|has|got|thinks)|['\u2019]s\s+(?:answer|guess|claim))\s*:?[\s$*]*$",
    re.IGNORECASE,
)
# "The total is more than \\boxed{12}", "A common mistake is \\boxed{12}"
NO_VALUE = re.compile(
    r"\b(?:(?:more|less|fewer|greater|smaller|larger|higher|lower)\s+than|(?:mistake|error|trap|guess)\s+(?:here\s+)?(?:is|would\s+be)(?:\s+to\s+\w+)?)[\s$\\(*]*$",
    re.IGNORECASE,
)
WOULD_BE = re.compile(r"^[\s$.*]*(?:would|might|could)\s+(?:be|have\s+been)\b", re.IGNORECASE)
# "But the problem wants x, so 5 must still be subtracted."
WANTS_OTHER = re.compile(
    r"^[\s$.*]*(?:but|however),?\s+(?:the\s+(?:problem|question|task|exercise)|we)\s+(?:wants?|asks?|needs?|(?:is|are)\s+(?:asked|asking))\b[^.\n]*\b(?:still|must|(?:have|has|need|needs)\s+to)\b",
    re.IGNORECASE,
)
CHECKS = re.compile(r"\b(?:check|verif\w+|confirm\w*|sanity|double-check)\b", re.IGNORECASE)
ENDED = re.compile(r"[.!?)\]}$*]\W*$")


def is_a_step(before: str, behind: str) -> bool:
    """Whether what stands around the last box says that it holds no final answer: a step, one case of several, what others say.

    Args:
        before: the text before it, as far as it may be about it.
        behind: the text behind it.
    """
    if NO_VALUE.search(before):
        return True
    if not behind.strip(" $.*\n"):
        return OTHERS_SAY.search(before) is not None
    if ONE_CASE.search(before) and OTHER_CASE.search(behind[:MAX_BEHIND]):
        return True
    if WOULD_BE.match(behind[:MAX_BEFORE]) or WANTS_OTHER.match(behind[:MAX_BEFORE]) or OTHERS_SAY.search(before):
        return True
    end = behind.rstrip()
    near = end[:MAX_BEHIND]
    if GOES_ON.search(near) is None or CHECKS.search(near):
        return False
    return STILL.search(near) is not None or CALLED_STEP.search(before) is not None or not ENDED.search(end)
