"""Sentences that say or deny what a question asks: "221 is not prime"."""

from __future__ import annotations

import re

from cgd_recipes.grading.notation.clean import tidy
from cgd_recipes.grading.notation.text import said
from cgd_recipes.grading.prose.another import FIGURE
from cgd_recipes.grading.prose.answering import without_modals
from cgd_recipes.grading.prose.echo import DENIES, KINDS, OPEN, concluding, stems, symbols, with_denials, without_kinds
from cgd_recipes.grading.question.asked_unit import asking

# "exact or not?"
OR_NOT = re.compile(r",?\s+or\s+not(?=\s*[?.]?\s*$)|^consider\b[^?]*,\s+(?=is\s)", re.IGNORECASE)
YES_OR_NO = re.compile(
    r"^(?:is|are|was|were|does|do|did|has|have|can|will)\b|\b(?:determine|decide|state|say|check)\s+(?:if|whether)\b|\btrue\s+or\s+false\b|\bis\s+it\s+true\s+that\b",
    re.IGNORECASE,
)
BOTH = re.compile(r"\b[a-z]{3,}\s+and\s+[a-z]{3,}\b")
THERE = re.compile(r"\W*there\s+(?:is|are|exists?)", re.IGNORECASE)
# "There is one.", "There are none."
IS_THERE = re.compile(r"(?:(?:is|are)\s+there|do(?:es)?\s+there\s+exist)\s+(?:an?|any|some)\b", re.IGNORECASE)
THERE_IS = re.compile(
    r"\W*(?:(?:yes|so|thus|hence|therefore),?\s+)?there\s+(?:(?:is|are)(?:\s+(?:indeed\s+)?(?:such\s+an?\s+one|one|some))?|(?:is|are)\s+(?P<none>none))\W*",
    re.IGNORECASE,
)
# "Can we reject H_0?", "reject H_0", "We fail to reject the null hypothesis at the 5% level."
HYPOTHESIS = r"(?:\$?H_?\{?0\}?\$?|\$?H\u2080\$?|the\s+(?:null\s+)?hypothesis(?:\s+\$?H_?\{?0\}?\$?)?)"
REJECT_ASKED = re.compile(
    rf"\b(?:can|could|should|do|would|may)\s+(?:we|you|one|they)\s+reject\s+{HYPOTHESIS}|\bis\s+{HYPOTHESIS}\s+rejected\b",
    re.IGNORECASE,
)
REJECTED = re.compile(
    rf"(?:so\s+|hence\s+|therefore,?\s+)?(?:(?:we\s+)?(?:(?P<no>(?:do\s+not|don't|can\s?not|can't|should\s+not|fail\s+to|may\s+not|not)\s+)"
    rf"|(?:can\s+|should\s+|may\s+|do\s+)?(?:indeed\s+)?)reject\s+(?:{HYPOTHESIS}|it)|{HYPOTHESIS}\s+(?:is|can\s+be|should\s+be|must\s+be)\s+(?P<not>not\s+)?rejected"
    rf"|{HYPOTHESIS}\s+(?P<cannot>cannot\s+be)\s+rejected)(?P<level>\s+at\s+(?:the\s+|an?\s+)?[^,;?!]*\blevel\b[^,;?!]*)?\.?",
    re.IGNORECASE,
)
PARENTHESES = re.compile(r"\s*\([^()]*[a-z]{2}[^()]*\)")
# "No; it is prime"
NO = re.compile(r"(?:no|false)\b[\s,.:;\u2013\u2014-]+(?P<rest>.+)", re.IGNORECASE)

# `\\mathbb{R}^3` is "R^3".
SETS = re.compile(r"\\mathbb\s*(?:\{\s*(?P<set>[A-Z])\s*\}|(?=[A-Z]))|(?P<real>\u211d)")


def with_plain_sets(text: str) -> str:
    """A text with plain letters for sets of numbers."""
    if "mathbb" not in text and "\u211d" not in text:
        return text
    return SETS.sub(lambda match: "R" if match["real"] else match["set"] or "", text)


def yes_or_no(question: str, sentence: str) -> str | None:
    """Yes where a sentence says what a question asks, no where it denies that; None where it says anything else."""
    if no := NO.match(sentence):  # "No, it has no root"
        return "No" if yes_or_no(question, no["rest"]) == "No" else None
    asked = OR_NOT.sub("", PARENTHESES.sub("", asking(question))).strip()
    if "eject" in sentence and REJECT_ASKED.search(asked):
        return _rejected(sentence, question)
    told = without_modals(concluding(PARENTHESES.sub("", sentence).replace("**", "")), asked)
    if (one := THERE_IS.fullmatch(told)) and IS_THERE.match(asked):
        return "No" if one["none"] else "Yes"
    told = with_denials(told, asked)
    if (
        not YES_OR_NO.search(asked)
        or DENIES.search(asked)
        or OPEN.search(told)
        or re.search(r"\bor\b(?!\s+(?:false|no)\b)", asked)
    ):
        return None
    theirs, ours = (
        stems(asked),
        without_kinds([stem for stem in stems(DENIES.sub(" ", told)) if stem not in ("yes", "no")]),
    )
    if (
        not symbols(told) <= symbols(asked)
        or not (_in_order(ours, theirs) or (THERE.match(told) and {*ours} <= {*theirs}))
        or not {*ours} & {*theirs[-3:]} - KINDS
    ):
        return None
    if DENIES.search(told):
        return "No" if len(DENIES.findall(told)) == 1 else None
    # "Is f continuous and differentiable?" is not answered by one of the two.
    pairs = [{*stems(pair[0])} for pair in BOTH.finditer(asked)]
    return "Yes" if all(not pair & {*ours} or pair - {"and"} <= {*ours} for pair in pairs) else None


def _rejected(sentence: str, question: str) -> str | None:
    """Yes where a sentence rejects the hypothesis of its question, no where it does not, at no level but the question's."""
    match = REJECTED.fullmatch(re.sub(r"H _ ?", "H_", sentence).strip())
    if match is None or not {*FIGURE.findall(match["level"] or "")} <= {*FIGURE.findall(question)}:
        return None
    return "No" if match["no"] or match["not"] or match["cannot"] else "Yes"


def is_contrary_no(answer: str, question: str) -> bool:
    """Whether an answer is a no that goes on with what the question asks: "No; 91 is prime"."""
    no = NO.match(said(tidy(answer)))
    return no is not None and yes_or_no(question, no["rest"]) == "Yes"


def _in_order(some: list[str], all_of_them: list[str]) -> bool:
    """Whether words come in another list too, in the same order."""
    left = iter(all_of_them)
    return bool(some) and all(word in left for word in some)
