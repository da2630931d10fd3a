"""The answer of a text without a box, read with its question and the gold answer."""

from __future__ import annotations

import re

from cgd_recipes.grading.gold import Gold
from cgd_recipes.grading.notation.number import as_number
from cgd_recipes.grading.notation.text import said, same_text
from cgd_recipes.grading.prose.another import ASKED_UNKNOWN, GIVEN, contrary
from cgd_recipes.grading.prose.answering import answering, last_sentence
from cgd_recipes.grading.prose.asserted import asserted
from cgd_recipes.grading.prose.case import SILENT
from cgd_recipes.grading.prose.echo import DENIES, stems
from cgd_recipes.grading.prose.elsewhere import is_of_the_rest, is_said_elsewhere
from cgd_recipes.grading.prose.ending import sentences
from cgd_recipes.grading.prose.figures import in_figures
from cgd_recipes.grading.prose.labelled import labelled
from cgd_recipes.grading.prose.lexer import lexed
from cgd_recipes.grading.prose.names import is_another_named, none_exceeds, only_name
from cgd_recipes.grading.prose.reals import bounds_in, excludes_more
from cgd_recipes.grading.prose.ruled_out import is_ruled_out
from cgd_recipes.grading.prose.several import named_values, none_such
from cgd_recipes.grading.prose.sole import sole_value
from cgd_recipes.grading.prose.told import last_of
from cgd_recipes.grading.prose.values import numbers_in
from cgd_recipes.grading.prose.verbatim import is_changed, restated, verbatim
from cgd_recipes.grading.prose.vetoes import vetoed
from cgd_recipes.grading.prose.worded import words_in
from cgd_recipes.grading.prose.written_out import in_full
from cgd_recipes.grading.question.asked_unit import asking
from cgd_recipes.grading.question.listed_options import LETTER, by_option, is_letter, named_option
from cgd_recipes.grading.question.misplaced import is_ordered
from cgd_recipes.grading.question.orders import is_turned
from cgd_recipes.grading.readings.asides import existing
from cgd_recipes.grading.values.certain import certain
from cgd_recipes.grading.values.parts import is_part, parts

MIN_MARKED = 4
NUMBER = re.compile(r"[-\d.,/]+")
# A set of real numbers
SET = re.compile(r"[<>\u2264\u2265\u222a]|\\(?:le|ge|leq|geq|infty|cup)(?![a-z])|^\s*\$?[\[(][^,]+,[^,]+[\])]\$?\s*$")
# One bound of several: "either bigger than 3 or smaller than -3"
BOUND = re.compile(r"[a-z]\s*[<>]=?\s*[-\d.,/]+")
NONE = re.compile(
    r"^\W*(?:\\text\s*\{)?\s*(?:no\s+(?:real\s+)?(?:solutions?|values?)|(?:it\s+)?does\s+not\s+exist|DNE|none)\b|^\$?\\(?:emptyset|varnothing)",
    re.IGNORECASE,
)
LABELS = re.compile(r"\banswer\b|:", re.IGNORECASE)
A_NAME = re.compile(r"[A-Z][a-z]+")
A_WORD = re.compile(r"(?<![\\A-Za-z])[A-Za-z]?[a-z]{2,}\s")
CLAUSE_END = re.compile(r"[,;]\s")
LABELLED = re.compile(
    r"^\W*(?P<label>[A-Za-z](?:[A-Za-z' -]|\$\w\$){2,40}?)(?:[^\w:]*:)+[^\w:]*?(?P<said>[-\u2212$*(\\\d].*)$"
)
# "The series converges (its value is 2)."
ITS = re.compile(r"(?<=[a-z*])\s\((?:its|their|to)\s[^()]*\)(?=[.!*]*$)")
ANSWER = re.compile(r"\banswers?\b", re.IGNORECASE)
# "3T = 9", in which T may be given
MULTIPLE = re.compile(r"\$?\s*\d+\s*[A-Za-z]\s*=\s*-?[\d.,/]+\s*\$?")


