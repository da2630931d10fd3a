"""Sentences that begin as remarks do and say the answer: "Both methods give 12.", "Let me check: both match, so 12 is the answer."."""

from __future__ import annotations

import re

VALUE = r"(?=[*_$\\(\s]*(?:about\s+|just\s+|exactly\s+|simply\s+)?[-+\u2212$\u20ac\u00a3]*(?:\d|\.\d|\\))"
# Sentences that would be remarks, if they did not say the answer.
AGREED = (
    (
        re.compile(
            r"^\W*(?:so,?\s+)?(?:both|either|all(?:\s+(?:three|four))?|the\s+two)\s+(?:of\s+)?(?:the\s+|these\s+)?(?:methods?|ways?|approach(?:es)?|routes?|calculations?)(?:,[^,\d]{1,80},)?"
            r"\s+(?:gives?|leads?\s+to|yields?|agrees?\s+on|results?\s+in|produces?|arrives?\s+at|lands?\s+on)\s+(?:us\s+)?(?:(?:(?:exactly\s+)?the\s+)?same\s*|the\s+)?(?:number|value|answer|result|total|thing|figure|outcome|conclusion)?(?:\s+of|:|,?\s+namely|,)?\s*"
            rf"(?<=[\s:]){VALUE}(?=\S+(?:\s(?!(?:for|per|each|in|at|or|as|if|and|when|only|off|short|apart|too|over|under|out|away|less|more|left)\b)[a-z]+){{0,2}}(?:,\s+so\s+(?:I|we|this|that|it)\b[^\d]*)?[.!*]*$)",
            re.IGNORECASE,
        ),
        "The answer is ",
    ),
    (
        re.compile(
            r"^\W*(?:(?:let\s+me|let['\u2019]s|let\s+us|to)\s+)?(?:quickly\s+)?(?:double-?\s?)?check\w*\b[^\d:]{0,80}:\s+[^\d,:]{0,60}\b(?:match(?:es)?|agrees?|holds?|works?|fine|checks?\s+out),\s+so\s+(?=\S+\s+is\s+(?:indeed\s+)?(?:the|our|my)\s+(?:final\s+)?answer\b)",
            re.IGNORECASE,
        ),
        "So ",
    ),
    (
        re.compile(
            rf"^(?!.*\b(?:not|no|if|fails?|except|only)\b|.*n['\u2019]t\b)[^\d?;]*,\s+so\s+(?:our|my|the)\s+answer\s+of\s+{VALUE}(?P<said>\S+)\s+is\s+(?:correct|right|confirmed)(?=[.!*]*$)",
            re.IGNORECASE,
        ),
        r"So the answer is \g<said>",
    ),
    (
        re.compile(
            r"^\W*(?:I['\u2019]m|I\s+am|we\s+are)\s+(?:now\s+)?(?:confident|certain|sure)\s+that\s+the\s+(?:correct|right|final)"
            r"\s+(?:value|answer|result)\s+is\b",
            re.IGNORECASE,
        ),
        "The answer is",
    ),
)


def with_answer(sentence: str) -> str:
    """A sentence that says in one of these ways what the answer is, in plainer words; any other one as it is."""
    for pattern, plain in AGREED:
        sentence = pattern.sub(plain, sentence)
    return sentence
