r"""The gold answer in the last sentence of a response that cannot be read without it: stated, or only in passing.

The sentence is cut into clauses. The gold answer is stated where it is the only new value of its clause, nothing in the clause is
doubt, the clause is about what is asked (it has words of the asking sentence, or it concludes from what has), and all but few of its
words are the question's or say nothing.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from typing import NamedTuple

from cgd_recipes.grading.prose.answering import NAME, contrary
from cgd_recipes.grading.prose.behind import NOT_BEHIND, SHIFTED, unit
from cgd_recipes.grading.prose.clauses import LIMITED, TRIED, in_full
from cgd_recipes.grading.prose.doubts import (
    ANSWER,
    BY_WRITER,
    LAW,
    OF_META,
    ONE_OF_SEVERAL,
    PROCEDURE,
    STARTS,
    THE_ANSWER,
    UNSOLVED,
    undoubted,
)
from cgd_recipes.grading.prose.echo import DENIES, KINDS, stems
from cgd_recipes.grading.prose.ending import is_remark, sentences
from cgd_recipes.grading.prose.lexer import M, Masked, lexed
from cgd_recipes.grading.prose.roles import AMOUNT, BY, MULTIPLIED, RESULT
from cgd_recipes.grading.prose.words import UNITS, WORDS, listed
from cgd_recipes.grading.wording import DOUBT_WORDS, MAX_SENTENCE

JOINT = re.compile(
    rf"[;:]\s+|\s[-\u2013\u2014]+\s|\u2014|(?<!{M}),\s+|,\s+(?!(?:(?:and|or)\s+)?{M})|,\s+(?=and\s{M}\s(?:is|are|was|were|has)\b)|\s(?=\()|\s(?=(?:because|since|whereas|while|which|so|but)\s)"
    r"|\s(?=and\s(?:so|the|its|his|her|their|that|it|then|hence|thus|therefore|you|we|there|[A-Z][a-z]+)\s)"
)
CONCLUDES = re.compile(
    rf"^\W*(?:(?:and|or|but)\s+)?(?:{listed('concluding', 'asserting')}\b[,:]?\s*)+|\b(?:therefore|thus|hence)\b",
    re.IGNORECASE,
)
# A value that says the same once more, or why: "or about 3 months", "i.e. half", "because 3 * 4 = 12".
RESTATES = re.compile(rf"^\W*{listed('restating')}(?!\w)", re.IGNORECASE)
NOT_SURE = re.compile(
    rf"\b(?:about|around|roughly|approximately|almost|nearly|over|under|than|up\s+to)\s+{M}|[\u2248~]\s*{M}"
)
OPEN = re.compile(
    r"\?|[\"\u201c\u201d\u2026]|\.\.\.|\b(?:if|unless|whether|instead|however|yet|although|though|rather|remember|recall|example|instance|exercise|let|suppose|one\s+of|give\s+or\s+take|at\s+this\s+point)\b|^\W*had\b",
    re.IGNORECASE,
)
SO_WE = re.compile(r"^\W*(?:(?:and|so|then|which|but)\s+)*(?:we|I|you)\b|^\W*but\b", re.IGNORECASE)
# Doubt, possibility, comparison, reports, steps: none of it where something is asserted, unless the question has it too.
DOUBTFUL = (
    frozenset(re.findall(r"[a-z']+", " ".join([*WORDS["hedges"], *WORDS["reports"], *WORDS["partial"]]))) | DOUBT_WORDS
) - frozenset(WORDS["no_doubt"]) | {"comparison", "each", "every", "per", "part"}
MAY_BE_ASKED = frozenset(WORDS["may_be_asked"])
LED = re.compile(
    rf"\b(?P<word>{listed('prepositions')})\s+(?:(?:exactly|only|just|the|these|those|all|day|term|number|a\s+total\s+of)\s+)*$",
    re.IGNORECASE,
)
# "the 32 subsets", "the other 14 L", "these five numbers"
DEFINITE = re.compile(
    r"\b(?:the|these|those|all|both|its|his|her|their|our|each|every|other|first|last)\s+$", re.IGNORECASE
)
PAIR = re.compile(rf"{M}(?=(?:,\s+|,?\s+(?:and|or)\s+){M})")
LISTED = re.compile(rf"(?:{M}(?:,\s+|,?\s+(?:and|or)\s+))+$")
NUMBER = re.compile(r"(?<![\w)])-?\d+(?:[.,/]\d+)*|\d+(?:[.,/]\d+)*")
SUBORDINATE = re.compile(r"^\W*(?:because|since|as|while|whereas)\b", re.IGNORECASE)
WOULD = re.compile(r"\bwould\b|['\u2019]d\b", re.IGNORECASE)
PLAN = re.compile(rf"\b(?:needs?|ha(?:s|ve|d)|wants?|must|let)\s+(?:(?:us|to)\s+)*{listed('solving')}\b", re.IGNORECASE)
PROCESS = re.compile(r"\b(?:must|still|then|next|needs?|later|twice)\b", re.IGNORECASE)
PREDICATE = re.compile(r"^\W*(?:is|are|was|were|has|have|divides|equals|fails|works)\b", re.IGNORECASE)
WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
SYMBOL = re.compile(r"(?<![A-Za-z\\])(?:[A-Za-z]|\\[a-z]+)(?![A-Za-z'\u2019])")
NO_SYMBOLS = frozenset(["a", "A", "I"])
SILENT = frozenset(stems(" ".join(WORDS["silent"]))) | KINDS | {stem for name in UNITS for stem in stems(name)}
# Arithmetic whose result follows: "10 * 9 / 2 is 45".
COMPUTED = re.compile(rf"{M}\s(?:is|equals|gives|makes|=)\s(?={M})")
# So many words that neither the question has nor say nothing, by how many the clause shares with the asking sentence.
MAX_FOREIGN = (0, 1, 2)
Same = Callable[[str, str], bool]


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


def asserted(response: str, asking: str, question: str, parts: tuple[str, ...], same: Same) -> str:
    """The values of the gold answer as the last sentence of a response states them; "" where it does not.

    Args:
        response: the whole text, without a thought, and without a box.
        asking: the sentence that asks.
        question: all of the question.
        parts: the values of the gold answer.
        same: whether a part and a value of the sentence are the same.
    """
    sentence = last_of(response)
    if WOULD.search(sentence) and not WOULD.search(question):
        return ""
    whole = lexed(in_full(sentence.replace("**", "").strip())) if sentence and asking else None
    if whole is None:
        return ""
    told = _told(whole, parts, same, question)
    found = [place for place, each in enumerate(told) if "gold" in each.kinds]
    if not found:
        told, found = _last_new(told)
    elif not all(any(same(part, value) for value in whole.values) for part in parts):
        found = []
    if not found:
        return ""
    last = found[-1]
    start = found[0] if len(parts) > 1 else last
    if any("new" in each.kinds for each in told[start : last + 1]):
        return ""
    while (
        start
        and not {*stems(CONCLUDES.sub("", _text(told[start : last + 1])))} - SILENT
        and "new" not in told[start - 1].kinds
    ):
        start -= 1
    return _said(told[start : last + 1]) if _is_assertion(told, start, last, asking, question) else ""


def _last_new(told: list[Told]) -> tuple[list[Told], list[int]]:
    """Clauses with the last of their values that is new as the one in question, if it is the only one in its clause."""
    found = [place for place, each in enumerate(told) if "new" in each.kinds]
    if not found or told[found[-1]].kinds.count("new") > 1:
        return told, []
    last = told[found[-1]]
    kinds = tuple("gold" if kind == "new" else kind for kind in last.kinds)
    return [*told[: found[-1]], last._replace(kinds=kinds), *told[found[-1] + 1 :]], [found[-1]]


def _said(main: list[Told]) -> str:
    said = []
    for each in main:
        for place, value, kind in zip(_places(each.clause.text), each.clause.values, each.kinds, strict=True):
            if kind == "gold":
                said.append(value.strip() + unit(each.clause.text[place + 1 :], value))
    return ", ".join(dict.fromkeys(said))


def _places(text: str) -> list[int]:
    return [place for place, char in enumerate(text) if char == M]


def _text(told: list[Told]) -> str:
    return "".join(each.clause.text for each in told)


def _is_assertion(told: list[Told], start: int, last: int, asking: str, question: str) -> bool:
    main, behind = told[start : last + 1], told[last + 1 :]
    text, before = _text(main), _text(told[:start])
    body = CONCLUDES.sub(" ", text)
    concludes = CONCLUDES.search(text) is not None or start > 0
    plain = re.sub(r"\s{2,}", " ", undoubted(body, False)).strip()
    asked = {*WORD.findall(question.casefold())}
    doubts = {*WORD.findall(plain.casefold())} & DOUBTFUL - (asked & MAY_BE_ASKED)
    doubts -= {"another"} if "more" in asked else set()
    doubts -= {"first", "next"} if asked & {"smallest", "least", "minimum", "greatest", "largest"} else set()
    if (
        doubts
        or NOT_SURE.search(text)
        or OPEN.search(text)
        or OPEN.search(_text(behind))
        or (OPEN.search(before) and not CONCLUDES.match(text))
    ):
        return False
    if DENIES.search(text) and len(DENIES.findall(text)) != len(DENIES.findall(asking)):
        return False
    if (
        any(pattern.match(plain) for pattern in (PROCEDURE, STARTS, BY_WRITER, ONE_OF_SEVERAL, LAW))
        or UNSOLVED.search(body)
        or OF_META.search(body)
    ):
        return False
    if (
        SUBORDINATE.match(text)
        or LIMITED.match(CONCLUDES.sub("", _text(told)))
        or TRIED.match(text)
        or any(LIMITED.match(each.clause.text.lstrip("( ")) for each in behind)
    ):
        return False
    if ANSWER.search(text) and not all(
        THE_ANSWER.match(part.strip())
        for part in re.findall(
            rf"^(.*?\banswer\b[^{M}]*?)(?=\s(?:is|are|comes|equals|would|must|will)\b)", body.strip(), re.IGNORECASE
        )
    ):
        return False
    if contrary(text.strip(" ,;"), asking) or _other_name(main, asking, question):
        return False
    if DENIES.search(_text(behind)) or PLAN.search(body) or (not concludes and STARTS.match(_text(told))):
        return False
    if STARTS.match(before) and not CONCLUDES.match(text):
        return False
    shared = _shared(main, asking, question)
    for each in behind:
        if PROCESS.search(each.clause.text) or (
            PREDICATE.match(each.clause.text) and {*stems(each.clause.text)} - {*stems(question)} - SILENT
        ):
            return False
        if SO_WE.match(each.clause.text) or (
            each.words & DOUBTFUL - MAY_BE_ASKED and not RESTATES.match(each.clause.text)
        ):
            return False
        if "new" in each.kinds and not RESTATES.match(each.clause.text) and shared <= _shared([each], asking, question):
            return False
    for each in main:
        for place, kind in zip(_places(each.clause.text), each.kinds, strict=True):
            if kind == "gold" and not _is_object(each.clause.text, place, asking):
                return False
    foreign = {*stems(body)} - {*stems(question)} - SILENT
    return len(foreign) <= MAX_FOREIGN[min(shared, 2)] and (shared > 0 or concludes)


def _other_name(main: list[Told], asking: str, question: str) -> bool:
    spoken = "".join(each.clause.said(0) for each in main)
    asked = {*NAME.findall(asking)}
    return bool(asked and ({*NAME.findall(spoken)} & {*NAME.findall(question)}) - asked)


def _is_object(text: str, place: int, asking: str) -> bool:
    """Whether a value is what is said, and not what only tells more: "after 12 weeks", unless asked for that, "half of 12", "12 more"."""
    before, behind = LISTED.sub("", text[:place]), text[place + 1 :]
    if SHIFTED.match(behind) or NOT_BEHIND.search(re.sub(rf"^\s(?:and|or)\s{M}", "", behind)):
        return False
    if any(pattern.search(before) for pattern in (RESULT, AMOUNT, BY)):
        return True
    if MULTIPLIED.search(before) or DEFINITE.search(before):
        return False
    led = LED.search(before)
    return led is None or re.search(rf"\b{led['word']}\b", asking, re.IGNORECASE) is not None


def _shared(told: list[Told], asking: str, question: str) -> int:
    """How many words of the asking sentence clauses have; a symbol of the question counts as one."""
    spoken = "".join(each.clause.said(0) for each in told)
    symbols = {*SYMBOL.findall(spoken)} & {*SYMBOL.findall(question)} - NO_SYMBOLS
    return len({*stems(_text(told))} & {*stems(asking)}) + bool(symbols) + 3 * (ANSWER.search(_text(told)) is not None)


def _told(whole: Masked, parts: tuple[str, ...], same: Same, question: str) -> list[Told]:
    masked = lexed(question)
    given = _numbers(f"{' '.join(masked.values) if masked else ''} {question}")
    places = [0, *(match.end() for match in JOINT.finditer(whole.text)), len(whole.text)]
    clauses = [whole.part(start, end) for start, end in itertools.pairwise(places) if end > start]
    told = []
    for clause in clauses:
        computed = {match.start() for match in COMPUTED.finditer(clause.text)}
        kinds = []
        for place, value in zip(_places(clause.text), clause.values, strict=True):
            arithmetic = place in computed and re.search(r"\d.*[-+*/^!\u00d7\u00f7\u00b7(]", value)
            if any(same(part, value) for part in parts):
                kinds.append("gold")
            elif _numbers(value) <= given or arithmetic:
                kinds.append("context")
            elif _is_context(clause.text[:place]):
                kinds.append("context" if all("gold" not in each.kinds for each in told) else "new")
            else:
                kinds.append("new")
        for match in PAIR.finditer(clause.text):  # two values together are one answer
            number = clause.text.count(M, 0, match.start())
            if "gold" in kinds[number : number + 2]:
                kinds[number : number + 2] = [
                    "gold" if kind == "gold" else "new" for kind in kinds[number : number + 2]
                ]
        told.append(Told(clause, tuple(kinds)))
    return told


def _is_context(before: str) -> bool:
    """Whether a value that words lead to tells only more of something: "the other 14 liters", "with 8 sides"."""
    before = LISTED.sub("", before)
    if any(pattern.search(before) for pattern in (RESULT, AMOUNT, BY)):
        return False
    return DEFINITE.search(before) is not None or LED.search(before) is not None


def _numbers(text: str) -> set[str]:
    return {number.replace(",", "") for number in NUMBER.findall(text)}


def last_of(response: str) -> str:
    """The last sentence of a response that is no remark; "" where it is cut off."""
    for _, sentence in sentences(response):
        if not is_remark(sentence):
            return sentence if sentence.rstrip("* )").endswith((".", "!")) and len(sentence) <= MAX_SENTENCE else ""
    return ""