def in_prose(gold: Gold, kind: str, answer: str, plain: str, question: str) -> str:
    """The answer of a text without a box; "" where its last sentence answers something else."""
    if MULTIPLE.fullmatch(answer):
        return answer
    asked = asking(question)
    if told := verbatim(plain, asked):
        return told
    end = last_of(plain) or next((sentence for _, sentence in sentences(plain)), "")
    if is_changed(plain, asked) or ("</" not in end and is_ruled_out(end, asked)):
        return ""
    read = _in_prose(gold, kind, answer, plain, question) or restated(plain, asked)
    last = last_of(plain)
    if read and excludes_more(read, last):
        return ""
    if is_letter(gold.text) and bool(DENIES.search(asked)) == bool(DENIES.search(last)):
        read = by_option(gold.text, read, question)
    if not read or ANSWER.search(last) or not A_WORD.search(last) or certain(gold, read) is False:
        return read
    if kind != "boolean" and not gold.text.strip("$-")[:1].isdigit() and is_of_the_rest(last, asked):
        return ""
    if kind != "boolean" and is_said_elsewhere(last, said(gold.text), asked):
        return ""
    if is_ordered(question) and (is_turned(last, asked) or not _is_in_order(gold.text, last)):
        return ""
    if kind == "text" and is_another_named(last, said(gold.text), asked, question):
        return ""
    return "" if vetoed(plain, asked, question, parts(gold.text), is_part) else read


