"""The first sentence of what a statement says."""

from __future__ import annotations

import re

# The first sentence of a statement; a list of names on one line has full stops of its own.
FIRST_END = re.compile(
    r"(?<=[\w)$}\]%])(?<!\bM[rs])(?<!\bMrs)(?<!\bDr)\.(?!(?<=\b[A-Z]\.)\s+[A-Z](?:\.\s|[\w'-]+\W*$))(?:\*\*)?\s+(?=[A-Z])"
)
PERSON = r"[A-Z][A-Za-z'-]*(?: [A-Za-z'-]+)*"
NAMES_NUMBERED = re.compile(rf"\**1[.)]\s+{PERSON}(?:[,;]?\s+[2-9][.)]\s+{PERSON})+\.?\**")
# "answer is not obvious", "answer is found by": prose about the answer, and no answer.
PROSE = re.compile(
    r"(?:not|based|found|given|obtained|the (?:sum|number|value)|in|to|therefore|simply|that|because|still|also|clear|correct|wrong|right|"
    r"either|probably|likely|maybe|perhaps|between|more|less|at (?:least|most)|unknown|unclear)\b(?=\s+\S+)",
    re.IGNORECASE,
)
# "Answer: 12? No, 13"
QUESTIONED = re.compile(r"\S{1,40}\?\s+\S")
# "Answer: not exact"
NOT_SO = re.compile(r"not(?!\s+(?:sure|certain|clear|known|given|possible)\b)(?:\s[a-z-]+){1,2}\W*", re.IGNORECASE)


def first_sentence(said: str) -> str:
    """The first sentence of what is said; all of a list of names on one line: "1. Ann 2. Bob"."""
    return said if NAMES_NUMBERED.fullmatch(said.strip()) else FIRST_END.split(said)[0]


def is_prose(said: str, label: str) -> bool:
    """Whether what stands behind a label is prose about the answer, and no answer."""
    return QUESTIONED.match(said) is not None or (
        PROSE.match(said) is not None and not (":" in label and NOT_SO.fullmatch(said))
    )
