"""The strict grader: no rounding, no factor of a hundred, nothing accepted that was cut off."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from cgd_recipes.grading.clean import clean, key, tidy
from cgd_recipes.grading.extract import MAX_LENGTH, boxes, extract_answer
from cgd_recipes.grading.family import Names
from cgd_recipes.grading.gold import Gold, Grade, faulty, judged
from cgd_recipes.grading.notation import same_notation
from cgd_recipes.grading.number import as_number, same_number
from cgd_recipes.grading.qualifier import qualified
from cgd_recipes.grading.realset import looks_like_set, real_set, same_set
from cgd_recipes.grading.single import Rule, same_single
from cgd_recipes.grading.special import same_special
from cgd_recipes.grading.structure import (
    MATRIX_ROWS,
    MAX_ITEMS,
    SET,
    UNION,
    Group,
    interval_of,
    shape,
    spaced_items,
    split_top,
    too_deep,
)
from cgd_recipes.grading.text import is_nothing, kind_of, option, truth, words
from cgd_recipes.grading.unit import currency, split_unit, unit_name, units_differ, without_words
from cgd_recipes.grading.variants import NAMED, divisors, in_order_of_names, is_infinite, plain, round_brackets
from cgd_recipes.grading.vector import padded, transposed, vector_of

# Longer answers are left to a process that can be ended.
QUICK_LENGTH = 300
NEGATION = r"(?![^{}]*\b(?:not|no|never|isn't|aren't|more|less|fewer|greater|least|most|between|either|neither|except|wrong|over|under)\b)"
LABEL = re.compile(rf"^\\text\s*\{{{NEGATION}[^{{}}]*(?:\bis|\bare|[:=])\s*\}}\s*(?=\S)", re.IGNORECASE)
# `\textbf{(E) }27`: the letter of the option that holds the value.
LETTERED = re.compile(r"^(?:\\text\s*\{\s*\(?[A-J]\s*[).:]\s*\}|\([A-J]\)|[A-J][).:])\s*(?:\\quad\s*|\\ )?(?=[^\s,;])")


class Settled(NamedTuple):
    """What is plain of a response at once.

    Args:
        grade: of the response; None where its final answer needs a closer look.
        answer: the final answer.
    """

    grade: Grade | None
    answer: str


def grade_strict(gold: Gold, response: str) -> Grade:
    """Grade a response by its final answer.

    Raises:
        ModuleNotFoundError: the answer is no plain number, list or word, and math-verify is not installed.
    """
    settled = settle(gold, response)
    return settled.grade or judged(settled.answer, same_answer(gold, settled.answer))


def settle(gold: Gold, response: str) -> Settled:
    """Find the final answer of a response, and its grade where that is plain at once."""
    answer, fault = extract_answer(response)
    if fault:
        return Settled(faulty(answer, fault), answer)
    if len(answer) > MAX_LENGTH:
        return Settled(judged(answer, None), answer)
    if len(answer) <= QUICK_LENGTH and (verdict := certain(gold, answer)) is not None:
        return Settled(judged(answer, verdict), answer)
    return Settled(None, answer)


def certain(gold: Gold, answer: str) -> bool | None:
    """Whether an answer is right, where that is plain without math-verify: the same text, or both plain numbers."""
    if units_differ(currency(gold.text) or gold.unit, currency(answer)):
        return None if currency(answer) == "dollar" and unit_name(gold.unit) == "cent" else False
    if key(gold.text) == key(answer):
        return True
    if gold.multiple or gold.unit or gold.kind in ("boolean", "option", "text", "list"):
        return None
    gold_number, number = as_number(clean(gold.text)), as_number(clean(answer))
    return same_number(gold_number, number, gold.tolerance) if gold_number and number else None


def same_answer(gold: Gold, answer: str) -> bool | None:
    """Whether an answer is the gold answer; None where the answer cannot be read."""
    for _, _, inner in boxes(gold.text)[-1:]:
        gold = gold._replace(text=inner or gold.text)
    if too_deep(answer):
        return None
    if (verdict := certain(gold, answer)) is not None:
        return verdict
    if is_nothing(gold.text) or is_nothing(answer):
        return is_nothing(gold.text) and is_nothing(answer)
    if is_infinite(gold.text) and is_infinite(answer):
        return True
    kind = kind_of(gold.text) if gold.kind == "auto" else gold.kind
    if kind == "boolean":
        return truth(gold.text) is not None and truth(gold.text) == truth(answer)
    if kind == "option":
        return option(gold.text) is not None and option(gold.text) == option(answer)
    if kind == "text":
        return words(gold.text) == words(answer) or bool(same_notation(clean(gold.text), clean(answer)))
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
    due = clean(gold.unit) if gold.unit else unit or currency(gold.text)
    if as_number(gold_text.rstrip("%")) and not given_unit:
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


def same_list(left: Group | str, right: Group | str, rule: Rule) -> bool | None:
    """Whether two lists have the same items in the same order, in whatever brackets."""
    gold, answer = (each.items if isinstance(each, Group) else (each.strip("()[]"),) for each in (left, right))
    return same_items(gold, answer, rule)


def same_shape(left: Group | str, right: Group | str, text: str, rule: Rule) -> bool | None:
    """Whether two answers have the same shape and the same values.

    Args:
        left: the gold answer.
        right: the answer.
        text: the answer before it was taken apart.
        rule: see Rule.
    """
    left, right = (transposed(each) or each if isinstance(each, str) else each for each in (left, right))
    if (same := same_vector(left, right, rule)) is not None:
        return same
    if isinstance(left, str) and isinstance(right, str):
        return same_single(left, right, rule)
    if isinstance(left, Group) and len(left.brackets) == 2 and isinstance(right, str):
        right = interval_of(right) or right
    if isinstance(right, Group) and len(right.brackets) == 2 and isinstance(left, str):
        left = interval_of(left) or left
    if isinstance(left, str) and isinstance(right, Group) and right.brackets == SET and len(right.items) == 1:
        return same_nested(left, right.items[0], rule)
    left, right = round_brackets(*(in_order_of_names(each) for each in (left, right)))
    if not isinstance(left, Group) or not isinstance(right, Group):
        return same_as_matrix(left, right, rule)
    if left.brackets == right.brackets and left.ordered:
        return same_items(left.items, right.items, rule)
    if left.brackets == UNION and right.brackets == "" and all(interval_of(item) for item in right.items):
        right = right._replace(brackets=UNION)  # x < 2 or x > 3
    if {left.brackets, right.brackets} == {"()", NAMED} or (left.brackets == "()" and right.brackets == ""):
        return same_items(left.items, right.items, rule)
    left, right = (each._replace(brackets="") if each.brackets == NAMED else each for each in (left, right))
    if left.ordered or right.ordered or (UNION in (left.brackets + right.brackets) and left.brackets != right.brackets):
        return False
    items = list(right.items)
    if len(items) != len(left.items) and right.brackets == "":
        items = spaced_items(text) or items
    return same_in_any_order(left.items, items, rule)


def same_vector(left: Group | str, right: Group | str, rule: Rule) -> bool | None:
    """Whether two vectors are the same, at least one of them in another dress than a tuple; None where there is none."""
    vectors = [vector_of(each) if isinstance(each, str) else as_vector(each) for each in (left, right)]
    if (
        vectors[0] is None
        or vectors[1] is None
        or (isinstance(left, Group) and left == vectors[0] and right == vectors[1])
    ):
        return None
    gold, answer = padded(vectors[0], vectors[1])
    return same_items(gold, answer, rule)


def as_vector(group: Group) -> Group | None:
    """A tuple, or a matrix of one column, as a vector."""
    if group.brackets == MATRIX_ROWS and len(group.items) > 1 and not any("&" in row for row in group.items):
        return Group("()", group.items)
    return group if group.brackets == "()" else None


def same_as_matrix(left: Group | str, right: Group | str, rule: Rule) -> bool | None:
    """Whether a matrix and an expression that gives a matrix are the same; the parser multiplies them out."""
    texts = [each if isinstance(each, str) else matrix_text(each) for each in (left, right)]
    if None in texts or not any(
        "matrix" in str(text) or (isinstance(text, str) and r"\begin" in text) for text in texts
    ):
        return False
    from cgd_recipes.grading.symbolic import same_value

    return same_value(str(texts[0]), str(texts[1]))


def matrix_text(group: Group) -> str | None:
    """The LaTeX of a matrix; None for any other group."""
    if group.brackets != MATRIX_ROWS:
        return None
    return r"\begin{pmatrix}" + "↵".join(group.items) + r"\end{pmatrix}"


def same_items(gold: tuple[str, ...], answer: tuple[str, ...], rule: Rule) -> bool | None:
    """Whether two sequences have the same items in the same order."""
    if len(gold) != len(answer):
        return False
    return every(same_nested(wanted, given, rule) for wanted, given in zip(gold, answer, strict=True))


def every(verdicts: Iterable[bool | None]) -> bool | None:
    """False where one verdict is, None where one is and none is False, else True."""
    unread = False
    for verdict in verdicts:
        if verdict is False:
            return False
        unread = unread or verdict is None
    return None if unread else True


def same_in_any_order(gold: tuple[str, ...], answer: list[str], rule: Rule) -> bool | None:
    """Whether two collections have the same items, each as often."""
    if len(gold) != len(answer) or len(gold) > MAX_ITEMS:
        return False
    left = list(answer)
    for wanted in gold:
        found = next((given for given in left if same_nested(wanted, given, rule)), None)
        if found is None:
            return False
        left.remove(found)
    return True


def same_nested(gold: str, answer: str, rule: Rule) -> bool | None:
    """Whether two items of a list are the same; they may be tuples, intervals or rows of a matrix."""
    if key(gold) == key(answer):
        return True
    if "&" in gold or "&" in answer:
        return same_items(tuple(split_top(gold, "&")), tuple(split_top(answer, "&")), rule)
    answer, given_unit = split_unit(answer)
    gold, unit = split_unit(gold)
    if units_differ(unit, given_unit):
        return False
    percents = [text + "%" if unit_name(name) == "%" else text for text, name in ((gold, unit), (answer, given_unit))]
    return same_shape(shape(percents[0]), shape(percents[1]), answer, rule)