def _is_in_order(gold: str, sentence: str) -> bool:
    """Whether a sentence that has all of several names, each once, has them in their order."""
    names = [name.strip() for name in gold.split(",")]
    found = [
        [*re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", sentence)]
        for name in names
        if re.fullmatch(r"[A-Za-z ]+", name)
    ]
    if len(found) < len(names) or any(len(each) != 1 for each in found):
        return True
    places = [each[0].start() for each in found]
    return places == sorted(places)


def _in_prose(gold: Gold, kind: str, answer: str, plain: str, question: str) -> str:
    """The answer of a text without a box, as it is read first."""
    asked = asking(question)
    if named := named_values(gold.text, plain):
        return named
    if kind == "text" and (wanted := existing(gold.text)) and _exists(wanted, last_of(plain)):
        return gold.text
    if _said_otherwise(plain, asked, gold):
        return ""
    if not answer:
        return _unread(gold, kind, plain, question)
    first = f"{CLAUSE_END.split(answer.rstrip('.'), maxsplit=1)[0]}."
    sentence = len(answer.split()) >= MIN_MARKED and A_WORD.search(first) and answer in plain
    if (
        SET.search(gold.text)
        and (NUMBER.fullmatch(answer) or BOUND.fullmatch(answer))
        and (bounds := _bounds(plain, gold))
    ):
        return bounds
    letter = is_letter(gold.text) and not LETTER.fullmatch(answer)
    if letter and (named := named_option(last_of(plain), question)):
        return named
    if sentence and not _is_one_of_several(first, answer, question) and not certain(gold, answer):
        if told := asserted(first, asked, question, parts(gold.text), is_part, new=False):
            return told
        if kind == "text" and first[:-1] == answer and (told := words_in(first, said(gold.text), asked, question)):
            return told
    if r"\cup" in gold.text and "union" in last_of(plain).casefold():
        return re.sub(r"([\])]),\s*(?=[\[(])", r"\1 \\cup ", answer)
    last = last_sentence(plain) or (last_of(plain), "")
    if not _says(last[0], answer):
        return answer
    if not is_letter(gold.text) and contrary(last[0], asked):
        return ""
    if (
        not ANSWER.search(last[0])
        and not certain(gold, answer)
        and (told := asserted(plain, asked, question, parts(gold.text), is_part, new=False))
    ):
        return told
    in_words = (
        kind == "text"
        and not LABELS.search(last[0])
        and not re.search(r"\d", gold.text)
        and not A_NAME.fullmatch(answer)
    )
    return (in_words and words_in(ITS.sub("", plain), said(gold.text), asked, question)) or answer


def _unread(gold: Gold, kind: str, plain: str, question: str) -> str:
    """The answer of a text none of which could be read without its question; "" where it answers something else."""
    asked = asking(question)
    if (own := _own_label(plain, asked)) and certain(gold, own):
        return own
    in_letters = kind == "text" or (not gold.text.isascii() and gold.text.replace(" ", "").isalpha())
    read = answering(plain, asked, question)
    if read and not certain(gold, read):
        read = asserted(plain, asked, question, parts(gold.text), is_part, new=False) or read
    return (
        read
        or asserted(plain, asked, question, parts(gold.text), is_part, new=kind != "text")
        or (in_letters and _alone_in_bold(plain, gold) and gold.text)
        or (NONE.search(gold.text) and none_such(in_full(last_of(plain))) and gold.text)
        or ((kind == "text" or not NUMBER.match(gold.text)) and words_in(plain, said(gold.text), asked, question))
        or (in_letters and none_exceeds(plain, said(gold.text), asked, question) and gold.text)
        or (in_letters and only_name(plain, said(gold.text), asked, question) and gold.text)
        or (SET.search(gold.text) and _bounds(plain, gold))
        or (is_letter(gold.text) and named_option(last_of(plain), question))
        or (len(parts(gold.text)) == 1 and sole_value(plain, asked, question, parts(gold.text)[0], is_part))
        or ""
    )


BOLD_WORD = re.compile(r"\n[^\S\n]*\*\*[\"\u201c]?(?P<said>[A-Za-z][A-Za-z ]{1,40})[\"\u201d]?\.?\*\*\.?\s*$")


def _alone_in_bold(plain: str, gold: Gold) -> bool:
    """Whether the last line is the word that the gold answer is, in bold, and nothing more."""
    match = BOLD_WORD.search(plain)
    return match is not None and same_text(gold.text, match["said"])


SAYS_THAT = re.compile(
    r"\b(?:that|reads|says|is)[:,]?\s+[\"\u201c]?(?=there\b|some\b|at\s+least\b|not\b)", re.IGNORECASE
)


def _exists(wanted: str, sentence: str) -> bool:
    """Whether a sentence ends with a statement of some things that is wanted: "So the negation says that some swan is not white"."""
    found = [existing(sentence[match.end() :]) for match in SAYS_THAT.finditer(sentence)]
    return wanted in found and "?" not in sentence


def _bounds(plain: str, gold: Gold) -> str:
    """An inequality that the last sentence says in words, for the name that the gold answer has."""
    names = {*re.findall(r"(?<![A-Za-z\\])[a-z](?![A-Za-z])", gold.text)}
    name = names.pop() if len(names) == 1 else "x"
    full = in_full(last_of(plain)).replace("$", "")
    sentence = in_figures(full) or full
    named = re.search(rf"(?<![A-Za-z]){name}(?![A-Za-z'\u2019])", sentence)
    return bounds_in(sentence, name if named else "x")


def _said_otherwise(plain: str, asked: str, gold: Gold) -> bool:
    """Whether the sentence before the last gives the unknown that is asked for another number: "x has to be 9. The base is 3."."""
    unknown, wanted, last = ASKED_UNKNOWN.search(asked), as_number(gold.text), last_of(plain)
    if not unknown or not wanted or not last or ANSWER.search(last):
        return False
    name = rf"(?<![A-Za-z\d]){re.escape(unknown['name'])}\s*{GIVEN}\s*"
    before = sentences(plain[: plain.rindex(last)].rstrip())
    if re.search(name, last) or not before:
        return False
    found = re.findall(rf"{name}(-?\d+(?:[./]\d+)?)(?=[.,;!]?\s|[.!]?$)", before[0][1])
    number = as_number(found[-1]) if found else None
    return number is not None and number.value != wanted.value


def _own_label(plain: str, asked: str) -> str:
    """What the last line gives under a label of words of its question: "Next term: 13"; "" where the line before has one, too."""
    lines = [line for line in plain.splitlines() if line.strip()][-2:]
    match = LABELLED.match(lines[-1]) if lines else None
    before = LABELLED.match(lines[0]) if len(lines) > 1 else None
    if match is None or (before and "=" not in before["said"]):
        return ""
    words = {*stems(match["label"])}
    return labelled(match["said"].replace("**", "")) if words and words <= {*stems(asked)} | SILENT else ""


def _is_one_of_several(first: str, answer: str, question: str) -> bool:
    """Whether the first clause of an answer is of its own, and another value follows: "Eight students play both, sixteen neither"."""
    further = lexed(answer[len(first) - 1 :])
    foreign = {*stems(first)} - {*stems(question)} - SILENT
    return bool(foreign and (further is None or further.values))


def _says(sentence: str, answer: str) -> bool:
    """Whether a sentence has an answer in it."""
    whole = lexed(sentence)
    if answer in sentence or whole is None:
        return answer in sentence
    numbers = numbers_in(answer)
    return any(answer.startswith(value.strip("$ ")) for value in whole.values) or (
        bool(numbers) and numbers <= numbers_in(" ".join(whole.values))
    )
