r"""Answers with conditions on their names: "ax, where a is a positive integer", `ax\ (a \in \mathbb{N})`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cgd_recipes.grading.notation.clean import AND, key
from cgd_recipes.grading.notation.number_sets import domain_in_words, domain_of
from cgd_recipes.grading.notation.structure import LETTER_NAME, split_top
from cgd_recipes.grading.notation.text import said
from cgd_recipes.grading.readings.excluded import without_poles
from cgd_recipes.grading.readings.spellings import Pairs

COMPARED = r"\\(?:in|ge|ne)(?![A-Za-z])|>"
BEHIND = re.compile(
    rf"\s*[,;]?\s*(?:(?<![A-Za-z\\])(?:where|with|for)(?![A-Za-z])|\((?=\s*{LETTER_NAME}\s*(?:,\s*{LETTER_NAME}\s*)*(?:{COMPARED}|is\s|are\s))|,(?=\s*{LETTER_NAME}\s*(?:,\s*{LETTER_NAME}\s*)*(?:{COMPARED}|is\s|are\s)))\s*"
)
LEAD = re.compile(r"^(?:(?:exactly|precisely|only|all|the)\s+)*functions?\s+(?:of\s+the\s+form\s+)?", re.IGNORECASE)
MEMBER = re.compile(rf"(?P<name>{LETTER_NAME})\s*\\in(?![A-Za-z])\s*(?P<set>\S.*)")
OF_KIND = re.compile(
    rf"(?:(?P<name>{LETTER_NAME})\s+)?(?:(?P<one>is)|are|(?=any|arbitrary|real|positive|integer))\s*(?:(?:an?|any|arbitrary|fixed|all|some)\s+)*(?P<nonzero>non-?zero\s+)?"
    r"(?:(?P<sign>positive|non-?negative|natural)\s+)?(?P<kind>integer|whole\s+number|(?:real|rational)(?:\s+number|\s+constant)?|number)s?"
)
BOUND = re.compile(rf"(?P<name>{LETTER_NAME})\s*(?P<sign>>|\\(?:ge|ne)(?![A-Za-z]))\s*(?P<value>-?\d+)")
EQUATION = re.compile(r"[^=<>]*\([^=<>]*\)\s*=\s*-?\d+")
PART = re.compile(rf"\s*(?:{AND}|(?<![A-Za-z\\])with(?![A-Za-z])|;)\s*")
# What else one may say of a whole number that is positive.
POSITIVE = (frozenset({">0"}), frozenset({">=1"}), frozenset({">0", ">=1"}))


def same_conditions(gold: str, answer: str) -> Iterator[Pairs]:
    """An answer without its conditions, where these are the gold answer's in other words."""
    wanted = _apart(gold)
    given = _apart(answer) if wanted else None
    if wanted and given and (conditions := _conditions(wanted[1])) and conditions == _conditions(given[1]):
        yield [(wanted[0], given[0])]


def _apart(text: str) -> tuple[str, str] | None:
    """What stands before conditions, and these."""
    plain = said(text)
    match = BEHIND.search(plain)
    if match is None or not match.start():
        return None
    rest = plain[match.end() :].strip()
    if match[0].strip(" ,;") == "(":
        if not rest.endswith(")"):
            return None
        rest = rest[:-1]
    return LEAD.sub("", plain[: match.start()]).strip(), rest


def _conditions(text: str) -> frozenset[str] | None:
    """Conditions on names, each in one form; None where one cannot be read."""
    kinds: dict[str, str] = {}
    bounds: dict[str, set[str]] = {}
    equations: set[str] = set()
    waiting: list[str] = []  # names without a kind: "a and b are integers"
    for part in (each for piece in PART.split(text) for each in split_top(piece)):
        if match := BOUND.fullmatch(part):
            bounds.setdefault(match["name"], set()).add(
                {">": ">", r"\ge": ">=", r"\ne": "!="}[match["sign"]] + match["value"]
            )
            waiting.append(match["name"])
        elif re.fullmatch(LETTER_NAME, part):
            waiting.append(part)
        elif EQUATION.fullmatch(part):
            equations.add(key(part))
        else:
            match = MEMBER.fullmatch(part) or OF_KIND.fullmatch(part)
            if match is None:
                return None
            names = [match["name"]] if match["name"] else []
            if match.re is MEMBER:
                kind = domain_of(match["set"])
            else:
                kind = domain_in_words(match["sign"], match["kind"])
                for name in names if match["nonzero"] else ():
                    bounds.setdefault(name, set()).add("!=0")
                if match["nonzero"] and not names:
                    return None
            alone = match.re is OF_KIND and match["one"]
            for name in names if alone else [*(each for each in waiting if each not in kinds), *names]:
                if not kind or name in kinds:
                    return None
                kinds[name] = "Z>0" if kind == "N" else kind
            waiting = [name for name in waiting if name not in kinds]
    if any(name not in kinds and name not in bounds for name in waiting):
        return None
    return frozenset(
        {*equations, *(_condition(name, kinds.get(name, ""), bounds.get(name, set())) for name in {*kinds, *bounds})}
    )


def _condition(name: str, kind: str, bounds: set[str]) -> str:
    if kind in ("Z", "Z>0") and bounds in POSITIVE:
        kind, bounds = "Z>0", set()
    return f"{key(name)} {kind} {' '.join(sorted(bounds))}"


READINGS = (same_conditions, without_poles)
