"""Answers that repeat their question: "221 is not prime", "0.375 of the pizza", "the 3 kg one is heavier", "Ana has more marbles".

What an answer says is told by the words that the question does not have. All other words must be the question's, or say nothing.
"""

from __future__ import annotations

import re

from cgd_recipes.grading.endings.extract import BOX
from cgd_recipes.grading.endings.items import SUBSCRIPTS
from cgd_recipes.grading.gold import Gold
from cgd_recipes.grading.notation.clean import tidy
from cgd_recipes.grading.notation.text import is_nothing, kind_of, said, truth
from cgd_recipes.grading.prose.answering import last_sentence
from cgd_recipes.grading.prose.reported import is_a_bound, is_of_a_case, is_reported, last_of
from cgd_recipes.grading.prose.truths import RESTRICTED, truth_in
from cgd_recipes.grading.prose.worded import words_in
from cgd_recipes.grading.question.as_asked import boxes_together, of_question
from cgd_recipes.grading.question.asked_in_prose import in_prose
from cgd_recipes.grading.question.asked_list import as_list
from cgd_recipes.grading.question.asked_names import by_names, with_names
from cgd_recipes.grading.question.asked_unit import COUNTED, asking
from cgd_recipes.grading.question.contradicted import is_contrary_yes, is_of_another_thing, is_of_each
from cgd_recipes.grading.question.counted import no_remainder, with_its_list
from cgd_recipes.grading.question.definitions import of_own_unknown, without_declared
from cgd_recipes.grading.question.free_constants import CONSTANT, with_constant
from cgd_recipes.grading.question.known_beside import COUNTS
from cgd_recipes.grading.question.listed_options import by_option
from cgd_recipes.grading.question.misplaced import is_changed, is_misplaced, items, repeats
from cgd_recipes.grading.question.orders import solved
from cgd_recipes.grading.question.percents import is_percent_of_none
from cgd_recipes.grading.question.periods import ends_for_another_time
from cgd_recipes.grading.question.shares import is_of_another_share
from cgd_recipes.grading.question.superlatives import with_most
from cgd_recipes.grading.question.words_beside import value_beside
from cgd_recipes.grading.question.yes_or_no import is_contrary_no, with_plain_sets, yes_or_no
from cgd_recipes.grading.readings.counts import is_miscounted
from cgd_recipes.grading.readings.half_of_day import is_other_half, without_next_day
from cgd_recipes.grading.values.parts import parts
from cgd_recipes.grading.values.single import BASE_WORDS

