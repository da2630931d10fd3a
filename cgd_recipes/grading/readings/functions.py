r"""Functions by what they do: `t \mapsto t + 1`, "the identity function". Used by `readings`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cgd_recipes.grading.notation.clean import AND, OR
from cgd_recipes.grading.notation.structure import split_top
from cgd_recipes.grading.notation.text import said
from cgd_recipes.grading.readings.spellings import Pairs

CALLED = re.compile(r"^\$?(?P<name>[A-Za-z])\s*\(\s*(?P<variable>[A-Za-z])\s*\)\s*=")
MAPS = re.compile(r"(?P<variable>[a-z])\s*\\mapsto\s*(?P<value>[^=]+)")
# "exactly two functions, ..."
COUNTED = re.compile(
    r"^(?:(?:exactly|precisely|only|the|there\s+are)\s+)*(?P<count>two|three|four)\s+(?:functions?|solutions?)\s*[:,]?\s+",
    re.IGNORECASE,
)
COUNTS = {"two": 2, "three": 3, "four": 4}
KNOWN = {"identity": "{x}", "zero": "0", "reciprocal": r"\frac{{1}}{{{x}}}", "squaring": "{x}^2", "cubing": "{x}^3"}
BY_NAME = re.compile(
    rf"(?:the\s+only\s+(?:such\s+)?(?:function|solution|map)\s+is\s+|only\s+)?the\s+(?P<kind>{'|'.join(KNOWN)})\s+(?:function|map)"
    r"(?:\s+(?:works|is\s+(?:the\s+)?(?:only|unique)\s+(?:one|such\s+function|solution|function)))?(?:,?\s+and\s+(?:no\s+other|nothing\s+else))?",
    re.IGNORECASE,
)

NUMBERS = r"\\mathbb\s*\{?\s*[NZQRC]\s*\}?(?:\s*_\s*\{\s*(?:>|\\geq?)\s*0\s*\}|\s*\^\s*\{?\s*\+\s*\}?)?"
# "identity", `f = \mathrm{id}_{\mathbb{N}}`
IDENTITY = re.compile(
    rf"(?:(?P<name>[A-Za-z])\s*=\s*)?(?:(?:the\s+)?identity|\\(?:text|mathrm|operatorname)\s*\{{\s*[Ii]d\s*\}}\s*(?:_\s*(?:{NUMBERS}|\{{\s*{NUMBERS}\s*\}}))?)"
)


def mappings(gold: str, answer: str) -> Iterator[Pairs]:
    r"""One or several functions by their arrows, for a gold answer that calls them f: `t \mapsto t \text{ and } t \mapsto 2 - t`."""
    called = CALLED.match(gold)
    if called is None or r"\mapsto" not in answer:
        return
    plain = said(answer)
    counted = COUNTED.match(plain)
    parts = [each for part in split_top(plain[counted.end() :] if counted else plain, AND) for each in split_top(part)]
    found = [MAPS.fullmatch(part) for part in parts]
    if all(found) and OR not in plain and (counted is None or COUNTS[counted["count"].casefold()] == len(found)):
        yield [(gold, ", ".join(f"{called['name']}({each['variable']}) = {each['value']}" for each in found if each))]


def by_name(gold: str, answer: str) -> Iterator[Pairs]:
    """A function by its name in words: "the identity function is the only solution"."""
    called = CALLED.match(gold)
    match = BY_NAME.fullmatch(said(answer)) if called else None
    identity = IDENTITY.fullmatch(answer.strip()) if called else None
    if called and (match or (identity and identity["name"] in (None, called["name"]))):
        kind = match["kind"].casefold() if match else "identity"
        yield [(gold, f"{called[0].strip('$')} {KNOWN[kind].format(x=called['variable'])}")]


VALUE, PARITY = (
    r"(?P<{0}>[^=,;]+?)",
    r"(?:(?P<{0}>[a-z])\s+(?:is\s+)?(?P<{1}>even|odd)|(?P<{1}_>even|odd)\s+(?P<{0}_>[a-z]))",
)
LINK = r"\s*\(?\s*(?:if|for|when|where|with)?\s*"
# "n/2 if n is even, (n+1)/2 if n is odd", "(n+1)/2 for odd n and n/2 otherwise"
VALUE_FIRST = re.compile(
    rf"{VALUE.format('one')}{LINK}{PARITY.format('name', 'first')}\s*\)?\s*[,;{AND}]\s*{AND}?\s*"
    rf"{VALUE.format('other')}(?:{LINK}{PARITY.format('again', 'second')}\s*\)?|\s+otherwise)",
    re.IGNORECASE,
)
# "n even: n/2; n odd: (n+1)/2"
PARITY_FIRST = re.compile(
    rf"(?:if\s+|for\s+)?{PARITY.format('name', 'first')}\s*[:,]\s*{VALUE.format('one')}\s*[,;{AND}]\s*{AND}?\s*"
    rf"(?:if\s+|for\s+)?{PARITY.format('again', 'second')}\s*[:,]\s*{VALUE.format('other')}",
    re.IGNORECASE,
)


def by_parity(gold: str, answer: str) -> Iterator[Pairs]:
    """A value for even and one for odd numbers as a function by cases: "n/2 if n is even, (n+1)/2 if n is odd"."""
    if "even" not in answer and "odd" not in answer:
        return
    plain = re.sub(r"^[a-z]\s*\(\s*[a-z]\s*\)\s*=\s*", "", said(answer))
    if match := VALUE_FIRST.fullmatch(plain) or PARITY_FIRST.fullmatch(plain):
        name, first = (match["name"] or match["name_"]), (match["first"] or match["first_"]).casefold()
        second = match["second"] or match["second_"] or ("odd" if first == "even" else "even")
        if (match["again"] or match["again_"] or name) == name and {first, second.casefold()} == {"even", "odd"}:
            rows = [rf"{match['one']} & {name} \text{{ {first} }}", rf"{match['other']} & {name} \text{{ {second} }}"]
            yield [(gold, rf"\begin{{cases}} {rows[0]} \\ {rows[1]} \end{{cases}}")]


# "c1*exp(t)", where the gold answer has C_1
NUMBERED = re.compile(r"(?<![A-Za-z\\\d])(?P<name>[cC])(?P<number>[1-9])(?![\d.])")


def numbered_constants(gold: str, answer: str) -> Iterator[Pairs]:
    r"""The constants of a program as those of a general solution: `c1` for `c_1`."""
    if (
        re.search(r"(?<![A-Za-z\\])[cC]_\s*\{?\s*\d", gold)
        and (read := NUMBERED.sub(r"\g<name>_{\g<number>} ", answer)) != answer
    ):
        yield [(gold, read)]


# `k(L) = n + 1 \text{ for all } L`
FOR_EVERY = re.compile(
    r"(?P<name>\\?[A-Za-z]+)\s*\((?P<of>[^()=]{1,30})\)\s*=\s*(?P<value>[^=]+?)\s*,?\s*\\text\s*\{\s*for\s+(?:all|every|any|each)\s*\}\s*(?P=of)"
)


def for_every(gold: str, answer: str) -> Iterator[Pairs]:
    r"""A value of a function that is the same for all: `k(L) = n + 1 \text{ for all } L`."""
    if (match := FOR_EVERY.fullmatch(answer.strip())) and match["of"] not in match["value"]:
        yield [(gold, f"{match['name']} = {match['value']}")]


# `Heaviside(t)`, `\text{Heaviside}(t)`, `\operatorname{heaviside}(t)`
STEP = re.compile(r"(?:\\(?:text|mathrm|operatorname)\s*\{\s*)?(?<![A-Za-z])[Hh]eaviside(?![A-Za-z])\s*\}?\s*(?=\()")


def unit_steps(gold: str, answer: str) -> Iterator[Pairs]:
    """The unit step by the name that programs give it, where the gold answer calls it u."""
    if "eaviside" in answer and re.search(r"(?<![A-Za-z\\])u(?:_\w|_\{\w\})?\s*\(", gold):
        yield [(gold, STEP.sub("u", answer))]


READINGS = (for_every, mappings, by_name, by_parity, numbered_constants, unit_steps)
