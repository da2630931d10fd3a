r"""What is said behind an answer about its names: `2x \text{ for all } x`, `\pi k, k \in \mathbb{Z}`, `x + 1 (x \ne 1)`.

A qualifier that restricts nothing may be there or not. One that restricts must be the gold answer's own.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from cgd_recipes.grading.notation.clean import AND, key

NAME = r"\\?[A-Za-z]+(?:_\{?\w+\}?)?"
NUMBERS = r"\\mathbb\s*\{?\s*[RZNCQ]\s*\}?(?:\s*[_^]\s*\{?\s*(?:[+*0]|\\ge\s*0|>\s*0)\s*\}?)?"
BEGINS = re.compile(
    r"(?:[,;(]|\\quad)?\s*(?:\\text\s*\{\s*[,;]?\s*)?(?<![A-Za-z\\])"
    r"(?:where|for|if|when|whenever|with|such that|provided|given|unless|assuming|only|as long as|in case)(?![A-Za-z])",
    re.IGNORECASE,
)
COMPARED = r"(?:\\(?:in|ne|neq|le|ge)(?![A-Za-z])|<|>)"
COMMA = re.compile(rf"[,;]\s*(?P<condition>{NAME}\s*(?:,\s*{NAME}\s*)*{COMPARED}.*)$")
ROUND = re.compile(rf"\s*\(\s*(?P<condition>(?:{NAME}|\\forall)\s*(?:,\s*{NAME}\s*)*(?:{COMPARED}|\\text).*)\)\s*$")
SAID = re.compile(
    rf"[,;]\s*(?P<condition>{NAME}\s*\\text\s*\{{[^{{}}]*\b(?:integer|constant|real|arbitrary)\b[^{{}}]*\}}.*)$"
)
HARMLESS = re.compile(
    r"where|for|all|any|every|each|reals?|complex|arbitrary|numbers?|values?|of|the|an?|is|are|be|in|integers?|whole|constants?|and|as|"
    r"being|variable|with|denotes",
    re.IGNORECASE,
)
COUNTED = re.compile(r"\binteger|\bwhole number|\\mathbb\s*\{?\s*Z", re.IGNORECASE)
# Of the natural, the rational, or the positive numbers.
RESTRICTED = re.compile(r"\\mathbb\s*\{?\s*(?:[NQC]|[RZ]\s*\}?\s*[_^])")
# What stands before a condition without restricting anything.
LEADING = re.compile(
    r"^(?:(?:where|for|with|all|any|every|each)(?![A-Za-z])\s*|\\forall(?![A-Za-z])\s*)+", re.IGNORECASE
)
# The members of a sequence have natural numbers.
INDEX = re.compile(rf"(?:{LEADING.pattern[1:]})?n\s*(?:\\in\s*\\mathbb\s*\{{?\s*N\s*\}}?|\\ge\s*1)", re.IGNORECASE)
INDEXED = re.compile(r"^\s*[A-Za-z]\s*(?:_\s*\{?\s*n\s*\}?|\(\s*n\s*\))\s*=")
CONSTANT = re.compile(r"\bconstant|\barbitrary", re.IGNORECASE)


class Qualified(NamedTuple):
    """An answer and what is said of its names.

    Args:
        main: the answer itself.
        condition: what restricts it, in one spelling; "" where nothing does.
        integers: names that stand for any whole number.
        constants: names that stand for any number.
    """

    main: str
    condition: str = ""
    integers: frozenset[str] = frozenset()
    constants: frozenset[str] = frozenset()


def qualified(text: str) -> Qualified:
    """A tidied answer taken apart from what is said behind it."""
    for pattern in (ROUND, SAID, COMMA):
        if (match := pattern.search(text)) and match.start() and not _is_condition(text[: match.start()]):
            return _of(text[: match.start()], match["condition"])
    if (match := BEGINS.search(text)) and match.start() and text[: match.start()].strip(" ,;({"):
        return _of(text[: match.start()], text[match.start() :])
    return Qualified(text)


def _is_condition(text: str) -> bool:
    """Whether a text is itself an inequality or a membership, so that another one behind it is part of the answer."""
    return re.search(r"\\(?:in|ne|neq|le|ge)(?![A-Za-z])|[<>]", text) is not None


def _of(main: str, said: str) -> Qualified:
    main = main.strip().rstrip(",;" + AND).strip()
    words = re.sub(r"\\text\s*\{([^{}]*)\}", r" \1 ", said).strip(" ,;.()")
    single = {
        name
        for name in re.findall(r"(?<![A-Za-z\\])(?:\\[a-z]+|[A-Za-z])(?:_\{?\w+\}?)?(?![A-Za-z])", words)
        if name not in ("a", r"\in", r"\mathbb", r"\forall", r"\ne", r"\le", r"\ge")
    }
    left = re.sub(rf"{NUMBERS}|\\in(?![A-Za-z])|\\forall(?![A-Za-z])|\\quad|[\s,.;:()]", " ", words)
    harmless = all(HARMLESS.fullmatch(word) or word in single for word in left.split())
    if harmless and not RESTRICTED.search(said):
        integers = single if COUNTED.search(said) else set()
        constants = single if CONSTANT.search(said) else set()
        return Qualified(main, "", frozenset(integers), frozenset(constants))
    if INDEX.fullmatch(words) and INDEXED.match(main):
        return Qualified(main)
    condition = re.sub(r"\\mathbb\s*([A-Z])", r"\\mathbb{\1}", LEADING.sub("", words))
    return Qualified(main, key(condition))