MAX_LENGTH, MAX_ASKING, MAX_MARK, MAX_DIGITS, MIN_SENTENCE = 300, 1_000, 80, 18, 3
# "T", where it is asked "True or false"
TRUTHS = {"T": "True", "F": "False"}
TRUE_OR_FALSE = re.compile(r"\btrue\s*(?:or|/)\s*false\b|\bT\s?/\s?F\b", re.IGNORECASE)
WHOLE = re.compile(r"[-\d.,]+")
NUMBER = re.compile(r"[-\d.,/]+")
YES = re.compile(r"^(?:yes|no),\s+", re.IGNORECASE)
# `, A \in \mathbb{R}` behind a general solution
OF_REALS = re.compile(
    r",?\s*(?:\\q?quad\s*)?(?:\\text\s*\{\s*(?:where|with|for)\s*\}\s*)?\b[A-Z](?:_\d)?\s*\\in\s*\\mathbb\s*\{?\s*R\s*\}?\s*$"
)
# "A: 18", "#### 18"
MARKED = re.compile(r"(?:\#{4}|(?:^|\n)[^\n.]*[:\uff1a])[ *]*\$?[-\d.,/]+\W*$")
LETTER = re.compile(r"\(?[A-Ja-j]\)?")
# "1 (mod 5)", where a remainder is asked for
RESIDUE = re.compile(
    r"^(?:[^=\u2261]*(?:\u2261|\\equiv)\s*)?(?:[^=\u2261]*[A-Za-z][^=\u2261]*=\s*)?(?P<value>\$?-?\d+)\s*"
    r"(?:\\pmod|\\bmod|\(?\s*(?:\\)?mod)\s*\{?\s*(?P<modulus>\d+)\s*\}?\s*\)?\$?$"
)
# `-7 \\equiv 3`, where a remainder by 10 is asked for
CONGRUENT_NUMBERS = re.compile(r"-?\d{1,18}(?:\s*(?:\u2261|\\equiv(?![A-Za-z]))\s*-?\d{1,18}){1,5}")
A_NUMBER = re.compile(r"-?\d+")
REMAINDER = re.compile(r"\b(?:remainder|modulo|mod)\b", re.IGNORECASE)
# "0 <= n < 18 and n = 5 (mod 18)", "in Z_7", whose numbers are remainders
CONGRUENT = re.compile(r"\\p?mod(?![a-z])|\(\s*mod\b|\b(?:modulo|modular)\b")
FIELD = re.compile(
    r"(?:(?<![A-Za-z])(?:Z|F|GF)|\\mathbb\s*\{?\s*[ZF]\s*\}?|\u2124)\s*(?:_\s*\{?|\(|/)\s*(?P<modulus>\d{1,9})(?!\d)(?!\s*(?:\^|\*\*))"
)
# An element is asked for, and no count or order
OF_ELEMENT = re.compile(
    r"\b(?:inverse|solve|solution|root|zero|compute|calculate|evaluate|reduce|element|value|residue)\b|\bwhat\s+is\s+\$?[A-Za-z](?![a-z])",
    re.IGNORECASE,
)
OF_SIZE = re.compile(
    r"\bhow\s|\b(?:number|order|size|index|degree|characteristic|cardinality|count|sum)\b", re.IGNORECASE
)
MODULUS = re.compile(r"\b(?:p?mod(?:ulo|ulus)?|b?mod|(?:divided|division)\s+by)[\s{$(]*(?P<modulus>\d+)(?![\d^]|\s*\^)")
# "the last two digits" are the remainder by a hundred.
LAST_DIGITS = re.compile(
    r"\b(?:(?P<one>(?:units|ones|last|final)\s+digit)|(?:last|final)\s+(?P<number>two|three|four|2|3|4)\s+digits)\s+of\b",
    re.IGNORECASE,
)
THOUSANDS = re.compile(r"(?<=\d)(?:,|\{,\})(?=\d{3}(?!\d))")
RESIDUE_ASKED = re.compile(r"\bas\s+an?\s+residue\b|\bresidue\s+(?:modulo|mod)\b", re.IGNORECASE)
# "1101_2" and "0xFF", where the question says which base
BASED = re.compile(r"(?P<open>\()?\s*(?P<digits>[\dA-F]+)\s*(?(open)\))\s*_\s*\{?\s*(?P<base>\w+)\s*\}?")
PREFIXED = re.compile(r"0\s*(?P<base>[xbo])(?P<digits>[\dA-Fa-f]+)")
# `A1` is no product: it is not `1A`
HEXADECIMAL = re.compile(r"(?=.*[A-F])[\dA-F]+")
PREFIXES = {"x": "16", "b": "2", "o": "8"}
BASE = re.compile(r"\b(?:(?P<named>binary|octal|hexadecimal)|base\s+\$?(?P<base>\d+))\b", re.IGNORECASE)
# "Express your answer in base 10", in a sentence of its own
EXPRESSED = re.compile(
    r"\b(?:express|give|write|state|leave)\s+(?:your|the|its?)\s+(?:final\s+)?(?:answer|result|value)?\s*(?:as\s+a\s+number\s+)?in\s+"
    + BASE.pattern,
    re.IGNORECASE,
)
# "13 in base 8 written in base 10": the last one is asked for
INTO = re.compile(r"\b(?:in|to|into|as)\s+(?:an?\s+)?$", re.IGNORECASE)
BASES = {"binary": "2", "octal": "8", "hexadecimal": "16"}
DECIMAL = re.compile(r"\bdecimal\b|\bbase\s+ten\b", re.IGNORECASE)


