"""Names of persons, where a question asks who it was: with a title, by the last name, with what the person was behind a comma."""

from __future__ import annotations

import re

from cgd_recipes.grading.notation.clean import tidy
from cgd_recipes.grading.notation.text import said
from cgd_recipes.grading.notation.words import WHO, listed
from cgd_recipes.grading.prose.wording import is_doubtful

PARTICLE = r"(?:van|von|de|da|di|del|der|den|la|le)"
FULL_NAME = re.compile(
    rf"[A-Z][a-z]+(?:\s(?:[A-Z][a-z]*\.?|{PARTICLE}))*?(?P<before>(?:\s{PARTICLE})*)\s(?P<last>[A-Z][a-z]{{2,}})"
)
NAME = re.compile(rf"[A-Z][\w'.-]*(?:\s(?:[A-Z][\w'.-]*|{PARTICLE}))*")
TITLE = re.compile(rf"^{listed('titles')}\s+(?=[A-Z])")
# ", the Italian physicist", but not ", the younger"
WHAT = re.compile(
    r",\s+(?:the|an?)\s+(?!.*\b(?:son|daughter|younger|elder|older|second|third|junior|senior|grandson|nephew|brother|sister|wife|husband|other)\b)"
    r"(?:[A-Za-z][a-z-]+\s+){0,3}[a-z-]+$"
)
# "Canberra, A.C.T."
REGION = re.compile(r",\s+(?:[A-Z]\.){2,}$|,\s+(?:[A-Z]\.)+[A-Z]$")


def name_of(answer: str, gold: str, question: str) -> str:
    """The gold answer, a name, where an answer has it with a title, with what the person was, or the last name alone; else ""."""
    wanted = gold.strip()
    if not NAME.fullmatch(wanted):
        return ""
    plain = said(tidy(answer)).strip(" .*")
    if REGION.sub("", said(tidy(answer)).strip(" *")) == wanted:
        return gold
    if not WHO.search(question):
        return ""
    if (what := WHAT.search(plain)) and not is_doubtful(what[0]):
        plain = plain[: what.start()]
    plain = TITLE.sub("", plain)
    if plain in (wanted, TITLE.sub("", wanted)):
        return gold
    match = FULL_NAME.fullmatch(wanted)
    if match is None or match["last"] in question:
        return ""
    before = match["before"].strip()
    last = f"{before} {match['last']}".strip()
    first = wanted.removesuffix(last).strip()
    return gold if plain in (match["last"], last, f"{match['last']}, {first}", f"{last}, {first}") else ""
