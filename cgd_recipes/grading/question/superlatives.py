r"""Names beside more than a question asks for: "NAVIN earns the most, about $40", `\text{Ann} > \text{Bob} > \text{Cid}`."""

from __future__ import annotations

import re

from cgd_recipes.grading.notation.clean import tidy
from cgd_recipes.grading.notation.text import said
from cgd_recipes.grading.prose.echo import DENIES, concluding, stems
from cgd_recipes.grading.prose.wording import is_doubtful
from cgd_recipes.grading.question.asked_unit import asking

NAME = re.compile(r"[A-Z][a-z]{2,}")
WHO = re.compile(r"\b(?:who|which|whose)\b", re.IGNORECASE)
AMOUNT = (
    r"(?:(?:with|at|of|earning)\s+)?(?:(?:about|approximately|roughly|around)\s+)?(?:\\?\$)?\d[\d.,]*(?:\s[a-z]+){0,4}"
)
# "Navin (from Mauritius) would earn the most, about $40 for the day"
MOST = re.compile(
    rf"(?P<name>[A-Z][A-Za-z]+)(?:\s*\((?P<aside>(?:from|of|with|in)\s[A-Za-z ]+)\))?\s+"
    rf"(?P<does>(?:[a-z]+\s+){{1,3}}the\s+(?:most|least|[a-z]+est)(?:\s[a-z]+){{0,4}})(?:[,:]\s+{AMOUNT})?"
)
# "Navin (about $40)", "Navin, with about $40"
MEASURED = re.compile(rf"(?P<name>[A-Z][A-Za-z]+)(?:\s*\({AMOUNT}\)|,\s+(?=with|at|about){AMOUNT})")
CHAIN = re.compile(
    r"(?P<chain>[A-Z][A-Za-z]+(?:\s*>\s*[A-Z][A-Za-z]+){1,9}|[A-Z][A-Za-z]+(?:\s*<\s*[A-Z][A-Za-z]+){1,9})"
    r"(?:\s*,?\s*(?:\\(?:Rightarrow|implies|Longrightarrow|to|rightarrow)(?![A-Za-z])|\u21d2|\u2192|so|:)\s*(?P<said>[A-Z][A-Za-z]+))?"
)
LISTED = re.compile(r"[A-Z][a-z]+(?:,\s+[A-Z][a-z]+)*,?\s+(?:and|or)\s+[A-Z][a-z]+")
UP = re.compile(r"\b(?:most|highest|largest|greatest|biggest)\b", re.IGNORECASE)
# "the second highest score", "the highest after Bob's", "not the highest"
NOT_FIRST = re.compile(
    r"\b(?:second|third|fourth|fifth|sixth|\d+(?:nd|rd|th)|next|after|before|behind|not|neither|never|other|except|besides)\b|n['\u2019]t\b",
    re.IGNORECASE,
)
DOWN = re.compile(r"\b(?:least|lowest|smallest|fewest)\b", re.IGNORECASE)
# `3^{40} > 4^{30}`, where it is asked which is larger
UNEQUAL = re.compile(r"(?P<left>[^<>=,]+?)\s*(?P<sign>[<>])\s*(?P<right>[^<>=,]+)")
WHICH = re.compile(r"\bwhich\b[^.?]*\b(?P<word>larger|greater|bigger|smaller|less)\b", re.IGNORECASE)


def with_most(answer: str, gold: str, question: str) -> str:
    """The gold answer, a name, where an answer says of it that it is what the question asks for, or its amount; else ""."""
    asked = asking(question)
    if not NAME.fullmatch(gold.strip()) or not WHO.search(asked) or NOT_FIRST.search(asked):
        return ""
    plain = said(tidy(answer)).strip(" .*")
    match = MOST.fullmatch(concluding(plain)) or MEASURED.fullmatch(plain)
    if match is None or match["name"].casefold() != gold.strip().casefold() or DENIES.search(plain):
        return ""
    groups = match.groupdict()
    beside = f"{groups.get('aside') or ''} {plain[match.end('does') :] if groups.get('does') else ''}"
    if is_doubtful(re.sub(r"\b(?:about|approximately|roughly|around)\b|~", "", beside)):
        return ""
    return gold if {*stems(groups.get("does") or "")} <= {*stems(asked)} else ""


def at_the_end(answer: str, gold: str, question: str) -> str:
    """The name at the end of a chain by size that the question asks for, of all names that it lists; else ""."""
    match = CHAIN.fullmatch(said(tidy(answer))) if NAME.fullmatch(gold.strip()) else None
    asked = asking(question)
    most, least = UP.search(asked) is not None, DOWN.search(asked) is not None
    if match is None or most == least or not WHO.search(asked) or NOT_FIRST.search(asked):
        return ""
    names = [name.strip() for name in re.split("[<>]", match["chain"])]
    listed = [{*NAME.findall(each[0])} for each in LISTED.finditer(question)]
    if len({*names}) < len(names) or {*names} not in listed:
        return ""
    first = (">" in match["chain"]) == most
    name = names[0 if first else -1]
    return name if match["said"] in (None, name) else ""


def larger_side(answer: str, gold: str, question: str) -> str:
    """The side of a comparison that a question asks for, which has both sides; "" for anything else."""
    if UNEQUAL.search(gold):
        return ""
    than, which = UNEQUAL.fullmatch(answer.strip("$ ")), WHICH.search(question)
    if not than or not which or any(len(than[side].strip()) == 1 for side in ("left", "right")):
        return ""
    if not all(without_layout(than[side]) in without_layout(question) for side in ("left", "right")):
        return ""
    wants_less = which["word"].casefold() in ("smaller", "less")
    return than["left"] if (than["sign"] == "<") == wants_less else than["right"]


def without_layout(text: str) -> str:
    """A formula without spaces, braces, dollars and backslashes."""
    return re.sub(r"[\s${}\\]", "", text.replace("\u2212", "-"))