def repeated(gold: Gold, answer: str, response: str, question: str) -> str:
    """What an answer that repeats its question says of it: "No", `0.375`, `3 kg`, "Ana"; any other answer as it is.

    Args:
        gold: the gold answer, whose kind tells what is asked for.
        answer: the final answer of the response, "" where it states none that can be read without the question.
        response: without a box, its last sentence may answer yes or no.
        question: what was asked.
    """
    marked = "boxed" in response or MARKED.search(response[-MAX_MARK:]) is not None
    another = is_of_another_thing(gold.text, answer, response, question) and truth(gold.text) is None
    if another or is_of_each(answer, response, question):
        return ""
    listed = "," in answer and "," in gold.text
    if marked and not listed and WHOLE.fullmatch(answer) and WHOLE.fullmatch(gold.text) and response.count("boxed") < 2:
        return answer  # most responses to be graded: there is nothing to repeat
    if len(answer) > MAX_LENGTH or is_changed(gold.text, answer, question):
        return answer
    if not marked:
        answer = with_names(answer, last_of(response), question)
    if is_misplaced(gold.text, answer, question) or is_other_half(gold.text, answer, question):
        if marked or not repeats(gold.text, answer, question):
            return ""
        answer = ""  # the sentence may say more: "45 minutes is three quarters of an hour"
    told = answer if "boxed" in response else response
    if (
        is_of_another_share(gold.text, told, question)
        or is_percent_of_none(gold.text, told, question)
        or (not marked and ends_for_another_time(gold.text, response, question))
    ):
        return ""
    if is_miscounted(answer) or ("boxed" not in response and _is_not_said(gold, response, question, marked=marked)):
        return ""
    read = _repeated(gold, answer, response, question, marked=marked)
    other = read != answer and (is_misplaced(gold.text, read, question) or is_other_half(gold.text, read, question))
    return "" if other else read


def _is_not_said(gold: Gold, response: str, question: str, *, marked: bool) -> bool:
    """Whether the last sentence gives its value as what others say, as a bound that is not asked for, or with a list that does not fit."""
    last = last_of(response.rpartition("</think>")[2])
    text = gold.text.strip("$ ")
    reported = not marked and (is_reported(last) or is_of_a_case(last, text, question))
    return reported or is_a_bound(last, text, asking(question)) or is_miscounted(last)


def _repeated(gold: Gold, answer: str, response: str, question: str, *, marked: bool) -> str:
    """What an answer says of its question, or the answer as it is: see `repeated`."""
    if response.count("boxed") > 1 and (together := boxes_together(gold.text, response)):
        return solved(together, gold.text, question) or together
    if len({*(pieces := answer.split(", "))}) == 1 < len(pieces) and (
        "," not in gold.text or len({*parts(items(gold.text))}) > 1
    ):
        answer = pieces[0]  # "four elevenths, 4/11"
    answer = by_option(gold.text, answer, question) if answer else answer
    if marked and NUMBER.fullmatch(answer):
        return (as_list(answer, gold.text, question) if "," in gold.text else "") or answer
    if len(answer) > MAX_LENGTH or len(asking(question)) > MAX_ASKING:
        return answer
    if "boxed" in response and (own := of_own_unknown(answer, response, question)):
        return own
    answer = without_declared(answer, gold.text, question)
    if answer and (constant := CONSTANT.search(gold.text)) and lone(constant["name"], gold.text):
        return with_constant(constant["name"], OF_REALS.sub("", answer), question)
    answer = of_question(without_next_day(answer, gold.text, question), gold.text, question)
    kind = kind_of(gold.text) if gold.kind == "auto" else gold.kind
    boxed, plain = BOX.search(response), response.rpartition("</think>")[2].strip()
    if kind == "boolean":
        answer, plain, question = (with_plain_sets(text) for text in (answer, plain, question))
        if (letter := TRUTHS.get(said(tidy(answer)))) and TRUE_OR_FALSE.search(question):
            return letter
        if truth(answer) is not None or (answer and RESTRICTED.search(answer)):
            return "" if is_contrary_no(answer, question) or is_contrary_yes(answer, question) else answer
        last = None if boxed else last_sentence(plain)
        text = answer if last is None or len(answer.split()) >= MIN_SENTENCE else last[0]
        line = plain.rpartition("\n")[2].replace("**", "")
        if not boxed and (is_contrary_no(line, question) or is_contrary_yes(line, question)):
            return ""
        return yes_or_no(question, said(text)) or (not boxed and truth_in(plain, asking(question), question)) or answer
    if not boxed:
        end = last_of(plain)
        if (
            told := no_remainder(end, gold.text, question)
            or with_its_list(end, gold.text, question)
            or with_most(end, gold.text, question)
        ):
            return told
        read = in_prose(gold, kind, answer, plain, question)
        if read != answer or not answer:
            return _in_order(read, gold.text, question) if "," in read else read
    return _with_notation(gold, kind, answer, question, boxed=boxed is not None)


def _in_order(answer: str, gold: str, question: str) -> str:
    """The values of an answer by their names in the order of the question, "" where they are other names' values; or as it is."""
    return "" if is_misplaced(gold, answer, question) else by_names(answer, gold, question) or answer


