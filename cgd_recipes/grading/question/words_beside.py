"""Values beside words of their question: "James reads for sixty minutes", "27 miles from City A", "5 students play neither"."""

from __future__ import annotations

import re

from cgd_recipes.grading.notation.clean import clean
from cgd_recipes.grading.notation.text import said
from cgd_recipes.grading.notation.unit import composition
from cgd_recipes.grading.notation.words import UNITS, WORDS
from cgd_recipes.grading.prose.echo import OPEN, denials, stems
from cgd_recipes.grading.prose.lexer import lexed
from cgd_recipes.grading.prose.masked import M, Masked, S
from cgd_recipes.grading.question.asked_unit import COUNTED, MAX_QUESTION, asking
from cgd_recipes.grading.question.listed_options import SPACING
from cgd_recipes.grading.values.measure import base_units

PAST: dict[str, str] = WORDS["past"]
TIMES = re.compile(rf"{M}\s+times\b", re.IGNORECASE)
TIMES_ASKED = re.compile(r"\btimes\b|\bhow\s+often\b", re.IGNORECASE)
THINGS = re.compile(rf"{M}\s[a-z]{{3,}}s(?=\s[a-z])")
ABOUT = re.compile(r"^(?:about|approximately|roughly)\s+(?=\d)", re.IGNORECASE)
# "less than Martha", which may not be turned round: "than Jim"
THAN = re.compile(
    r"\b(?P<more>more|less|fewer|[a-z]{2,}er)\s+(?:[a-z]+\s+)?(?P<than>than\s+(?:(?:the|an?|his|her)\s+)?[A-Za-z]+)\b",
    re.IGNORECASE,
)
# "5 miles per hour", "30 metres squared"
PER = re.compile(r"\s?(?:per\b|/|\^|squared|cubed|an?\b|and\b|[\u00b2\u00b3])")
# "24 pairs" are 24 only where pairs are counted.
OTHER_COUNT = re.compile(
    rf"{M}\s?(?P<word>pairs?|dozens?|hundreds?|thousands?|millions?|digits?|quarters?|halves|thirds?|scores?)\b(?!\s?/|\s+per\b)",
    re.IGNORECASE,
)
# "how many of the same digits", but not "how many gloves are in 4 pairs"
OF_COUNT = (
    rf"(?:{COUNTED.pattern}|\b(?:density|concentration)\s+of\b)\s+"
    r"(?:(?![a-z]+s\b|people\b|(?:wo)?men\b|children\b)[a-z]+\s+|(?:is|has|was|does|there)\s+){0,5}"
)
# "City A", behind other words
CAPITAL = re.compile(r"[a-z]\s\$?([A-Z])(?![A-Za-z])")
# "in minutes", "how many metres"
ASKED_UNIT = re.compile(r"\b(?:in|many)\s+([a-z]{3,})\b")
PLAIN = re.compile(r"[\w\s.,'\u2019\u00b0%/-]*")
CONDITION = re.compile(r",?\s+(?:if|when|given)\s.*$", re.IGNORECASE | re.DOTALL)


