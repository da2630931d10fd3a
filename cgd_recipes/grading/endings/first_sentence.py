"""The first sentence of what a statement says."""

from __future__ import annotations

import re

# The first sentence of a statement; a list of names on one line has full stops of its own.
FIRST_END = re.compile(
    r"(?<=[\w)$}\]%])(?<!\bM[rs])(?<!\bMrs)(?<!\bDr)\.(?!(?<=\b[A-Z]\.)\s+[A-Z](?:\.\s|[\w'-]+\W*$))(?:\*\*)?\s+(?=[A-Z])"
)
PERSON = r"[A-Z][A-Za-z'-]*(?: [A-Za-z'-]+)*"
NAMES_NUMBERED = re.compile(rf"\**1[.)]\s+{PERSON}(?:[,;]?\s+[2-9][.)]\s+{PERSON})+\.?\**")


def first_sentence(said: str) -> str:
    """The first sentence of what is said; all of a list of names on one line: "1. Ann 2. Bob"."""
    return said if NAMES_NUMBERED.fullmatch(said.strip()) else FIRST_END.split(said)[0]