def _with_notation(gold: Gold, kind: str, answer: str, question: str, *, boxed: bool) -> str:
    """What an answer says in a base, of a remainder, of none, or beside words of the question."""
    if "_" not in gold.text and (based := _in_base(gold.text, answer, asking(question), question)) is not None:
        return based
    if gold.text.strip() == "0" and is_nothing(answer) and COUNTED.search(asking(question)):
        return "0"
    if (residue := RESIDUE.match(THOUSANDS.sub("", answer))) and "mod" not in gold.text:
        moduli = {match["modulus"] for match in MODULUS.finditer(THOUSANDS.sub("", question))}
        known = not moduli or residue["modulus"] in moduli
        value = residue["value"].strip("$")
        if digits := LAST_DIGITS.search(asking(question)):
            places = 1 if digits["one"] else COUNTS[digits["number"].casefold()]
            return (
                value if residue["modulus"] == f"1{'0' * places}" and value.isdigit() and len(value) <= places else ""
            )
        if REMAINDER.search(asking(question)) or RESIDUE_ASKED.search(question):
            return value if known else ""
        if residue["modulus"] in _moduli_around(question) and 0 <= int(value) < int(residue["modulus"]):
            return value
    if last := _last_congruent(answer, question):
        return last
    if " " not in answer or kind == "option" or LETTER.fullmatch(gold.text.strip()):
        return answer
    if (
        boxed
        and kind == "text"
        and (told := words_in(f"{YES.sub('', said(answer)).rstrip('.')}.", said(gold.text), asking(question), question))
    ):
        return told
    return value_beside(gold.text, answer, question)


def _last_congruent(answer: str, question: str) -> str:
    r"""The last number of a chain `-7 \equiv 3` that is the remainder of them all by the one modulus of a question; "" for any other."""
    if ("\u2261" not in answer and r"\equiv" not in answer) or not REMAINDER.search(asking(question)):
        return ""
    moduli = {
        int(match["modulus"])
        for match in MODULUS.finditer(question[-MAX_ASKING:])
        if len(match["modulus"]) < MAX_DIGITS
    }
    if not CONGRUENT_NUMBERS.fullmatch(answer.strip("$ .")) or len(moduli) != 1:
        return ""
    (modulus,) = moduli
    numbers = [int(number) for number in A_NUMBER.findall(answer)]
    remainder = numbers[-1] if 0 <= numbers[-1] < modulus else None
    return str(remainder) if all(number % modulus == remainder for number in numbers) else ""


def _moduli_around(question: str) -> set[str]:
    r"""The moduli by which a question asks for one number: `n \equiv 5 \pmod{18}` in its asking sentence, `Z_7` in any."""
    asked = asking(question)
    by_congruence = {match["modulus"] for match in MODULUS.finditer(asked)} if CONGRUENT.search(asked) else set()
    if not OF_ELEMENT.search(asked) or COUNTED.search(asked) or OF_SIZE.search(asked):
        return by_congruence
    return by_congruence | {match["modulus"] for match in FIELD.finditer(question[-MAX_ASKING:])}


def _in_base(gold: str, answer: str, asked: str, question: str) -> str | None:
    """The digits of a number in the base that is asked for, "" for one in another base; None where no base is asked for or said."""
    found = [*BASE.finditer(asked)]
    wanted = [*EXPRESSED.finditer(question)][-1:] if found else []
    wanted = wanted or [match for match in found if INTO.search(asked[: match.start()])][-1:] or found
    bases = [match["base"] or BASES[match["named"].casefold()] for match in [*wanted, *found]][: max(len(found), 1)]
    if not bases:
        return None
    plain = said(tidy(re.sub(r"(?<=_\d)_(?=\d)", "", answer.translate(SUBSCRIPTS))))
    match = PREFIXED.fullmatch(plain) or BASED.fullmatch(plain)
    if match is None:
        return "" if HEXADECIMAL.fullmatch(plain) and HEXADECIMAL.fullmatch(gold) and plain != gold else None
    base = PREFIXES.get(match["base"]) or str(BASE_WORDS.get(match["base"], match["base"]))
    if base == bases[0]:
        digits = match["digits"] if match["digits"].isdigit() else ""
        return gold if match["digits"].casefold() == gold.casefold() else digits
    return answer if len(bases) > 1 or DECIMAL.search(asked) else ""


def lone(name: str, text: str) -> bool:
    """Whether a name stands in a text once, and in no word or command."""
    return len(re.findall(rf"(?<![A-Za-z\\_{{]){re.escape(name)}(?!_|[a-z]{{2}})", text)) == 1
