"""The strict grader: no rounding, no factor of a hundred, nothing accepted that was cut off."""

from __future__ import annotations

import re
from typing import NamedTuple

from cgd_recipes.grading.endings.extract import boxes, final_answer, without_marks
from cgd_recipes.grading.gold import MAX_LENGTH, Gold, Grade, faulty, judged
from cgd_recipes.grading.notation.clean import OR, clean, tidy
from cgd_recipes.grading.notation.number import CONSTANT, as_number
from cgd_recipes.grading.notation.qualifier import qualified
from cgd_recipes.grading.notation.separated import same_notation
from cgd_recipes.grading.notation.structure import Group, shape, too_deep
from cgd_recipes.grading.notation.text import is_nothing, kind_of, said, same_option, same_text, truth
from cgd_recipes.grading.notation.unit import currency, due_unit, split_unit, unit_name, units_differ, without_words
from cgd_recipes.grading.question.asked_names import as_tuples
from cgd_recipes.grading.question.asked_phrase import with_answer_named, without_asked_phrase
from cgd_recipes.grading.question.asked_tuple import with_tuples_in_order
from cgd_recipes.grading.question.asked_unit import with_lettered_unit, with_unit_asked
from cgd_recipes.grading.question.definitions import with_definitions
from cgd_recipes.grading.question.free_constants import with_free_constants
from cgd_recipes.grading.question.listed_options import with_option_text
from cgd_recipes.grading.question.repeated import repeated
from cgd_recipes.grading.question.rounding import without_about
from cgd_recipes.grading.readings import readings
from cgd_recipes.grading.values.certain import certain, same_conjunctions
from cgd_recipes.grading.values.family import Names
from cgd_recipes.grading.values.groups import same_list, same_shape
from cgd_recipes.grading.values.realset import looks_like_set, real_set, same_set
from cgd_recipes.grading.values.single import Rule
from cgd_recipes.grading.values.special import same_special
from cgd_recipes.grading.values.variants import divisors, is_infinite, plain

# Longer answers are left to a process that can be ended.
QUICK_LENGTH, MAX_READINGS = 300, 2
NEGATION = r"(?![^{}]*\b(?:not|no|never|isn't|aren't|more|less|fewer|greater|least|most|between|either|neither|except|wrong|over|under)\b)"
LABEL = re.compile(rf"^\\text\s*\{{{NEGATION}[^{{}}]*(?:\bis|\bare|[:=])\s*\}}\s*(?=\S)", re.IGNORECASE)
# `\textbf{(E) }27`: the letter of the option that holds the value.
LETTERED = re.compile(r"^(?:\\text\s*\{\s*\(?[A-J]\s*[).:]\s*\}|\([A-J]\)|[A-J][).:])\s*(?:\\quad\s*|\\ )?(?=[^\s,;])")

# "XCIV", "BAC": no products, whose letters could stand in any order; the segment `CD` may be `DC`
IN_LETTERS = re.compile(r"[A-Z]{3,}|(?=.?[IVX])[IVXLCDM]{2}")
MARKED = re.compile(r"boxed|answer|####", re.IGNORECASE)
MAY_HAVE_UNIT = re.compile(r"[^\W\d_]|['$\u00b0\u20ac\u00a3\u2032]")


class Settled(NamedTuple):
    """What is plain of a response at once.

    Args:
        grade: of the response; None where its final answer needs a closer look.
        answer: the final answer.
        gold: what the answer is compared with.
    """

    grade: Grade | None
    answer: str
    gold: Gold


def grade_strict(gold: Gold, response: str, question: str = "") -> Grade:
    """Grade a response by its final answer.

    Raises:
        ModuleNotFoundError: the answer is no plain number, list or word, and math-verify is not installed.
    """
    settled = settle(gold, response, question)
    return settled.grade or judged(settled.answer, same_answer(settled.gold, settled.answer))


def settle(gold: Gold, response: str, question: str = "") -> Settled:
    """Find the final answer of a response, and its grade where that is plain at once."""
    response = with_tuples_in_order(without_marks(response), question)
    if question:
        response = without_about(gold, response, question)
    answer, fault, later = final_answer(response, plain=True)
    if later and (verdict := certain(gold, later)) is not None and verdict != certain(gold, answer):
        answer = later  # "b = 3 and c = 5, both in boxes. Answer: 8"
    if question and fault != "cut off":
        answer = repeated(gold, without_asked_phrase(answer, question), response, question)
        if not answer and (named := with_answer_named(response, question)):
            answer, fault, _ = final_answer(named, plain=True)
            answer = repeated(gold, answer, named, question) if not fault else ""
        fault = "" if answer else "no answer"
    if fault:
        return Settled(faulty(answer, fault), answer, gold)
    if len(answer) > MAX_LENGTH:
        return Settled(judged(answer, None), answer, gold)
    if question:
        gold = with_free_constants(gold, question)
    if question and answer:
        gold = with_option_text(gold, answer, question)
    if question and "," in answer:
        gold, answer = as_tuples(gold, answer, question)
    if question and "=" in question:
        gold, answer = with_definitions(gold, answer, question)
    if question and not gold.unit:
        gold = with_lettered_unit(gold, question)
    if question and MAY_HAVE_UNIT.search(answer):
        gold = with_unit_asked(gold, question, answer, in_prose=not MARKED.search(response[-MAX_LENGTH:]))
    if len(answer) <= QUICK_LENGTH and (verdict := certain(gold, answer)) is not None:
        return Settled(judged(answer, verdict), answer, gold)
    return Settled(None, answer, gold)


