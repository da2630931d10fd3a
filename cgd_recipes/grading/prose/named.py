"""A last line that names a value: "Vertex: (4, -7)", "Eggs left -> 12", "**Price after the discount: $30**", "Winner: Alice"."""

from __future__ import annotations

import re

from cgd_recipes.grading.notation.unit import composition
from cgd_recipes.grading.prose.doubts import EACH, HEDGE, IN_SUBJECT, PARTIAL, STARTS
from cgd_recipes.grading.prose.last import in_bold
from cgd_recipes.grading.prose.lexer import lexed
from cgd_recipes.grading.prose.masked import M
from cgd_recipes.grading.prose.wording import is_doubtful

ARROWS = r"-{1,2}>|=>|\u2192|\u21d2|\u27f6"
LINE = re.compile(
    r"^[^\w\n$\\(\[{]*(?P<name>[A-Za-z][A-Za-z'\u2019 -]*?(?:\s?\([^()\n]*\))?)[*_]*\s*"
    rf"(?P<sign>:|=(?![=>])|{ARROWS})[*_]*\s*(?P<said>\S.*?)[*_]*$"
)
MAX_WORDS = 9
# What is no answer, and beginnings of sentences that lead to a step.
NO_ANSWER = re.compile(
    r"\b(?:note|remark|hint|given|page|part|method|calculation|proof|sub-?total|tip|source|rule|formula|goal|idea|reason|verification|time\s+taken|date|name|title|input|unknown"
    r"|lower|upper|minimum|maximum\s+guess|lemma|theorem|equation|row|line|item|option|choice|exercise|task|explanation|reasoning|variables?)\b"
    r"|^(?:put|set|let|try|take|plug|substitute|using|with|for|if|when|where|since|as|at|by|in|on|of|to|from|now|consider|suppose|first|and|but|because)\b",
    re.IGNORECASE,
)
TOTAL = re.compile(r"\b(?:total|altogether|final|overall|result|answer|left|remaining|sum|in\s+all)\b", re.IGNORECASE)
ALLOWED = IN_SUBJECT | {"number", "asked"}
WORDS = re.compile(r"(?:[A-Z][a-z]+(?:\s[A-Z][a-z]+){0,2})[.!]?")
COMPUTED = re.compile(
    r"[^A-Za-z:;?<>]*\d[^A-Za-z:;?<>]*(?<=[\d)%!])(?:\s(?!(?:and|or|of|to|if|for|when|per)\b)[a-z]+){0,3}\.?"
)
# "Max value: 9, attained at x = 3"
ATTAINED = re.compile(r"(?<=[\d)$]),?\s+(?:attained|reached|achieved)\s+(?:at|when|for)\s[^;,.?]*$")
NO_WORD = re.compile(
    r"(?:Done|None|Correct|Right|Wrong|Verified|True|False|Proved|Complete|See|Unknown|Todo|Yes|No|Ok|Okay)\b",
    re.IGNORECASE,
)
# "x < 4 or x > 9"
BOUND = r"\$?(?P<{}>[a-z])\s*(?:[<>]=?|[\u2264\u2265]|\\[lg]eq?(?![a-z]))\s*[-\u2212]?\d[\d./]*\$?"
EITHER = re.compile(rf"{BOUND.format('name')},?\s+or\s+{BOUND.format('again').replace('[a-z])', '(?P=name))', 1)}")


def named_value(before: str, line: str) -> str | None:
    """The value that a last line names; None where it is no such line, or one of several.

    Args:
        before: the text before the line.
        line: the last one of a text.
    """
    before = before.rstrip()
    match = LINE.match(line)
    if match is None or not (before or "**" in line) or not _may_name(match["name"]):
        return None
    said = ATTAINED.sub("", (in_bold(match["said"]) or match["said"]).replace("**", "").strip())
    listed = _is_listed(before, match["sign"])
    if WORDS.fullmatch(said):
        return None if NO_WORD.match(said) or listed else said.rstrip(".!")
    computed = "=" in match["sign"] + said
    if listed and not (computed or TOTAL.search(match["name"])):
        return None
    return (
        said.rstrip(".")
        if is_value(said) or EITHER.fullmatch(said.rstrip(".")) or (computed and COMPUTED.fullmatch(said))
        else None
    )


def _may_name(name: str) -> bool:
    plain = re.sub(r"\([^()]*\)", "", name)
    return not (
        not len(plain) > 2
        or len(plain.split()) > MAX_WORDS
        or NO_ANSWER.search(plain)
        or EACH.search(plain)
        or STARTS.match(plain)
        or PARTIAL.search(plain)
        or HEDGE.search(re.sub(r"\b(?:most|least|not)\b", "", plain))
        or is_doubtful(plain, ALLOWED)
    )


def _is_listed(before: str, sign: str) -> bool:
    """Whether the line before names a value as well, so that the last one is an item of a list."""
    match = LINE.match(before.rpartition("\n")[2].strip())
    return (
        match is not None
        and match["sign"] == sign
        and not re.search(r"[=+*\u00d7/]", match["said"])
        and is_value(match["said"].replace("**", ""))
    )


def is_value(said: str) -> bool:
    """Whether a text is one value with at most three words behind it, or a chain of them."""
    whole = lexed(said.rstrip("."))
    if whole is None or HEDGE.search(said) or "?" in said:
        return False
    text = whole.text.strip(" .")
    if text.startswith(M) and " per " in text and composition(text.removeprefix(M).strip()):
        return True  # "24 kilometres per hour"
    return (
        re.fullmatch(
            rf"{M}(?:\s(?!(?:and|or|of|to|if|for|when|per)\b)[A-Za-z/\u00b2\u00b3]+){{0,3}}(?:\s\([^()]*\))?", text
        )
        is not None
    )
