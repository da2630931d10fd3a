"""Answers of several parts, and of none, as a last sentence states them: "Tia is 12 and Sam is 16", "there is no such limit"."""

from __future__ import annotations

import re

from cgd_recipes.grading.called import things_of
from cgd_recipes.grading.prose.clauses import in_full
from cgd_recipes.grading.prose.lexer import lexed
from cgd_recipes.grading.prose.told import last_of
from cgd_recipes.grading.wording import is_doubtful

CLAUSE = re.compile(r"[;,]\s+(?:(?:and|while|so|but)\s+)?|\s+(?:and|while|whereas)\s+")
PAIR = re.compile(r"\((?P<x>[^(),]+),\s*(?P<y>[^(),]+)\)")
XY = re.compile(
    r"\bx\s*(?:=|is|equals)\s*(?P<x>[^\s,;]+),?\s+(?:and|with|while)\s+y\s*(?:=|is|equals)\s*(?P<y>[^\s,;]+?)[.!]?(?=\s|$)"
)
NO_SUCH = re.compile(
    r"\bthere\s+(?:is|are|exists?)\s+no\s+(?:(?:such|real|integer|positive)\s+)*(?:values?|numbers?|solutions?|limits?|integers?|roots?|pairs?|points?)\b(?!\s+(?:other|but|except|besides))"
)
ALLOWED = frozenset(
    [
        "only",
        "unique",
        "solution",
        "then",
        "no",
        "not",
        "now",
        "one",
        "two",
        "three",
        "four",
        "five",
        "both",
        "remaining",
        "old",
        "other",
        "while",
    ]
)


def named_values(gold: str, response: str) -> str:
    """The values of things that the gold answer names, or of x and y for a pair, where the last sentence gives each one; else ""."""
    sentence = in_full(last_of(response).replace("**", ""))
    if not sentence or "?" in sentence:
        return ""
    if PAIR.fullmatch(gold.strip("$ ")):
        match = XY.search(sentence)
        return f"({match['x']}, {match['y']})" if match and not is_doubtful(sentence[: match.start()], ALLOWED) else ""
    names = things_of(gold)
    found: dict[str, str] = {}
    for clause in CLAUSE.split(sentence) if names else []:
        named = [name for name in names if re.search(rf"\b{re.escape(name)}s?\b", clause, re.IGNORECASE)]
        masked = lexed(clause)
        if not named:
            continue
        if (
            len(named) > 1
            or masked is None
            or len(masked.values) != 1
            or named[0] in found
            or is_doubtful(clause, ALLOWED)
        ):
            return ""
        found[named[0]] = masked.values[0]
    return ", ".join(f"{name}: {value}" for name, value in found.items()) if names and {*found} == {*names} else ""


def none_such(sentence: str) -> bool:
    """Whether a sentence says that there is none of what was asked for."""
    match = NO_SUCH.search(sentence)
    return match is not None and not re.search(
        r"\b(?:but|except|unless|if|so\s+the|other\s+than)\b|\?", sentence[match.start() :]
    )
