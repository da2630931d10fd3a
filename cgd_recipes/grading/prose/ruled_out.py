"""Last sentences that rule a value out, or leave it open: "So 12 is out.", "It is no larger than 12.", "12 or a little more"."""

from __future__ import annotations

import re

from cgd_recipes.grading.prose.another import EXTREME
from cgd_recipes.grading.prose.wording import CORRECTS

BOUNDED = re.compile(
    r"\bno\s+(?:larger|greater|bigger|more|less|smaller|fewer|lower|higher)\s+than\b|\bno\s+such\b", re.IGNORECASE
)
UNDECIDED = re.compile(r"\b(?:whether|remains?\s+(?:open|unclear|to\s+be)|unknown|in\s+particular)\b", re.IGNORECASE)
OUT = re.compile(
    r"\b(?:is|are)\s+(?:(?:much\s+|far\s+|already\s+|just\s+|a\s+bit\s+)?too\s+(?:large|big|small|low|high|many|few)\b|(?:ruled\s+)?out\b(?!\s+of\b)|excluded|eliminated|discarded|rejected)|\b(?:does|do)(?:\s+not|n['\u2019]t)\s+(?:satisfy|work|fit|solve)\b|\bfails\b(?!\s+(?:at|after|when|by|in|the)\b)"
    r"|\bfails\s+the\s+(?:[a-z]+\s+)?(?:conditions?|requirements?|constraints?|equations?|inequality|checks?)\b",
    re.IGNORECASE,
)
MORE_OR_LESS = re.compile(
    r",\s+not\s+(?:ours|mine|his|hers|theirs|yours|this\s+one)\b|\bor\s+(?:a\s+(?:little|bit|few)|slightly|somewhat|thereabouts)\b",
    re.IGNORECASE,
)
# "k \u2248 5" and nothing more
ABOUT = re.compile(r"\W*\\?[A-Za-z]+(?:_\{?\w\}?)?\W*?\s*(?:\u2248|\\approx)\s*-?\d{1,2}(?![.,]?\d)\W*")
# "Area\u00b2 = 12" gives no area
POWER = re.compile(r"\b[A-Za-z][a-z]{2,}\s?(?:[\u00b2\u00b3]|\^\s*\{?[23]\}?)\W*?\s*(?:=|:|\bis\b)")
SQUARE = re.compile(r"squared?\b|cubed?\b|[\u00b2\u00b3^]", re.IGNORECASE)
FIGURE = re.compile(r"\d[\d.,/]*")


def is_of_power(sentence: str) -> bool:
    """Whether a sentence gives the square or the cube of a quantity that it names."""
    return POWER.search(sentence) is not None


def is_ruled_out(sentence: str, asking: str) -> bool:
    """Whether a sentence that may give a value says that it is none, a mere bound, or only about it.

    The largest value that is asked for may be told as a bound, and one value beside another that is ruled out.
    """
    if CORRECTS.match(sentence) or ABOUT.fullmatch(sentence) or MORE_OR_LESS.search(sentence):
        return True
    if is_of_power(sentence) and not SQUARE.search(asking):
        return True
    if BOUNDED.search(sentence) and not BOUNDED.search(asking):
        return UNDECIDED.search(sentence) is not None or not EXTREME.search(asking)
    return OUT.search(sentence) is not None and not OUT.search(asking) and len(FIGURE.findall(sentence)) == 1
