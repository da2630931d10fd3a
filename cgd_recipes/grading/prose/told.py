"""The last sentence of a response clause by clause: which of its values are the gold answer's, which the question's, which new."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from cgd_recipes.grading.notation.words import listed
from cgd_recipes.grading.prose.another import ASKED_UNKNOWN, GIVEN, HOW_MANY_OF
from cgd_recipes.grading.prose.doubts import ANSWER
from cgd_recipes.grading.prose.echo import NO_SYMBOLS, stems
from cgd_recipes.grading.prose.ending import last_statement
from cgd_recipes.grading.prose.masked import M, Masked
from cgd_recipes.grading.prose.roles import AMOUNT, BY, RESULT
from cgd_recipes.grading.prose.values import numbers_in, numbers_of, places, with_units
from cgd_recipes.grading.values.parts import BOTH_SIGNS, same_amount

# Where a clause ends, but for commas and "and".
BREAK = r"[;:]\s+|\s[-\u2013\u2014]+\s|\u2014|\s(?=\()|\s(?=(?:because|since|whereas|while|which|so|but)\s)"
AND = r"so|the|its|his|her|their|that|it|then|hence|thus|therefore|there"
JOINT = re.compile(
    rf"{BREAK}|(?<!{M}),\s+|,\s+(?!(?:(?:and|or)\s+)?{M})|,\s+(?=and\s{M}\s(?:is|are|was|were|has)\b)"
    rf"|\s(?=and\s(?:{AND}|you|we|[A-Z][a-z]+)\s)"
)
LED = re.compile(
    rf"\b(?P<word>{listed('prepositions')}|when|where)\s+(?:(?:exactly|only|just|the|these|those|all|day|term|number|a\s+total\s+of)\s+)*$",
    re.IGNORECASE,
)
# "The center sits at (2, 3)", "that puts p at 7", "marked down by 15 percent", "a rise of 19 degrees"
SITS = re.compile(
    r"\b(?:sits?|lies?|located|centered)\s+at\s+$|\bputs?\s+[^,]{1,40}\s+at\s+$|\bhands?\s+over\s+$|\blands?\s+(?:in|on|at)\s+$|\b(?:is|are|was|were|comes?|goes)\s+down\s+to\s+$"
    r"|\b(?:marked|reduced|discounted|increased|decreased|raised|lowered|cut)\s+(?:up\s+|down\s+)?by\s+$"
    r"|\bspeeds?\s+up\s+by\s+$|\b(?:repel|attract|pull|push)(?:s|es)?\s+(?:each\s+other\s+|one\s+another\s+)?with\s+(?:a\s+force\s+of\s+)?$"
    r"|\bturns?\s+(?:that|this|it|\S*\d\S*)\s+into\s+$|\bmultipl(?:y|ies)\s+to\s+$|\bbreak\s+even\s+at\s+$"
    r"|\b(?:minimum|maximum|least|greatest|largest|smallest)\s+(?:value\s+)?of\s+$|\ban?\s+(?:rise|fall|drop|gain|loss|increase|decrease|change|discount)\s+of\s+$",
    re.IGNORECASE,
)
# "the divisors of 10 are"
OF = re.compile(r"[a-z]s\s+of\s+$")
# "the 32 subsets", "the other 14 L", "these five numbers"
DEFINITE = re.compile(
    r"\b(?:the|these|those|all|both|its|his|her|their|our|each|every|other|first|last)\s+$", re.IGNORECASE
)
PAIR = re.compile(rf"{M}(?=(?:,\s+|,?\s+(?:and|or)\s+){M})")
EITHER = re.compile(rf"{M}(?:\s[a-z\u00b0%/]+){{0,3}},?\s+(?:or|ou|oder)\s+(?:[a-z]+\s+){{0,2}}{M}")
SAME = re.compile(r"\bor\s+(?:about|roughly|approximately|around|equivalently|simply|just)\b")
LISTED = re.compile(rf"(?:{M}(?:,\s+|,?\s+(?:and|or)\s+))+$")
WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
SYMBOL = re.compile(r"(?<![A-Za-z\\])(?:[A-Za-z]|\\[a-z]+)(?![A-Za-z'\u2019])")
TIME = re.compile(r"\d:\d\d|\d\s?[ap]\.?m\b|o'clock", re.IGNORECASE)
# "3 + 2m", which is more than its numbers
OF_NAMES = re.compile(r"\d(?![eE]-?\d)[A-Za-z\u03c0]|(?<!\d)[A-Za-z]\s?[-+*/^]|[-+*/]\s?[A-Za-z]")
# Arithmetic whose result follows: "10 * 9 / 2 is 45".
COMPUTED = re.compile(
    rf"{M}!?\s(?:is|equals|gives|makes|leaves|yields|=|(?:brings|takes|gets)\s+us\s+to|comes\s+to|works\s+out\s+to)\s(?:[a-z]+\s){{0,2}}(?={M})"
)
# "17 quarters" are no 17/4.
COIN = re.compile(r"\s(?:quarters?|halves|thirds|fifths|tenths)\b")
# "3 times 54 gives us"
TERMS = re.compile(
    rf"(?:{M}\s(?:times|plus|minus|divided\sby)\s\0|\0\s(?:times|plus|minus|divided\sby)\s{M})\s(?:is|equals|gives|makes|leaves|yields)\b"
)
ASSIGNED = re.compile(r"\$?(?P<name>[A-Za-z])\s*=")
NOUN = re.compile(
    r"\s(?!(?:times?|more|less|left|remaining|remain|each|altogether|together|percent|is|are|and|or|of|in|to|for|on|at|by|from|with|as|that|which|than|after|before|when|now|ago|[a-z]+ed)\b)(?P<noun>[a-z]{2,}?)s?\b"
)
# "3x = 18", which is a step to "x = 6"
STEP = re.compile(r"^(?![A-Za-z](?:_\w+)?\s*=)[^=<>]*[A-Za-z][^=<>]*=[^=<>]*$")
# `2x = 6`, `x + 3 = 9`, whose right side is no answer
LINEAR = re.compile(
    r"^\$?-?(?:\d+\s*[a-z]|[^=<>]*[a-z]\s*[-+]\s*[^=<>]*\d[^=<>]*|[^=<>]*\d\s*[-+]\s*\d*[a-z])\s*=[^=<>]*$"
)
CLOSE = re.compile(r"\s*(?P<sign>[-+*/^=])\s*")
NAME_OF = re.compile(r"^\\?[A-Za-z]+(?:_\{?\w+\}?)?(?:\^\{?-1\}?)?(?:'|\([a-z\d]+\))?\s*=")
# "Because 22 leaves a remainder of 2, i^22 is": the comma ends a clause though values stand beside it.
LEADING = re.compile(
    rf"^\W*(?:(?:so|and|but)\s+)?(?:because|since|as|if|when|whenever)\b[^,;:]*,\s+(?!(?:(?:and|or)\s+)?{M},?\s+(?:and|or)\b)",
    re.IGNORECASE,
)
# "1/e^2, roughly 13.5%"
ROUNDED = re.compile(rf"^\W*(?:or\s+)?(?:about|roughly|approximately|around|\u2248)\s*{M}[^{M}]*$", re.IGNORECASE)
ARITHMETIC = re.compile(r"\d.*[-+*/^!\u00d7\u00f7\u00b7(]|\d!")
Same = Callable[[str, str, str], bool]


class Told(NamedTuple):
    """A clause of the last sentence.

    Args:
        clause: with its values masked.
        kinds: of its values: "gold", "context" (the question has it, or it only tells more of something), or "new".
    """

    clause: Masked
    kinds: tuple[str, ...]

    @property
    def words(self) -> set[str]:
        """In small letters."""
        return {*WORD.findall(self.clause.text.casefold())}


@lru_cache(maxsize=16)
def told_in(
    sentence: Masked, parts: tuple[str, ...], same: Same, question: str, *, after: bool = False
) -> tuple[Told, ...]:
    """The clauses of a sentence.

    Args:
        sentence: with its values masked.
        parts: the values of the gold answer.
        same: whether a part and a value of the sentence, with the words behind it that may be its unit, are the same.
        question: whose values are context.
        after: whether the gold answer stands before the sentence already.
    """
    given = numbers_of(question)
    leading = LEADING.match(sentence.text)
    joints = {match.end() for match in JOINT.finditer(sentence.text)} | ({leading.end()} if leading else set())
    cuts = [0, *sorted(joints), len(sentence.text)]
    told: list[Told] = []
    for start, end in itertools.pairwise(cuts):
        if end > start:
            clause = sentence.part(start, end)
            after = after or any("gold" in each.kinds for each in told)
            kinds = _kinds(clause, parts, same, given, question, after=after)
            told.append(Told(clause, kinds))
    return tuple(told)


def _kinds(
    clause: Masked, parts: tuple[str, ...], same: Same, given: frozenset[str], question: str, *, after: bool
) -> tuple[str, ...]:
    """What the values of a clause are; behind the gold answer nothing is context only because a preposition leads it."""
    computed = {match.start() for match in COMPUTED.finditer(clause.text)}
    kinds = []
    for place, (value, its_unit) in zip(places(clause.text), with_units(clause), strict=True):
        if LINEAR.match(value) and not _is_asked(value.partition("=")[0], question):
            kinds.append("context")
        elif any(same(part, value, its_unit) for part in parts) and not (len(parts) == 1 and BOTH_SIGNS.search(value)):
            named = len(parts) > 1 and numbers_in(value) <= given and OF.search(clause.text[:place])
            kinds.append("context" if named else "gold")
        elif (
            (numbers_in(value) <= given and (not OF_NAMES.search(value) or _bare(value) in _bare(question)))
            or TERMS.search(clause.text[:place] + "\0" + clause.text[place + 1 :])
            or (place in computed and ARITHMETIC.search(value + clause.text[place + 1 : place + 2]))
            or (not after and STEP.match(value) and not _is_asked(value.partition("=")[0], question))
        ):
            kinds.append("context")
        else:
            kinds.append("context" if not after and _is_context(clause.text[:place], value) else "new")
    return tuple(_together(clause, kinds, question))


def _together(clause: Masked, kinds: list[str], question: str) -> list[str]:
    """The kinds of values by those beside them: two together are one answer, two numbers of different things are not."""
    named = {
        match["name"]
        for value, kind in zip(clause.values, kinds, strict=True)
        if kind == "gold" and (match := ASSIGNED.match(value))
    }
    for number, value in enumerate(clause.values):  # "at x = 0 and at x = 4"
        if kinds[number] == "context" and (match := ASSIGNED.match(value)) and match["name"] in named:
            kinds[number] = "new"
    counted = HOW_MANY_OF.search(question)
    others: set[int] = set()
    nouns = [NOUN.match(clause.text, place + 1) for place in places(clause.text)]
    if counted and any(noun and noun["noun"] == counted["noun"] for noun in nouns):  # "25 boys and 15 girls"
        kinds = [
            "new" if kind == "gold" and noun and noun["noun"] != counted["noun"] else kind
            for kind, noun in zip(kinds, nouns, strict=True)
        ]
    if counted and "gold" in kinds and _is_of(clause.text, kinds, counted["noun"]):
        for number, noun in enumerate(nouns):  # "15 boys and 25 girls", where the girls are asked for
            if noun and kinds[number] == "new" and noun["noun"] != counted["noun"]:
                kinds[number] = "context"
                others.add(number)
    for match in PAIR.finditer(clause.text):
        number = clause.text.count(M, 0, match.start())
        pair = kinds[number : number + 2]
        if "gold" in pair and not others & {number, number + 1} and not STEP.match(clause.values[number]):
            _as_one(kinds, number)
    told = ["".join(each) for each in with_units(clause)] if {"gold", "new"} <= {*kinds} else []
    for number, value in enumerate(told):
        if kinds[number] == "new" and any(
            kind == "gold" and same_amount(each, value) for each, kind in zip(told, kinds, strict=True)
        ):
            kinds[number] = "gold"
    for match in EITHER.finditer(clause.text):
        number = clause.text.count(M, 0, match.start())
        if "gold" in kinds[number : number + 2] and not SAME.search(match[0]):
            _as_one(kinds, number)
    return kinds


def _as_one(kinds: list[str], number: int) -> None:
    """Let two values count as one answer: with the gold answer, the other one is new."""
    kinds[number : number + 2] = ["gold" if kind == "gold" else "new" for kind in kinds[number : number + 2]]


def _is_of(text: str, kinds: list[str], noun: str) -> bool:
    """Whether the gold answer in a clause is a number of the things that are asked for."""
    found = [NOUN.match(text, place + 1) for place, kind in zip(places(text), kinds, strict=True) if kind == "gold"]
    return all(match is not None and match["noun"] == noun for match in found)


def _is_asked(left: str, question: str) -> bool:
    """Whether a question has a left side as a whole: `x + y`, but not `2x` of `2x + 3 = 9`."""
    left, asked = (CLOSE.sub(r"\g<sign>", re.sub(r"[${}]", "", text)).strip() for text in (left, question))
    return re.search(rf"(?<![\w+*/^=-]){re.escape(left)}(?![\w+*/^=-])", asked) is not None


def _bare(text: str) -> str:
    return re.sub(r"[\s${}]", "", text)


def _is_context(before: str, value: str) -> bool:
    """Whether a value that words lead to tells only more of something: "the other 14 liters", "with 8 sides"."""
    before = LISTED.sub("", before)
    if TIME.search(value):
        return False
    if any(pattern.search(before) for pattern in (RESULT, AMOUNT, BY, SITS)):
        return False
    return DEFINITE.search(before) is not None or LED.search(before) is not None


def text_of(told: Sequence[Told]) -> str:
    """Clauses as one text, with their values masked."""
    return "".join(each.clause.text for each in told)


def said_of(told: Sequence[Told]) -> str:
    """Clauses as they were written."""
    return "".join(each.clause.said(0) for each in told)


def gold_of(told: Sequence[Told], *, several: bool) -> str:
    """The values of the gold answer with their units as clauses have them; the last one where it has not several."""
    said = [
        _end(value.strip())
        + ("" if COIN.match(its_unit) or (OF_NAMES.search(value) and "\u03c0" not in value) else its_unit)
        for each in told
        for (value, its_unit), kind in zip(with_units(each.clause), each.kinds, strict=True)
        if kind == "gold"
    ]
    once: dict[str, str] = {}
    for each in said if several else said[-1:]:  # "plus or minus 7, so x = ±7"
        once.setdefault(_bare(ASSIGNED.sub("", each)), each)
    return ", ".join(once.values())


def _end(value: str) -> str:
    """The end of a chain whose left side is more than a name: `x^2 + 1/x^2 = 7`, `3 * 14 = 42`."""
    if NAME_OF.match(value.strip("$ ")) or re.search(r"[<>]", value):
        return value
    end = value.rpartition("=")[2].strip(" $")
    return end.rstrip(")") if end.count(")") > end.count("(") + end.count("[") else end


def with_last_new(told: tuple[Told, ...]) -> tuple[tuple[Told, ...], list[int]]:
    """Clauses with the last of their values that is new as the one in question, if it is the only one in its clause."""
    told = tuple(each._replace(kinds=tuple("new" if kind == "gold" else kind for kind in each.kinds)) for each in told)
    found = [place for place, each in enumerate(told) if "new" in each.kinds]
    while len(found) > 1 and ROUNDED.match(told[found[-1]].clause.text):
        found.pop()
    if not found or told[found[-1]].kinds.count("new") > 1:
        return told, []
    last = told[found[-1]]
    kinds = tuple("gold" if kind == "new" else kind for kind in last.kinds)
    return (*told[: found[-1]], last._replace(kinds=kinds), *told[found[-1] + 1 :]), [found[-1]]


def shared(told: Sequence[Told], asking: str, question: str) -> int:
    """How many words of the asking sentence clauses have; a symbol of the question counts as one."""
    symbols = {*SYMBOL.findall(said_of(told))} & {*SYMBOL.findall(question)} - NO_SYMBOLS
    unknown = ASKED_UNKNOWN.search(asking)
    named = unknown and re.search(
        rf"(?<![A-Za-z]){re.escape(unknown['name'])}\s*{GIVEN}(?![A-Za-z])",
        said_of(told),
    )
    words = len({*stems(text_of(told))} & {*stems(asking)})
    return words + bool(symbols) + 3 * bool(named or ANSWER.search(text_of(told)))


def last_of(response: str) -> str:
    """The last sentence of a response that is no remark; "" where it is cut off."""
    found = last_statement(response)
    return found[1] if found else ""
