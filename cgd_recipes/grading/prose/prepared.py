"""The last sentence of a response as it is read: in full, with what it points back to, without what changes nothing."""

from __future__ import annotations

import re
from functools import lru_cache

from cgd_recipes.grading.prose.ending import sentences
from cgd_recipes.grading.prose.proportions import proportioned
from cgd_recipes.grading.prose.spoken import numbered
from cgd_recipes.grading.prose.told import last_of
from cgd_recipes.grading.prose.trims import trimmed
from cgd_recipes.grading.prose.written_out import in_full

MAX_BEFORE = 300
# "That is about 0.111.", "So that is the probability."
BACK = re.compile(
    r"^\W*(?:(?:so|and|thus|hence)\s+)*(?:that|this|it)(?:\s+is|['\u2019]s)\s+(?:(?:about|approximately|roughly|around)\s+\S+(?:\s+[a-z%]+)?\W*$|(?:the|how|what)\b[^\d]*(?:\([^()]*\))?\W*$)",
    re.IGNORECASE,
)
PER = re.compile(r"\bper\s+[a-z]+")


@lru_cache(maxsize=4)  # a response is read by several rules
def prepared(response: str, asking: str, *, several: bool) -> tuple[str, str]:
    """The last sentence of a response as it was written, and in full, without what changes nothing."""
    said = last_of(response)
    if BACK.match(said):
        said = with_previous(response, said)
    full = numbered(in_full(said.replace("**", "").strip()), asking)
    for per in PER.findall(asking):  # "3.6 dollars per litre", where the price per litre is asked for
        full = re.sub(rf"\b(dollars?|euros?|pounds?|cents?)\s+{re.escape(per)}\b", r"\1", full)
    return said, proportioned(trimmed(full, several), asking, several=several)


def with_previous(response: str, said: str) -> str:
    """The last sentence of a response with the one that it points back to, as one."""
    before = response[: response.rindex(said)].rstrip() if said in response else ""
    pieces = sentences(before)
    if not pieces or len(pieces[0][1]) > MAX_BEFORE:
        return said
    return f"{pieces[0][1].rstrip(' .!')}, {said[:1].lower()}{said[1:]}"
