r"""The values that a sentence holds: figures, arithmetic with its result, mathematics between dollars, numbers in words.

In a masked sentence each value is one character, `MASK`, so that the words around it can be read as words.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from cgd_recipes.grading.notation.spelled import SCALES, SMALL, TENS, spelled

MASK, SYMBOL_MASK = "\u25a1", "\u25ca"
MATHEMATICS = re.compile(r"\$\$?(?P<dollar>[^$\n]+)\$\$?|\\\((?P<round>(?:(?!\\\)).)+)\\\)")
# Between two signs of dollars that are amounts of money.
PROSE = re.compile(r"(?<![A-Za-z\\{])[a-z]{3,}\s")
NAMES = "|".join([*SMALL.split(" ")[2:], *TENS, "hundred", *SCALES])
PARTS = (
    "hal(?:f|ves)|thirds?|fourths?|quarters?|fifths?|sixths?|sevenths?|eighths?|ninths?|tenths?|elevenths?|twelfths?|hundredths?"
    "|(?:thir|four|fif|six|seven|eigh|nine)teenths?|twentieths?|thirtieths?|fortieths?|fiftieths?|sixtieths?"
)
# "two hundred and five", "two thirds", "70 thousand", "negative 128"; "one" alone is a word of many meanings.
NUMBER_WORD = rf"(?:{NAMES})(?!-(?:sided|digit|letter|way|part|figure))"
SCALE = "|".join(SCALES)
IN_WORDS = re.compile(
    rf"\b(?:minus|negative)\s(?=[\d$])|(?<=\d)\s(?:{SCALE})\b"
    rf"|\b(?:(?:minus|negative)\s)?(?:(?:{NUMBER_WORD}|(?:one|a)(?=\s(?:hundred|{SCALE})))(?:(?:[-\s]|\sand\s)(?:{NUMBER_WORD}|one)\b)*"
    rf"(?:[-\s](?:{PARTS})\b|\sand\s(?:a|one|two|three)\s(?:{PARTS})\b)?"
    rf"|one[-\s](?:{PARTS})\b|(?<=\bis\s)one(?=[.!]|$)|(?<=\bequals\s)one(?=[.!]|$)|(?<=\bexactly\s)one\b(?!\s+of\b))\b",
    re.IGNORECASE,
)
HINT = frozenset([*NAMES.split("|"), "one", "minus", "negative"])
SPLIT = re.compile(r"[^a-z]+")
# One piece of arithmetic in plain text: no two letters side by side.
PIECE = re.compile(
    r"(?:(?<![A-Za-z])[A-Za-z](?![A-Za-z])|sqrt|[\d.,:%!()\u03c0\u221a\u00b2\u00b3\u00b0$\u20ac\u00a3=+*/^\u00d7\u00f7\u00b7\u2212\u00b1-])+"
)
OPERATOR = "=+*/^\u00d7\u00f7\u00b7\u2212\u00b1-"
OPENS, CLOSES = re.compile(rf"(?:[{re.escape(OPERATOR)}(]|sqrt)$"), re.compile(rf"^[{re.escape(OPERATOR)})]")
# Stands between a figure and its scale, so that they stay together: "70 thousand".
SCALED = "\u00a0"
WORD = re.compile(r"[^ \n\t]+")
VALUE = re.compile(r"[\d\u03c0]")


IN_MATHEMATICS = re.compile(r"\d|\\pi|\u03c0|=")


class Masked(NamedTuple):
    """A sentence in which each value is one character.

    Args:
        text: the sentence, with `MASK` for a value and `SYMBOL_MASK` for mathematics without one.
        values: what the masks stand for, in order.
    """

    text: str
    values: list[str]


def masked(sentence: str) -> Masked | None:
    """A sentence with its values masked; None where a value cannot be told from what is beside it, or a mask is in it already."""
    if MASK in sentence or SYMBOL_MASK in sentence or SCALED in sentence:
        return None
    spans = [match.span() for match in MATHEMATICS.finditer(sentence)]
    if sentence.count("$") == 1 or any(is_money(sentence[slice(*span)]) for span in spans):
        spans = []
    values: list[str] = []
    pieces: list[str] = []
    place = 0
    for start, end in [*spans, (len(sentence), len(sentence))]:
        plain = _plain(sentence[place:start], values)
        if plain is None:
            return None
        pieces.append(plain)
        if end > start:
            holds = IN_MATHEMATICS.search(sentence, start, end)
            pieces.append(MASK if holds else SYMBOL_MASK)
            values += [sentence[start:end]] if holds else []
        place = end
    return Masked("".join(pieces), values)


def is_money(span: str) -> bool:
    """Whether what is between two signs of dollars are words or a gap between two amounts."""
    inner = span.strip("$")
    return span[0] == "$" and (PROSE.search(inner) is not None or (inner[-1:].isspace() and not inner[:1].isspace()))


def _plain(text: str, values: list[str]) -> str | None:
    """Plain text with its values masked, which are added to `values`."""
    written = in_figures(text)
    if written is None:
        return None
    pieces: list[str] = []
    place = 0
    for start, end in _runs(written):
        pieces += [written[place:start], MASK]
        values.append(written[start:end])
        place = end
    return "".join([*pieces, written[place:]])


def in_figures(text: str) -> str | None:
    """A text with its numbers in words as figures; None where one is no number, as in "two three"."""
    if HINT.isdisjoint(SPLIT.split(text.casefold())):
        return text

    def figures(match: re.Match[str]) -> str:
        word = match[0].strip()
        if word.casefold() in ("minus", "negative"):
            return "-"
        if word.casefold() in SCALES:
            return SCALED + word
        # "three and eight" are two numbers
        numbers = [spelled(word)] if spelled(word) else [spelled(part) for part in word.split(" and ")]
        if not all(numbers) or any(found and found[1] for found in numbers):
            raise ValueError(word)
        return " and ".join(str(found[0]) for found in numbers if found)

    try:
        return IN_WORDS.sub(figures, text)
    except ValueError:
        return None


def _runs(text: str) -> list[tuple[int, int]]:
    """Where values stand: neighbouring pieces of arithmetic that an operator or a bracket joins are one."""
    runs: list[tuple[int, int]] = []
    for match in WORD.finditer(text):
        start = match.start()
        bare, scaled, scale = match[0].rstrip(".,;:!?").partition(SCALED)
        if bare in ("a", "A", "I") or (len(bare) > 1 and bare.isalpha()) or not PIECE.fullmatch(bare):
            continue
        end = start + len(bare + scaled + scale)
        if runs and _joined(text[slice(*runs[-1])], text[runs[-1][1] : start], bare):
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((start, end))
    return [(start, end) for start, end in runs if VALUE.search(text[start:end])]


def _joined(left: str, between: str, right: str) -> bool:
    if left.count("(") > left.count(")"):
        return not between.strip(" ,")
    if not between.isspace():
        return False
    mixed = re.fullmatch(r"-?\d+", left) and re.fullmatch(r"\d+/\d+", right)
    return bool(OPENS.search(left) or CLOSES.match(right) or mixed)