def same_answer(gold: Gold, answer: str) -> bool | None:
    """Whether an answer is the gold answer, in one of its readings; None where the answer cannot be read."""
    for _, _, inner in boxes(gold.text)[-1:]:
        gold = gold._replace(text=inner or gold.text)
    gold = gold._replace(unit=due_unit(gold.unit))
    if too_deep(answer):
        return None
    return same_as_read(gold, answer, MAX_READINGS)


def same_as_read(gold: Gold, answer: str, times: int) -> bool | None:
    """Whether an answer is the gold answer as it stands or in one of its readings, which may be read again so many times."""
    if (verdict := certain(gold, answer)) is not None or (verdict := same_as_written(gold, answer)) or not times:
        return verdict
    for pairs in readings(gold.text, answer):
        if all(same_as_read(gold._replace(text=left), right, times - 1) for left, right in pairs):
            return True
    return verdict


def same_as_written(gold: Gold, answer: str) -> bool | None:
    """Whether an answer, as it stands, is the gold answer; None where the answer cannot be read."""
    if is_nothing(gold.text) or is_nothing(answer):
        return is_nothing(gold.text) and is_nothing(answer)
    if is_infinite(gold.text) and is_infinite(answer):
        return True
    if IN_LETTERS.fullmatch(wanted := said(gold.text).strip("` ")):
        given = said(answer).strip("` ")
        if IN_LETTERS.fullmatch(given):
            return wanted == given
    if OR in tidy(answer) and not same_conjunctions(gold.text, answer):
        return False
    kind = kind_of(gold.text) if gold.kind == "auto" else gold.kind
    if kind == "boolean":
        return truth(gold.text) is not None and truth(gold.text) == truth(answer)
    if kind == "option":
        return same_option(gold.text, answer)
    if kind == "text":
        return (same_text(gold.text, answer) and same_conjunctions(gold.text, answer)) or bool(
            same_notation(clean(gold.text), clean(answer))
        )
    return same_quantity(gold, answer, kind)


def same_quantity(gold: Gold, answer: str, kind: str) -> bool | None:
    """Whether an answer that is no word is the gold answer."""
    gold_text, text = (plain(each) for each in (clean(gold.text), unlabelled(clean(gold.text), clean(answer))))
    gold_text, text = divisors(gold_text, text)
    if (same := same_special(gold, answer, gold_text, text)) is not None:
        return same
    if (same := same_notation(gold_text, text)) is not None:
        return same
    if (same := same_real_set(tidy(gold.text), unlabelled(gold_text, tidy(answer)), kind)) is not None:
        return same
    of_gold, of_answer = qualified(gold_text), qualified(text)
    if of_answer.condition not in ("", of_gold.condition):
        return None
    names = Names(
        (of_gold.integers, of_answer.integers), (of_gold.constants, of_answer.constants), bool(of_gold.condition)
    )
    gold_text, unit = split_unit(of_gold.main)
    text, given_unit = split_unit(of_answer.main)
    if given_unit and "," in text and r"\text" in text:  # every item has its unit
        text, given_unit = of_answer.main, None
        if unit and "," in gold_text and r"\text" in gold_text:
            gold_text, unit = of_gold.main, None
    if not unit:
        counted, things = without_words(gold_text, None)
        if things and len(things) > 2 and as_number(counted):  # "4.5 cups", but not `16 m`, which may be a product
            gold_text, unit = counted, things
    due = clean(gold.unit) if gold.unit else unit or currency(gold.text)
    if (as_number(gold_text.rstrip("%")) or CONSTANT.fullmatch(gold_text)) and not given_unit:
        text, given_unit = without_words(text, due)
    if units_differ(due, given_unit or currency(answer)):
        return False
    rule = Rule(gold.tolerance, unit_name(due) == "%", names)
    # A percent sign is no unit: 10% is 0.1.
    gold_text, text = (
        value + "%" if unit_name(name) == "%" else value for value, name in ((gold_text, unit), (text, given_unit))
    )
    left = shape(gold_text, listed=gold.multiple or kind == "list", lone_name=kind == "interval")
    right = shape(text, listed=isinstance(left, Group), lone_name=kind == "interval")
    if kind == "list":
        return same_list(left, right, rule)
    return same_shape(left, right, text, rule)


def unlabelled(gold: str, answer: str) -> str:
    """An answer without words that lead up to it, and without the letter of its option where the gold answer has none."""
    answer = LABEL.sub("", answer)
    return answer if LETTERED.match(gold) or re.search("[A-J]", gold) else LETTERED.sub("", answer)


def same_real_set(gold: str, answer: str, kind: str) -> bool | None:
    """Whether two tidied texts, at least one of them plainly a set of real numbers, are the same set; None for no such sets."""
    if not (looks_like_set(gold) or looks_like_set(answer)) or len(answer) > QUICK_LENGTH:
        return None
    if kind == "interval":
        gold, answer = (re.sub(r"^\$?\s*\\?[A-Za-z]+\s*(?=[(\[])", "", text) for text in (gold, answer))
    left = real_set(gold)
    right = real_set(answer) if left else None
    return same_set(left, right) if left and right else None