def value_beside(gold: str, answer: str, question: str) -> str:
    """The value, or the words of the gold answer, beside which an answer has nothing but words of the question."""
    plain, asked = ABOUT.sub("", said(SPACING.sub(" ", answer))), asking(question)
    masked = lexed(plain.rstrip(".") + ".")
    if (
        masked is None
        or OPEN.search(_uncompared(masked.text, asked))
        or denials(masked.text) != denials(CONDITION.sub("", asked))
    ):
        return answer
    wanted = stems(clean(gold))
    if TIMES.search(masked.text) and not TIMES_ASKED.search(asked):  # "five times more" is no difference
        return answer
    other = OTHER_COUNT.search(masked.text)
    if other and not re.search(rf"{OF_COUNT}{other['word'].rstrip('s')}|\bin\s+{other['word']}", asked, re.IGNORECASE):
        return answer
    for symbol in masked.symbols if masked.text.count(M) == 1 else ():  # "from town P", in words
        masked = masked._replace(text=masked.text.replace(S, symbol if symbol.isupper() else S, 1))
    if masked.text.count(M) == 1:
        value = _with_unit(masked)
        if value[:1] in "+*/=^":  # `AB + B = 12`, an expression whose first name is read as a word
            return answer
        behind = re.search(rf"{M}\s?(?!in\b)(?P<word>[A-Za-z]+)", masked.text)
        rest = masked.text.replace(M, " ")
        if value == masked.values[0] and behind and (behind["word"] in UNITS or composition(behind["word"])):
            # whose unit is compared with the one that is asked for
            rest = f"{masked.text[: behind.start()]} {masked.text[behind.end() :]}"
            with_unit = rf"{value} \text{{ {behind['word']}}}"
            alone = PER.match(masked.text, behind.end()) is None and _is_unit_of(behind["word"], question)
            return with_unit if alone and _only_of(question, rest, value, wanted) else answer
        if COUNTED.search(asked) and (things := THINGS.search(masked.text)):  # "5 students play neither"
            rest = f"{masked.text[: things.start()]} {masked.text[things.end() :]}"
        return value if _only_of(question, rest, value, wanted) else answer
    if M in masked.text or not wanted:
        return answer
    found = re.search(rf"(?<!\w){re.escape(said(gold))}(?!\w)", plain, re.IGNORECASE)
    if found is None:
        return answer
    rest = f"{plain[: found.start()]} {plain[found.end() :]}"
    if "," in gold and "," in rest:  # one more item
        return answer
    names = re.findall(r"(?<!^)\b[A-Z]\w+", rest.strip())
    return found[0] if not names and _only_of(question, rest, found[0], wanted) else answer


def _past(asked: str) -> set[str]:
    """The past of the verbs of a question that asks what somebody did: "drove", for "did she drive"."""
    words = re.findall("[a-z]+", asked) if " did " in asked else []
    return {stem for word in words if word in PAST for stem in stems(PAST[word])}


def _is_unit_of(unit: str, question: str) -> bool:
    """Whether a question has a unit, or asks for one of its dimension: an hour, where it asks for minutes."""
    if re.search(rf"\b{re.escape(unit.removesuffix('s'))}s?\b", question[-MAX_QUESTION:]):
        return True
    size = base_units(unit)
    if COUNTED.search(asking(question)) and any(composition(word) for word in ASKED_UNIT.findall(asking(question))):
        return True
    return size is not None and any(
        (known := base_units(word)) and known[1] == size[1] for word in ASKED_UNIT.findall(asking(question))
    )


def _uncompared(text: str, asked: str) -> str:
    """A text without "than Martha" where its question compares with the same one, too."""
    small = asked.casefold()
    return THAN.sub(
        lambda match: match["more"] if all(match[name].casefold() in small for name in ("more", "than")) else match[0],
        text,
    )


def _only_of(question: str, rest: str, value: str, wanted: list[str]) -> bool:
    """Whether the words beside a value are all of the asking sentence, and none of the gold answer's."""
    beside = {*stems(rest)} - {*stems(value)}
    return (
        bool(beside)
        and PLAIN.fullmatch(rest) is not None
        and {*CAPITAL.findall(rest)} <= {*CAPITAL.findall(asking(question))}
        and not beside & {*wanted}
        and beside
        <= {*stems(asking(question)), *re.findall("[a-z]+", asking(question).casefold()), *_past(asking(question))}
    )


def _with_unit(masked: Masked) -> str:
    """The one value of a text with the unit behind it."""
    unit = re.search(rf"{M}(?P<unit>\s?(?:[a-z\u00b0]+/[a-z]+|[kcm]?[mgl]|km|kg|[\u00b0][CF]?))(?![\w/])", masked.text)
    return masked.values[0] + (unit["unit"] if unit else "")
